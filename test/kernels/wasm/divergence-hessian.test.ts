import { describe, expect, it } from "vitest";
import type { From, RowOptions } from "../../../src/kernels/divergence/index.js";
import * as reference from "../../../src/kernels/divergence/index.js";
import type { FloatArray, FloatDType } from "../../../src/kernels/dtype.js";
import * as kernels from "../../../src/kernels/wasm/divergence.js";
import { cases } from "../divergence/oracle.js";
import { expectClose } from "./agreement.js";
import { arrayOf, fewer, measures, normal, ROWS, regimes, rowsOf } from "./divergence-inputs.js";
import { known } from "./known-measures.js";

/** Hessian-vector products and directional derivatives, by the kernels or the reference. */
function products(
  implementation: typeof kernels | typeof reference,
  [name, params]: (typeof measures)[number],
  [p, q]: FloatArray[],
  [vp, vq]: (FloatArray | undefined)[],
  n: number,
  options: RowOptions,
  upstream: Float64Array,
) {
  const rows = p.length / n;
  const hp = p.slice().fill(7);
  const hq = p.slice().fill(7);
  const along = new Float64Array(rows);
  const measure = implementation.rowMeasure(name, params);
  implementation.divergenceRowsHessian(measure, p, q, rows, n, options, upstream, vp, vq, hp, hq, along);
  return { hp, hq, along };
}

const norm = (x: ArrayLike<number>) => Math.hypot(...Array.from(x));

/** Fails unless `got` is off by at most `tolerance` of the norm of `wanted`, plus `floor`, and infinite where that is. */
function expectNear(got: FloatArray, wanted: FloatArray, tolerance: number, floor: number, label: string) {
  if (!wanted.every(Number.isFinite)) {
    expectClose(got, wanted, tolerance, floor, label);
    return;
  }
  const error = norm(got.map((x, i) => x - wanted[i]));
  if (!(error <= tolerance * norm(wanted) + floor)) {
    expect.fail(`${label}: off by ${error} of ${norm(wanted)}`);
  }
}

const LIMITS = { float32: 2e-6, float64: 1e-10 };

function expectSameProducts(
  label: string,
  measure: (typeof measures)[number],
  rows: FloatArray[],
  directions: (FloatArray | undefined)[],
  n: number,
  options: RowOptions,
) {
  const dtype = rows[0] instanceof Float32Array ? "float32" : "float64";
  const upstream = Float64Array.of(1, -2, 0.25);
  const got = products(kernels, measure, rows, directions, n, options, upstream);
  const wanted = products(reference, measure, rows, directions, n, options, upstream);
  const values = new Float64Array(rows[0].length / n);
  const referenceMeasure = reference.rowMeasure(...measure);
  reference.divergenceRows(referenceMeasure, rows[0], rows[1], values.length, n, options, values);
  for (let row = 0; row < values.length; row++) {
    const [first, last] = [row * n, (row + 1) * n];
    // By probabilities, a direction is v/P by logarithms, and derivatives grow with 1/P.
    const units = rows.map((x) => x.subarray(first, last).map((y) => (options.from === "probs" ? y : 1)));
    const steps = directions.map((v, side) =>
      norm(v ? v.subarray(first, last).map((x, i) => (units[side][i] > 0 ? x / units[side][i] : 0)) : []),
    );
    const unit = Math.min(...units.flatMap((x) => Array.from(x).filter((y) => y > 0)));
    // Those of a root are differences of numbers as large as 1/D.
    const isRoot = measure[0] === "js-distance" || measure[0] === "hellinger";
    const noise = isRoot && values[row] > 0 ? 1e-15 / values[row] : 0;
    const slack = (1e-13 * (Number.isFinite(values[row]) ? 1 + values[row] : 1) + noise) * norm(steps);
    const name = `${measure[0]} ${JSON.stringify(measure[1])} ${label}, row ${row}`;
    for (const side of ["hp", "hq"] as const) {
      const [x, y] = [got[side], wanted[side]].map((h) => h.subarray(first, last));
      expectNear(x, y, LIMITS[dtype], slack / unit, `${name}, ${side}`);
    }
    const [x, y] = [got.along, wanted.along].map((h) => h.subarray(row, row + 1));
    expectNear(x, y, 1e-10, slack, `${name}, along`);
  }
}

const kinds: [FloatDType, From][] = [
  ["float32", "logits"],
  ["float64", "logits"],
  ["float64", "logProbs"],
  ["float64", "probs"],
];

describe.each(kinds)("Hessian-vector products of divergences of %s rows of %s", (dtype, from) => {
  it.each(Object.keys(regimes(1)))("are the reference's where rows are %s", (name) => {
    for (const n of [1, 2, 3, 10, 127, 2049]) {
      const { p, q } = rowsOf(n, name, from, dtype);
      const next = normal(n);
      const [vp, vq] = [p, q].map((x) => x.map((y) => next.next().value * (from === "probs" ? y : 1)));
      for (const measure of n > 300 ? fewer : measures) {
        const options = { from, normalize: from === "logits" ? undefined : ("sum" as const) };
        expectSameProducts(`length ${n}`, measure, [p, q], [vp, vq], n, options);
      }
    }
  });

  it("are the reference's with one direction, or with a temperature", () => {
    const { p, q } = rowsOf(10, "independent", from, dtype);
    for (const measure of measures) {
      for (const temperature of from === "probs" ? [1] : [1, 2.5]) {
        const options = { from, temperature, normalize: from === "logits" ? undefined : ("sum" as const) };
        expectSameProducts("by p", measure, [p, q], [q, undefined], 10, options);
        expectSameProducts("by q", measure, [p, q], [undefined, p], 10, options);
      }
    }
  });
});

