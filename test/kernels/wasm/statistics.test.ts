import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type {
  Measure,
  RowOptions,
  RowStatistics,
  RowStatisticsRequest,
  StatisticsInput,
} from "../../../src/kernels/divergence/index.js";
import * as reference from "../../../src/kernels/divergence/index.js";
import { allocateInArena } from "../../../src/kernels/wasm/memory.js";
import * as kernels from "../../../src/kernels/wasm/statistics.js";
import { setThreads } from "../../../src/kernels/wasm/threads.js";
import { expectClose, placed, places } from "./agreement.js";
import { normal, regimes } from "./divergence-inputs.js";

const names: Measure[] = ["kl", "reverse-kl", "js", "tv"];
const measures = names.map((name) => reference.rowMeasure(name));
const everything: RowStatisticsRequest = { measures, entropies: true, topOverlap: 10, rankOfTop: true };

type Args = [
  request: RowStatisticsRequest,
  p: StatisticsInput,
  q: StatisticsInput,
  rows: number,
  n: number,
  options: RowOptions,
  labels?: ArrayLike<number>,
];

function run(backend: Pick<typeof kernels, "rowStatistics">, ...args: Args): RowStatistics {
  const [request, p, q, rows, n, options, labels] = args;
  const out = reference.newRowStatistics(rows, request);
  backend.rowStatistics(request, p, q, rows, n, options, labels, out);
  return out;
}

/** Fails unless both backends say the same, numbers up to `tolerance`. */
function expectSame(label: string, tolerance: number, ...args: Args) {
  const got = run(kernels, ...args);
  const wanted = run(reference, ...args);
  expect(got.status, label).toEqual(wanted.status);
  expect(got.argmaxP, label).toEqual(wanted.argmaxP);
  expect(got.argmaxQ, label).toEqual(wanted.argmaxQ);
  expect(got.overlap, label).toEqual(wanted.overlap);
  expect(got.rankOfTop, label).toEqual(wanted.rankOfTop);
  got.values.forEach((column, k) => {
    expectClose(column, wanted.values[k], tolerance, 1e-150, `${label} ${args[0].measures[k].name}`);
  });
  for (const key of ["topP", "topQ", "entropyP", "entropyQ"] as const) {
    expectClose(got[key], wanted[key], tolerance, 1e-150, `${label} ${key}`);
  }
  for (const key of ["labelLogP", "labelLogQ"] as const) {
    // log p near 0 is as exact as p is.
    expectClose(got[key], wanted[key], tolerance, 1e-2, `${label} ${key}`);
  }
  return got;
}

/** 16 bits of the nearest float16; of numbers that it holds, exactly. */
function float16Bits(x: number): number {
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0;
  const size = Math.abs(x);
  if (Number.isNaN(x)) return 0x7e00;
  if (size === Infinity) return sign | 0x7c00;
  if (size < 2 ** -14) return sign | Math.round(size * 2 ** 24);
  const exponent = Math.floor(Math.log2(size));
  return sign | (((exponent + 15) << 10) + Math.round((size * 2 ** -exponent - 1) * 1024));
}

const bfloat16Bits = (x: number) => new Uint32Array(Float32Array.of(x).buffer)[0] >>> 16;

function inputOf(dtype: string, values: readonly number[]): StatisticsInput {
  if (dtype === "float32") return Float32Array.from(values);
  if (dtype === "float64") return Float64Array.from(values);
  if (dtype === "float16") return { dtype, bits: Uint16Array.from(values, float16Bits) };
  return { dtype: "bfloat16", bits: Uint16Array.from(values, bfloat16Bits) };
}

const dtypes = ["float32", "float64", "float16", "bfloat16"];

/** Rows of `n` classes as llama.cpp codes them, but for its clamp. */
function coded(n: number, values: readonly number[]): StatisticsInput {
  const words = reference.codedRowWords(n);
  const bits = new Uint16Array((values.length / n) * words);
  for (let row = 0; row * n < values.length; row++) {
    const own = values.slice(row * n, (row + 1) * n);
    const min = Math.min(...own);
    const scale = Math.fround((Math.max(...own) - min) / 65535);
    bits.set(new Uint16Array(Float32Array.of(scale, min).buffer), row * words);
    bits.set(
      own.map((x) => (scale > 0 ? Math.min(65535, Math.round((x - min) / scale)) : 0)),
      row * words + 4,
    );
  }
  return { dtype: "coded", bits };
}

