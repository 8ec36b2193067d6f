import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KullbackError } from "../../src/errors.js";
import { writeNpy } from "../../src/io/index.js";
import { type CompareOptions, compare, type MemoryArray } from "../../src/measure/index.js";

const data = (name: string) => fileURLToPath(new URL(`../../examples/data/${name}.npy`, import.meta.url));

interface Expected {
  reference: string;
  candidate: string;
  rows: number;
  measures: Record<"kl" | "reverse-kl" | "js" | "tv", Record<string, number>>;
  sameTop: { value: number; stderr: number };
  worst: { row: number; kl: number }[];
  labels: {
    rows: number;
    perplexity: Record<"reference" | "candidate" | "ratio", number>;
    deltaP: Record<"mean" | "stderr" | "rms", number>;
  };
}

const oracle: Expected[] = JSON.parse(
  readFileSync(new URL("../oracle/compare.json", import.meta.url), "utf8"),
);

/** One row of each list of numbers. */
const rowsOf = (rows: readonly (readonly number[])[], name?: string): MemoryArray => ({
  data: Float64Array.from(rows.flat()),
  shape: [rows.length, rows[0].length],
  name,
});

const compareRows = async (p: number[][], q: number[][], options: CompareOptions = {}) => {
  const comparison = await compare(rowsOf(p), rowsOf(q), { from: "logits", ...options });
  return comparison.candidates[0];
};

function expectClose(actual: number, expected: number, relative: number) {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(relative * Math.abs(expected));
}

describe("compare, against 40-digit arithmetic", () => {
  it.each(oracle)("says of $reference and $candidate what mpmath says", async (expected) => {
    const labels = data(expected.reference === "lm_base" ? "lm_labels" : "digits_labels");
    const { candidates } = await compare(data(expected.reference), data(expected.candidate), { labels });
    const actual = candidates[0];
    expect(actual.rows).toBe(expected.rows);
    expect(actual.excluded).toEqual([]);
    for (const [measure, summary] of Object.entries(expected.measures)) {
      const found: Record<string, unknown> = { ...actual.measures[measure as "kl"] };
      for (const [key, value] of Object.entries(summary)) expectClose(found[key] as number, value, 1e-12);
    }
    expectClose(actual.sameTop.value, expected.sameTop.value, 1e-15);
    expectClose(actual.sameTop.stderr, expected.sameTop.stderr, 1e-14);
    expect(actual.worst.map(({ row }) => row)).toEqual(expected.worst.map(({ row }) => row));
    const { labels: found } = actual;
    expect(found?.rows).toBe(expected.rows);
    expect(found?.ignored).toBe(0);
    for (const key of ["reference", "candidate", "ratio"] as const) {
      expectClose(found!.perplexity[key], expected.labels.perplexity[key], 1e-12);
    }
    // A difference of probabilities is as exact as these are, to 1e-16 of 1.
    for (const key of ["mean", "stderr", "rms"] as const) {
      expect(Math.abs(found!.deltaP[key] - expected.labels.deltaP[key])).toBeLessThan(1e-15);
    }
  });
});