describe("Hessian-vector products of divergences of rows with edges", () => {
  const v = [
    [1, -2, 0.5, 0.25, 3],
    [-1, 0.5, 2, -0.75, 1],
  ];
  it.each([
    ["a masked class in both", [1, -Infinity, 2, 0.5, 1], [0, -Infinity, 1, 1, 3]],
    ["a masked class in P", [1, -Infinity, 2, 0.5, 0], [0, 3, 1, 1, 2]],
    ["a class that only P has", [1, 0, 2, 0.5, 3], [0, -Infinity, 1, 1, 1]],
    ["one class each", [-Infinity, 3, -Infinity, -Infinity, 1], [-Infinity, 5, -Infinity, 2, -Infinity]],
    ["no class in common", [0, 3, -Infinity, -Infinity, -Infinity], [-Infinity, -Infinity, 1, 2, 0]],
    ["a range of 1e3", [0, 1000, 3, 1, 0], [5, 0, 900, 2, 7]],
    ["NaN in P", [0, NaN, 1, 2, 3], [0, 1, 2, 3, 4]],
    ["equal rows", [0, 1, 2, 3, 4], [0, 1, 2, 3, 4]],
  ])("are the reference's with %s", (_, p, q) => {
    for (const dtype of ["float32", "float64"] as const) {
      for (const measure of measures) {
        const rows = [p, q].map((x) => arrayOf(dtype, x));
        const directions = v.map((x) => arrayOf(dtype, x));
        expectSameProducts(`in ${dtype}`, measure, rows, directions, 5, { from: "logits" });
      }
    }
  });

  it.each([
    ["a class in neither", [0, 0.25, 0.25, 0.25, 0.25], [0, 0.4, 0.3, 0.2, 0.1]],
    ["a class that only Q has", [0, 0.25, 0.25, 0.25, 0.25], [0.1, 0.4, 0.2, 0.2, 0.1]],
    ["a class that only P has", [0.1, 0.4, 0.2, 0.2, 0.1], [0, 0.25, 0.25, 0.25, 0.25]],
    ["one class in P", [0, 0, 1, 0, 0], [0.1, 0.4, 0.2, 0.2, 0.1]],
    ["one class in Q", [0.1, 0.4, 0.2, 0.2, 0.1], [0, 0, 0, 1, 0]],
    ["a sum that is off 1", [0.1, 0.4, 0.2, 0.2, 0.2], [0.1, 0.4, 0.2, 0.2, 0.1]],
  ])("are the reference's by probabilities with %s", (_, p, q) => {
    for (const dtype of ["float32", "float64"] as const) {
      for (const measure of measures) {
        const rows = [p, q].map((x) => arrayOf(dtype, x));
        const directions = v.map((x) => arrayOf(dtype, x));
        expectSameProducts(`in ${dtype}`, measure, rows, directions, 5, { from: "probs" });
      }
    }
  });

  it("are 0 where upstream is 0, beside derivatives that are not", () => {
    const { p, q } = rowsOf(10, "independent", "logits", "float64");
    const { hp, hq, along } = products(
      kernels,
      ["js", {}],
      [p, q],
      [q, p],
      10,
      { from: "logits" },
      new Float64Array(ROWS),
    );
    expect(hp.every((x) => x === 0) && hq.every((x) => x === 0)).toBe(true);
    expect(along.every((x) => x !== 0)).toBe(true);
  });
});

describe.each(cases.filter(({ derivatives }) => derivatives !== undefined))(
  "$dtype $regime, by the kernels",
  (row) => {
    it("every Hessian-vector product is that of central differences", () => {
      const n = row.p.length;
      const v = Float64Array.from(row.direction!);
      for (const [k, { product }] of Object.entries(row.derivatives!)) {
        if (product === undefined) continue;
        const { label, measure } = known[Number(k)];
        const h = new Float64Array(2 * n);
        const [hp, hq] = [h.subarray(0, n), h.subarray(n)];
        const one = Float64Array.of(1);
        const [vp, vq] = [v.subarray(0, n), v.subarray(n)];
        kernels.divergenceRowsHessian(
          measure,
          row.p,
          row.q,
          1,
          n,
          row,
          one,
          vp,
          vq,
          hp,
          hq,
          new Float64Array(1),
        );
        for (const part of [0, n]) {
          const wanted = product.slice(part, part + n);
          const size = Math.max(...wanted.map((x) => Math.abs(x ?? 0)));
          const error = Math.max(...wanted.map((x, i) => (x === null ? 0 : Math.abs(h[part + i] - x))));
          expect(error / (size || 1), `${label}, ${part === 0 ? "P" : "Q"}`).toBeLessThan(1e-10);
        }
      }
    });
  },
);