describe("statistics of rows of logits", () => {
  describe.each(dtypes)("in %s", (dtype) => {
    it.each(Object.keys(regimes(1)))("are the reference's: %s", (name) => {
      for (const n of [1, 2, 3, 4, 5, 7, 8, 9, 10, 127, 255, 256, 257, 511, 3001]) {
        const pairs = [0, 1, 2].map((i) => regimes(n)[name](100 * n + i));
        const [p, q] = (["p", "q"] as const).map((side) =>
          inputOf(
            dtype,
            pairs.flatMap((pair) => pair[side]),
          ),
        );
        const label = `${name}, length ${n},`;
        expectSame(label, 1e-12, everything, p, q, 3, n, { from: "logits" }, [0, n - 1, -100]);
      }
    });
  });

  it.each(Object.keys(regimes(1)))("are the reference's for rows of 16-bit codes: %s", (name) => {
    for (const n of [1, 2, 3, 5, 7, 8, 9, 10, 17, 127, 256, 257, 3001]) {
      const pairs = [0, 1, 2].map((i) => regimes(n)[name](100 * n + i));
      const [p, q] = (["p", "q"] as const).map((side) => pairs.flatMap((pair) => pair[side]));
      for (const from of ["logits", "logProbs"] as const) {
        // Sums of exponentials are anything, which a tolerance that large allows.
        const options = { from, tolerance: 1e300 };
        const expectSameOf = (label: string, a: StatisticsInput, b: StatisticsInput) =>
          expectSame(`${name}, ${n} ${label}`, 1e-12, everything, a, b, 3, n, options, [0, n - 1, 1]);
        expectSameOf("coded", coded(n, p), coded(n, q));
        expectSameOf("coded, float32", coded(n, p), inputOf("float32", q));
        expectSameOf("float64, coded", inputOf("float64", p), coded(n, q));
      }
    }
  });

  it("are the reference's for rows of 16-bit codes with any scale and minimum", () => {
    const n = 5;
    const codes = [0, 65535, 7, 7, 65534];
    const row = (scale: number, minimum: number) => [
      ...new Uint16Array(Float32Array.of(scale, minimum).buffer),
      ...codes,
      0,
    ];
    const numbers = [0, 1e-45, 1e-4, 16 / 65535, 0.0105, 0.0106, 1, 1e30, Infinity, NaN];
    for (const scale of numbers) {
      for (const minimum of [0, -16, 1e9, -2e9, -Infinity, Infinity, NaN]) {
        const bits = Uint16Array.from([...row(1e-4, -9), ...row(scale, minimum), ...row(3e-4, -16)]);
        const p: StatisticsInput = { dtype: "coded", bits };
        const q = coded(n, [1, 2, 3, 4, 5, 5, 4, 3, 2, 1, 0, 1, 5, 1, 0]);
        const label = `${scale}, ${minimum}`;
        expectSame(label, 1e-12, everything, p, q, 3, n, { from: "logits" }, [1, 1, 1]);
        expectSame(label, 1e-12, everything, q, p, 3, n, { from: "logits" }, [1, 1, 1]);
      }
    }
  });

  it("are the reference's for P and Q of different types", () => {
    const n = 301;
    const { p, q } = regimes(n)["near by 1e-1"](5);
    for (const first of dtypes) {
      for (const second of dtypes) {
        const [a, b] = [inputOf(first, p), inputOf(second, q)];
        expectSame(`${first}, ${second}`, 1e-12, everything, a, b, 1, n, { from: "logits" }, [7]);
      }
    }
  });

  it("decode every float16 and bfloat16 as the reference does", () => {
    for (const dtype of ["float16", "bfloat16"] as const) {
      const bits = Uint16Array.from({ length: 1 << 16 }, (_, i) => i);
      const zeros = new Float32Array(2 << 16);
      const pairs = new Uint16Array(2 << 16);
      for (const code of bits) pairs[2 * code] = code;
      const input = { dtype, bits: pairs };
      expectSame(
        dtype,
        1e-12,
        { measures },
        input,
        zeros,
        1 << 16,
        2,
        { from: "logits" },
        Array(1 << 16).fill(0),
      );
      expectSame(
        dtype,
        1e-12,
        { measures },
        zeros,
        input,
        1 << 16,
        2,
        { from: "logits" },
        Array(1 << 16).fill(1),
      );
    }
  });

  const edges: [string, number[], number[]][] = [
    ["a masked class in both", [1, -Infinity, 2, 0.5, 1], [0, -Infinity, 1, 1, 3]],
    ["masked classes at the ends of both", [-Infinity, 1, 2, 0, -Infinity], [-Infinity, 0, 3, 1, -Infinity]],
    ["a masked class in P", [1, -Infinity, 2, 0.5, 0], [0, 3, 1, 1, 2]],
    ["a class that only P has", [1, 0, 2, 0.5, 3], [0, -Infinity, 1, 1, 1]],
    ["masks that are large numbers", [1, -1e30, 2, 0.5, 0], [0, -1e30, 1, 1, 2]],
    ["a mask in P and a large number in Q", [1, -Infinity, 2, 0.5, 0], [0, -1e30, 1, 1, 2]],
    ["a large number in P and a mask in Q", [1, -1e4, 2, 0.5, 0], [0, -Infinity, 1, 1, 2]],
    ["one class each", [-Infinity, 3, -Infinity, -Infinity, 1], [-Infinity, 5, -Infinity, 2, -Infinity]],
    [
      "the same single class",
      [-Infinity, 3, -Infinity, -Infinity, -Infinity],
      [-Infinity, 1, -Infinity, -Infinity, -Infinity],
    ],
    ["no class in common", [0, 3, -Infinity, -Infinity, -Infinity], [-Infinity, -Infinity, 1, 2, 0]],
    ["a range of 690", [0, 690, 3, 1, 0], [5, 0, 690, 2, 7]],
    ["a range of 1e3", [0, 1000, 3, 1, 0], [5, 0, 900, 2, 7]],
    ["a range of 1e30", [0, 1e30, 3, 1, 0], [5, 0, 1e30, 2, 3]],
    ["numbers around 1e9", [1e9, 1e9 - 64, 1e9, 1e9 - 128, 0], [1e9, 1e9, 1e9 + 64, 1e9, 0]],
    ["a sure class in both", [0, 40, 3, 1, 0], [5, 45, 1, 2, 3]],
    ["ties", [2, 2, 1, 2, 1], [1, 1, 1, 1, 1]],
    ["denormal logits", [1e-40, 0, -1e-42, 3e-45, 1], [0, 1e-41, 1e-40, 0, 1]],
    ["NaN in P", [0, NaN, 1, 2, 3], [0, 1, 2, 3, 4]],
    ["NaN at the end of Q", [0, 1, 1, 2, 3], [0, 1, 2, 3, NaN]],
    ["∞ in Q", [0, 1, 2, 3, 4], [0, 1, 2, Infinity, NaN]],
    ["∞ in P and NaN in Q", [0, 1, Infinity, 3, 4], [NaN, 1, 2, Infinity, 1]],
    ["no class at all in Q", [0, 1, 2, 3, 4], new Array<number>(5).fill(-Infinity)],
    ["no class at all", new Array<number>(5).fill(-Infinity), new Array<number>(5).fill(-Infinity)],
  ];
  it.each(edges)("are the reference's with %s", (_, first, second) => {
    for (const dtype of ["float32", "float64"] as const) {
      const p = inputOf(dtype, [0, 1, 2, 3, 4, ...first, 1, 1, 1, 1, 2]);
      const q = inputOf(dtype, [1, 1, 3, 3, 2, ...second, 0, 1, 5, 2, 3]);
      expectSame(dtype, 1e-12, everything, p, q, 3, 5, { from: "logits" }, [1, 1, 1]);
    }
  });

  it("are exactly 0 for equal rows, and for rows shifted by a constant that cancels", () => {
    const n = 1003;
    const { p } = regimes(n).independent(3);
    const shifted = p.map((x) => Math.round(x * 1024) / 1024 + 3);
    const plain = shifted.map((x) => x - 3);
    for (const dtype of ["float32", "float64"] as const) {
      for (const [first, second] of [
        [p, p],
        [plain, shifted],
      ]) {
        const out = run(kernels, everything, inputOf(dtype, first), inputOf(dtype, second), 1, n, {
          from: "logits",
        });
        expect(out.values.map(([x]) => x)).toEqual([0, 0, 0, 0]);
        expect([...out.overlap]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        expect(out.rankOfTop[0]).toBe(1);
      }
    }
  });

  it("are never negative, however near the rows are", () => {
    const source = normal(11);
    const next = () => source.next().value as number;
    const [rows, n] = [2000, 50];
    const p = Float32Array.from({ length: rows * n }, next);
    for (const noise of [1e-3, 1e-6, 1e-7, 3e-8]) {
      const q = p.map((x) => x * (1 + noise * next()) + 1);
      const { values } = run(kernels, everything, p, q, rows, n, { from: "logits" });
      for (const column of values) expect(Math.min(...column)).toBeGreaterThanOrEqual(0);
    }
  });

  it("are the reference's for any small rows, with ties and masks", () => {
    const number = fc.oneof(
      fc.constantFrom(-Infinity, 0, 1, 2),
      fc.double({ min: -30, max: 30, noNaN: true }),
    );
    const pair = fc.integer({ min: 1, max: 13 }).chain((n) => {
      const row = fc.array(number, { minLength: n, maxLength: n });
      return fc.tuple(row, row, fc.integer({ min: -1, max: n }));
    });
    fc.assert(
      fc.property(pair, ([p, q, label]) => {
        const [a, b] = [inputOf("float64", p), inputOf("float64", q)];
        expectSame(`${p} | ${q}`, 1e-12, everything, a, b, 1, p.length, { from: "logits" }, [label]);
      }),
      { numRuns: 1000 },
    );
  });

  it("are the same wherever the rows lie in memory", () => {
    const n = 4099;
    const { p, q } = regimes(2 * n).independent(9);
    const options = { from: "logits" } as const;
    const wanted = run(
      kernels,
      everything,
      Float32Array.from(p),
      Float32Array.from(q),
      2,
      n,
      options,
      [3, 4],
    );
    for (const place of places) {
      for (const other of places) {
        const [a, b] = [placed(p, "float32", place), placed(q, "float32", other)];
        expect(run(kernels, everything, a, b, 2, n, options, [3, 4])).toEqual(wanted);
      }
    }
    const bits = Uint16Array.from(p, float16Bits);
    const block = allocateInArena("float32", bits.length)!;
    const resident = new Uint16Array(block.buffer, block.byteOffset, bits.length);
    resident.set(bits);
    const halves = [bits, resident].map((it) => {
      const half = { dtype: "float16", bits: it } as const;
      return run(kernels, everything, half, Float32Array.from(q), 2, n, options);
    });
    expect(halves[0]).toEqual(halves[1]);
  });

  it("have the same bits for any number of threads", () => {
    const [rows, n] = [400, 3001];
    const { p, q } = regimes(rows * n).independent(13);
    const all = [1, 2, 3, 7].map((count) => {
      setThreads(count);
      return [
        [placed(p, "float32", "resident"), placed(q, "float32", "resident")],
        [Float32Array.from(p), Float64Array.from(q)],
      ].map(([a, b]) => run(kernels, everything, a, b, rows, n, { from: "logits" }));
    });
    setThreads(1);
    for (const one of all) expect(one).toEqual(all[0]);
  });

  it("go to the general kernel for rows too long for scratch memory", () => {
    const n = 500_000;
    const p = Float32Array.from({ length: n }, (_, i) => Math.sin(i));
    const q = Float32Array.from({ length: n }, (_, i) => Math.sin(i) + Math.cos(3 * i) / 9);
    expectSame("long", 1e-12, everything, p, q, 1, n, { from: "logits" }, [n - 1]);
  });

  it("take a row as long as the largest vocabularies in use, also in half precision", () => {
    const n = 262_144;
    const values = Array.from({ length: n }, (_, i) => Math.sin(i));
    for (const dtype of ["float32", "float16"]) {
      const p = inputOf(dtype, values);
      const q = inputOf(
        dtype,
        values.map((x, i) => x + Math.cos(3 * i) / 9),
      );
      expectSame(dtype, 1e-12, everything, p, q, 1, n, { from: "logits" }, [n - 1]);
    }
  });
});

describe("statistics of other rows", () => {
  const logs = (row: readonly number[]) => {
    const max = Math.max(...row);
    const logTotal = Math.log(row.reduce((sum, x) => sum + Math.exp(x - max), 0));
    return row.map((x) => x - max - logTotal);
  };

  it.each(dtypes)("are the reference's for probabilities and log-probabilities in %s", (dtype) => {
    for (const n of [2, 5, 300]) {
      const { p, q } = regimes(n).independent(n);
      for (const from of ["logProbs", "probs"] as const) {
        const as = (row: number[]) => (from === "probs" ? logs(row).map(Math.exp) : logs(row));
        const [a, b] = [inputOf(dtype, [...as(p), ...as(q)]), inputOf(dtype, [...as(q), ...as(q)])];
        const options = { from, tolerance: dtype.endsWith("16") ? 0.05 : undefined };
        expectSame(`${from} ${n}`, 1e-12, everything, a, b, 2, n, options, [0, n - 1]);
      }
    }
  });

  it("say which rows of log-probabilities do not sum to 1", () => {
    const row = logs([1, 2, 3, 0, -1]);
    for (const off of [0, 1e-7, 3e-5, 1e-3]) {
      const a = inputOf("float64", row);
      const b = inputOf(
        "float32",
        row.map((x) => x + off),
      );
      expectSame(`off by ${off}`, 1e-6, everything, a, b, 1, 5, { from: "logProbs" }, [0]);
      expectSame(`off by ${off}`, 1e-6, everything, b, a, 1, 5, { from: "logProbs", normalize: "sum" }, [0]);
    }
  });

  it("have measures that the kernel does not know, beside those that it does", () => {
    const n = 40;
    const { p, q } = regimes(3 * n).independent(2);
    const chosen = [
      reference.rowMeasure("hellinger"),
      reference.rowMeasure("js"),
      reference.rowMeasure("renyi", { order: 0.5 }),
      reference.rowMeasure("kl"),
      reference.rowMeasure("jeffreys"),
    ];
    p[n + 3] = -Infinity;
    q[n + 5] = -Infinity;
    for (const first of dtypes) {
      const [a, b] = [inputOf(first, p), inputOf("float32", q)];
      expectSame(first, 1e-12, { measures: chosen }, a, b, 3, n, { from: "logits" });
    }
  });

  it("divide logits by a temperature", () => {
    const n = 40;
    const { p, q } = regimes(n).independent(2);
    const [a, b] = [inputOf("float32", p), inputOf("float16", q)];
    expectSame("temperature", 1e-12, everything, a, b, 1, n, { from: "logits", temperature: 3 }, [1]);
    expect(() => run(kernels, everything, a, b, 1, n, { from: "logits", temperature: 0 })).toThrow(
      "temperature must be a positive number, got 0",
    );
  });

  it("leave out what is not asked for", () => {
    const out = run(kernels, { measures: [] }, Float32Array.of(1, 2), Float32Array.of(2, 1), 1, 2, {
      from: "logits",
    });
    const { entropyP, entropyQ, overlap, rankOfTop } = out;
    expect([entropyP, entropyQ, overlap, rankOfTop].map(({ length }) => length)).toEqual([0, 0, 0, 0]);
    expect(out.topP[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 15);
  });
});