describe("compare", () => {
  it("compares several candidates at once as it compares each alone", async () => {
    const names = ["digits_int8", "digits_int2", "digits_int4"].map(data);
    const together = await compare(data("digits_teacher"), names);
    expect(together.candidates.map(({ name }) => name)).toEqual(names);
    for (const [i, name] of names.entries()) {
      const alone = await compare(data("digits_teacher"), name);
      // The bins of the histogram span all candidates.
      expect({ ...together.candidates[i], histogram: 0 }).toEqual({ ...alone.candidates[0], histogram: 0 });
    }
  });

  it("takes paths, Blobs, bytes and arrays in memory alike", async () => {
    const p = [
      [1, -2, 3],
      [0, 1, -1],
    ];
    const q = [
      [1, -1, 2],
      [1, 0, -1],
    ];
    const [pBytes, qBytes] = [p, q].map((rows) => writeNpy(Float64Array.from(rows.flat()), [2, 3]));
    const { measures } = (await compare(rowsOf(p), rowsOf(q))).candidates[0];
    const fromBytes = await compare(pBytes, qBytes);
    const fromBlobs = await compare(new Blob([pBytes.slice()]), [new Blob([qBytes.slice()])]);
    expect(fromBytes.candidates[0].measures).toEqual(measures);
    expect(fromBlobs.candidates[0].measures).toEqual(measures);
  });

  it("finds 0 and full agreement for identical inputs", async () => {
    const { candidates } = await compare(data("lm_base"), data("lm_base"));
    const { measures, sameTop } = candidates[0];
    for (const { mean, stderr, min, max } of Object.values(measures))
      expect([mean, stderr, min, max]).toEqual([0, 0, 0, 0]);
    expect(sameTop).toEqual({ value: 1, stderr: 0 });
  });

  it("gives the same divergences from logits, probabilities and log-probabilities", async () => {
    const softmax = (row: number[]) => {
      const exps = row.map(Math.exp);
      const total = exps.reduce((a, b) => a + b);
      return exps.map((x) => x / total);
    };
    const [p, q] = [
      [
        [1, -2, 3],
        [0, 1, -1],
      ],
      [
        [1, -1, 2],
        [1, 0, -1],
      ],
    ];
    const log = (row: number[]) => softmax(row).map(Math.log);
    const logits = (await compare(rowsOf(p), rowsOf(q))).candidates[0].measures.kl.mean;
    const probs = await compare(rowsOf(p.map(softmax)), rowsOf(q.map(softmax)));
    const logProbs = await compare(rowsOf(p.map(log)), rowsOf(q.map(log)));
    expect([probs.from, logProbs.from]).toEqual(["probs", "logProbs"]);
    expectClose(probs.candidates[0].measures.kl.mean, logits, 1e-13);
    expectClose(logProbs.candidates[0].measures.kl.mean, logits, 1e-13);
  });

  it("divides KL and JS by ln 2 in bits, and leaves total variation alone", async () => {
    const nats = (await compare(data("digits_teacher"), data("digits_int2"))).candidates[0];
    const { unit, candidates } = await compare(data("digits_teacher"), data("digits_int2"), { base: 2 });
    const bits = candidates[0];
    expect(unit).toBe("bits");
    for (const name of ["kl", "reverse-kl", "js"] as const) {
      for (const key of ["mean", "stderr", "p99", "finiteMean"] as const) {
        expectClose(bits.measures[name][key], nats.measures[name][key] / Math.LN2, 1e-15);
      }
    }
    expect(bits.measures.tv).toEqual(nats.measures.tv);
    expectClose(bits.worst[0].kl, nats.worst[0].kl / Math.LN2, 1e-15);
  });

  it("takes rows along any axis, or several", async () => {
    const p = Float64Array.of(1, -2, 3, 0, 1, -1);
    const q = Float64Array.of(1, -1, 2, 1, 0, -1);
    const [pT, qT] = [p, q].map((x) => Float64Array.of(x[0], x[3], x[1], x[4], x[2], x[5]));
    const rows = await compare({ data: p, shape: [2, 3] }, { data: q, shape: [2, 3] });
    const columns = await compare({ data: pT, shape: [3, 2] }, { data: qT, shape: [3, 2] }, { dim: 0 });
    expect(columns.candidates[0].measures).toEqual(rows.candidates[0].measures);
    expect([rows.dim, columns.dim]).toEqual([[1], [0]]);

    const flat = await compare({ data: p, shape: [1, 6] }, { data: q, shape: [1, 6] });
    const map = await compare({ data: p, shape: [2, 3] }, { data: q, shape: [2, 3] }, { dim: [-2, -1] });
    expect(map.candidates[0].measures).toEqual(flat.candidates[0].measures);
    expect([map.rows, map.classes, map.dim]).toEqual([1, 6, [0, 1]]);
  });

  it("has no standard error for one row", async () => {
    const { measures, sameTop } = await compareRows([[1, 2]], [[2, 1]]);
    expect(measures.kl.mean).toBeGreaterThan(0);
    expect(measures.kl.stderr).toBeNaN();
    expect(sameTop).toEqual({ value: 0, stderr: Number.NaN });
  });

  it("leaves out rows that are no distributions, names the first ten, and says why", async () => {
    const good = [1, -2, 3];
    const bad = [Number.NaN, 0, 0];
    const p = [good, bad, good, [Infinity, 0, 0], good];
    const q = [good, good, [-Infinity, -Infinity, -Infinity], bad, [1, 2, 3]];
    const { rows, excluded, measures } = await compareRows(p, q);
    expect(rows).toBe(2);
    expect(excluded).toEqual([
      { side: "reference", reason: "nan", count: 1, first: [1] },
      { side: "candidate", reason: "empty", count: 1, first: [2] },
      { side: "reference", reason: "infinite", count: 1, first: [3] },
    ]);
    const alone = await compareRows([good, good], [good, [1, 2, 3]]);
    expect(measures).toEqual(alone.measures);

    const many = await compareRows(
      [...Array.from({ length: 25 }, () => bad), good],
      Array.from({ length: 26 }, () => good),
    );
    expect(many.excluded).toEqual([
      { side: "reference", reason: "nan", count: 25, first: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] },
    ]);
  });

  it("leaves out rows of probabilities that do not sum to 1 or are negative", async () => {
    const p = [
      [0.5, 0.5],
      [0.5, 0.5],
      [0.5, 0.5],
    ];
    const q = [
      [0.5, 0.6],
      [-0.5, 1.5],
      [0.25, 0.75],
    ];
    const { rows, excluded } = await compareRows(p, q, { from: "probs" });
    expect(rows).toBe(1);
    expect(excluded.map(({ side, reason, first }) => [side, reason, first])).toEqual([
      ["candidate", "sum", [0]],
      ["candidate", "negative", [1]],
    ]);
  });

  it("lets a row of infinite KL make the mean infinite, and gives the mean of the others beside it", async () => {
    const p = [
      [0, 0],
      [0, 1],
      [0, 0],
    ];
    const q = [
      [0, 1],
      [0, -Infinity],
      [0, 2],
    ];
    const { measures, worst, rows } = await compareRows(p, q);
    const { kl } = measures;
    expect(rows).toBe(3);
    expect([kl.mean, kl.max, kl.p90]).toEqual([Infinity, Infinity, Infinity]);
    expect(kl.stderr).toBeNaN();
    expect(kl.infinite).toEqual({ count: 1, first: [1] });
    const finite = await compareRows([p[0], p[2]], [q[0], q[2]]);
    expect(kl.finiteMean).toBe(finite.measures.kl.mean);
    expect(kl.finiteStderr).toBe(finite.measures.kl.stderr);
    expect(worst[0]).toMatchObject({ row: 1, kl: Infinity });
    expect(measures["reverse-kl"].mean).toBeLessThan(Infinity);
    expect(measures.js.max).toBeLessThanOrEqual(Math.LN2);
  });

  it("ignores rows whose label is negative in what labels add, and nowhere else", async () => {
    const [p, q] = [
      [
        [1, 2, 0],
        [0, 0, 0],
        [3, 1, -1],
      ],
      [
        [2, 1, 0],
        [0, 1, 0],
        [3, 2, -1],
      ],
    ];
    const labels = { data: Int32Array.of(1, -100, 0), shape: [3] };
    const { labels: found, rows } = await compareRows(p, q, { labels });
    expect(rows).toBe(3);
    expect(found).toMatchObject({ rows: 2, ignored: 1 });
    const without = await compareRows([p[0], p[2]], [q[0], q[2]], {
      labels: { data: Int32Array.of(1, 0), shape: [2] },
    });
    expect(found?.perplexity).toEqual(without.labels?.perplexity);
    expect(found?.deltaP).toEqual(without.labels?.deltaP);
  });

  it("reports progress that ends at all rows and bytes", async () => {
    const seen: number[] = [];
    const rows = 6000;
    const array = {
      data: Float32Array.from({ length: rows * 500 }, (_, i) => Math.sin(i)),
      shape: [rows, 500],
    };
    await compare(array, array, {
      onProgress: ({ rows: done, totalRows, bytes, totalBytes }) => {
        seen.push(done);
        expect([totalRows, totalBytes]).toEqual([rows, 2 * 4 * rows * 500]);
        expect(bytes / totalBytes).toBeCloseTo(done / rows, 12);
      },
    });
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.at(-1)).toBe(rows);
  });

  it("stops when it is aborted", async () => {
    const reason = new Error("enough");
    await expect(
      compare(rowsOf([[0, -1]]), rowsOf([[0, -1]]), { signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);
  });

  it("is symmetric: KL one way is reverse KL the other way, and JS and TV are the same", () => {
    const row = fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 4, maxLength: 4 });
    return fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(row, row), { minLength: 1, maxLength: 5 }), async (pairs) => {
        const [p, q] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
        const [there, back] = [(await compareRows(p, q)).measures, (await compareRows(q, p)).measures];
        for (const [x, y] of [
          ["kl", "reverse-kl"],
          ["js", "js"],
          ["tv", "tv"],
        ] as const) {
          expect(there[x].mean).toBeGreaterThanOrEqual(0);
          expect(Math.abs(there[x].mean - back[y].mean)).toBeLessThanOrEqual(1e-9 * there[x].mean + 1e-300);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("compare refuses", () => {
  const ok = rowsOf([[1, -2, 3]], "p.npy");

  it.each<[string, Parameters<typeof compare>, RegExp]>([
    ["different shapes", [ok, rowsOf([[1, -2]], "q.npy")], /^q\.npy: .*\[1, 2\].*p\.npy.*\[1, 3\]/],
    ["no candidate", [ok, []], /at least one candidate/],
    [
      "no rows",
      [
        { data: new Float32Array(0), shape: [0, 3], name: "e.npy" },
        { data: new Float32Array(0), shape: [0, 3] },
      ],
      /^e\.npy: holds no rows/,
    ],
    [
      "an array that does not fill its shape",
      [{ data: new Float32Array(5), shape: [2, 3] }, ok],
      /^reference: wanted 6 elements for the shape \[2, 3\], got 5/,
    ],
    [
      "values that may be anything",
      [rowsOf([[1, 2]], "n.npy"), rowsOf([[1, 2]])],
      /^n\.npy: .*rows sum to 3.*--from/,
    ],
    [
      "probabilities against logits",
      [rowsOf([[0.25, 0.75]], "a.npy"), rowsOf([[1, -1]], "b.npy")],
      /^b\.npy: holds logits.*a\.npy holds prob/,
    ],
    [
      "inputs without one good row",
      [ok, rowsOf([[Number.NaN, 1, 2]], "q.npy"), { from: "logits" }],
      /^q\.npy: none of its rows.*"nan" in the candidate/,
    ],
    ["an axis that is not there", [ok, ok, { dim: 2 }], /^p\.npy: dim 2/],
    [
      "labels that are no integers",
      [ok, ok, { labels: rowsOf([[1]], "l.npy") }],
      /^l\.npy: labels must be integers, got float64/,
    ],
    [
      "too many labels",
      [ok, ok, { labels: { data: Int32Array.of(1, 2), shape: [2], name: "l.npy" } }],
      /^l\.npy: wanted 1 labels.*got 2/,
    ],
    [
      "a label beyond the classes",
      [ok, ok, { labels: { data: Int32Array.of(3), shape: [1], name: "l.npy" } }],
      /^l\.npy: label 3 of row 0 is out of range: a row has 3 classes/,
    ],
  ])("%s", async (_what, args, message) => {
    await expect(compare(...args)).rejects.toThrow(message);
    await expect(compare(...args)).rejects.toBeInstanceOf(KullbackError);
  });
});
