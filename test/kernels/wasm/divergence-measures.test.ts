import { describe, expect, it } from "vitest";
import type { From, RowOptions } from "../../../src/kernels/divergence/index.js";
import * as reference from "../../../src/kernels/divergence/index.js";
import type { FloatArray, FloatDType } from "../../../src/kernels/dtype.js";
import * as kernels from "../../../src/kernels/wasm/divergence.js";
import { expectClose } from "./agreement.js";
import { arrayOf, as, fewer, measures, ROWS, regimes, rowsOf } from "./divergence-inputs.js";

const LIMITS = { float32: 2e-6, float64: 1e-12 };

function expectSameValues(
  label: string,
  [name, params]: (typeof measures)[number],
  p: FloatArray,
  q: FloatArray,
  n: number,
  options: RowOptions,
  tolerance: number,
) {
  const rows = p.length / n;
  const [got, wanted] = [new Float64Array(rows), new Float64Array(rows)];
  const problem = kernels.divergenceRows(kernels.rowMeasure(name, params), p, q, rows, n, options, got);
  const wantedProblem = reference.divergenceRows(
    reference.rowMeasure(name, params),
    p,
    q,
    rows,
    n,
    options,
    wanted,
  );
  expect(problem).toEqual(wantedProblem);
  expectClose(got, wanted, tolerance, 1e-150, label);
}

const kinds: [FloatDType, From][] = [
  ["float32", "logits"],
  ["float32", "logProbs"],
  ["float64", "logits"],
  ["float64", "probs"],
  ["float64", "logProbs"],
  ["float32", "probs"],
];

describe.each(kinds)("divergences of %s rows of %s", (dtype, from) => {
  describe.each(Object.keys(regimes(1)))("%s", (name) => {
    it("are the reference's, by every measure", () => {
      for (const n of [1, 2, 3, 4, 5, 10, 127, 300, 2048, 5001]) {
        const { p, q } = rowsOf(n, name, from, dtype);
        for (const measure of n > 300 ? fewer : measures) {
          const label = `${measure[0]} ${JSON.stringify(measure[1])}, length ${n},`;
          const isKl = ["kl", "gjs", "skew-kl", "alpha", "renyi"].includes(measure[0]);
          const limit = isKl ? LIMITS[dtype] : LIMITS.float64;
          const options = { from, normalize: from === "logits" ? undefined : ("sum" as const) };
          expectSameValues(label, measure, p, q, n, options, limit);
        }
      }
    });

    it("have the reference's gradients", () => {
      for (const n of [1, 2, 3, 10, 127, 2049]) {
        const { p, q } = rowsOf(n, name, from, dtype);
        for (const [measure, params] of n > 300 ? fewer : measures) {
          const options = { from, normalize: from === "logits" ? undefined : ("sum" as const) };
          const upstream = Float64Array.of(1, -2, 0.25);
          const got = { p: arrayOf(dtype, p), q: arrayOf(dtype, q) };
          const wanted = { p: new Float64Array(p.length), q: new Float64Array(p.length) };
          const args = [p, q, ROWS, n, options, upstream] as const;
          kernels.divergenceRowsBackward(kernels.rowMeasure(measure, params), ...args, got.p, got.q);
          const wantedMeasure = reference.rowMeasure(measure, params);
          reference.divergenceRowsBackward(wantedMeasure, ...args, wanted.p, wanted.q);
          const values = new Float64Array(ROWS);
          reference.divergenceRows(wantedMeasure, p, q, ROWS, n, options, values);
          for (const side of ["p", "q"] as const) {
            for (let start = 0; start < p.length; start += n) {
              const row = wanted[side].subarray(start, start + n);
              const norm = Math.hypot(...row);
              if (norm > 1e38) continue; // beyond float32
              const error = Math.hypot(...row.map((x, i) => x - got[side][start + i]));
              const label = `${measure} ${JSON.stringify(params)} by ${side}, length ${n}`;
              // What is left of differences of numbers as large as D has their rounding errors in it.
              const floor = 1e-15 * (n + 10) * noise(p, q) * (1 + values[start / n]);
              if (!(error <= LIMITS[dtype] * norm + floor)) {
                expect.fail(`${label}: off by ${error} of ${norm}`);
              }
            }
          }
        }
      }
    });
  });
});

/** How large the rounding errors of a gradient are next to 0: those of the rows' difference. */
function noise(p: FloatArray, q: FloatArray): number {
  let largest = 0;
  for (let i = 0; i < p.length; i++) largest = Math.max(largest, Math.abs(p[i] - q[i]));
  return Math.min(1, largest);
}

describe("divergences of rows with edges", () => {
  const edges: [string, number[], number[]][] = [
    ["a masked class in both", [1, -Infinity, 2, 0.5, 1], [0, -Infinity, 1, 1, 3]],
    ["a masked class in P", [1, -Infinity, 2, 0.5, 0], [0, 3, 1, 1, 2]],
    ["a class that only P has", [1, 0, 2, 0.5, 3], [0, -Infinity, 1, 1, 1]],
    ["one class each", [-Infinity, 3, -Infinity, -Infinity, 1], [-Infinity, 5, -Infinity, 2, -Infinity]],
    ["no class in common", [0, 3, -Infinity, -Infinity, -Infinity], [-Infinity, -Infinity, 1, 2, 0]],
    ["next to nothing but one class", [-720, 0, -716, -730, -740], [-716, 0, -720, -735, -740]],
    ["a range of 1e3", [0, 1000, 3, 1, 0], [5, 0, 900, 2, 7]],
    ["a range of 1e30", [0, 1e30, 3, 1, 0], [5, 0, 1e30, 2, 3]],
    ["denormal logits", [1e-40, 0, -1e-42, 3e-45, 1], [0, 1e-41, 1e-40, 0, 1]],
    ["NaN in P", [0, NaN, 1, 2, 3], [0, 1, 2, 3, 4]],
    ["∞ in Q", [0, 1, 2, 3, 4], [0, 1, 2, Infinity, NaN]],
    ["no class at all", [0, 1, 2, 3, 4], new Array<number>(5).fill(-Infinity)],
  ];
  it.each(edges)("are the reference's with %s, by every measure", (_, first, second) => {
    for (const dtype of ["float32", "float64"] as const) {
      for (const measure of measures) {
        const p = arrayOf(dtype, [0, 1, 2, 3, 4, ...first, 1, 1, 1, 1, 2]);
        const q = arrayOf(dtype, [1, 1, 3, 3, 2, ...second, 0, 1, 5, 2, 3]);
        const label = `${measure[0]} ${JSON.stringify(measure[1])} in ${dtype},`;
        expectSameValues(label, measure, p, q, 5, { from: "logits" }, LIMITS[dtype]);
      }
    }
  });

  const moderate = edges.filter(([name]) => name !== "a range of 1e30");
  it.each(moderate)("have the reference's gradients with %s, by every measure", (_, first, second) => {
    for (const dtype of ["float32", "float64"] as const) {
      for (const [name, params] of measures) {
        const p = arrayOf(dtype, first);
        const q = arrayOf(dtype, second);
        const got = { p: arrayOf(dtype, first), q: arrayOf(dtype, first) };
        const wanted = { p: arrayOf(dtype, first), q: arrayOf(dtype, first) };
        const args = [p, q, 1, 5, { from: "logits" } as const, Float64Array.of(1)] as const;
        kernels.divergenceRowsBackward(kernels.rowMeasure(name, params), ...args, got.p, got.q);
        reference.divergenceRowsBackward(reference.rowMeasure(name, params), ...args, wanted.p, wanted.q);
        const label = `${name} ${JSON.stringify(params)} in ${dtype},`;
        const value = new Float64Array(1);
        reference.divergenceRows(reference.rowMeasure(name, params), p, q, 1, 5, args[4], value);
        // What is left of differences of numbers as large as D has their rounding errors in it.
        const size = Number.isFinite(value[0]) ? 1 + value[0] : 1;
        const floor = (dtype === "float32" ? 1e-8 : 0.1) * size;
        expectClose(got.p, wanted.p, LIMITS[dtype], floor, `${label} by p`);
        expectClose(got.q, wanted.q, LIMITS[dtype], floor, `${label} by q`);
      }
    }
  });

  const probabilities: [string, number[], number[], Partial<RowOptions>][] = [
    ["a negative probability", [0.5, 0.6, -0.1], [0.2, 0.3, 0.5], {}],
    ["−∞ among probabilities", [0.5, 0.5, -Infinity], [0.2, 0.3, 0.5], {}],
    ["a sum that is off 1", [0.2, 0.3, 0.5], [0.2, 0.3, 0.4], {}],
    ["a sum that is off 1 within the tolerance", [0.2, 0.3, 0.5], [0.2, 0.3, 0.499], { tolerance: 0.01 }],
    ["sums to be divided out", [2, 3, 5], [20, 35, 45], { normalize: "sum" } as const],
    ["a sum of 0", [0, 0, 0], [0.2, 0.3, 0.5], { normalize: "sum" } as const],
    ["classes without probability", [0, 0.5, 0.5], [0.5, 0, 0.5], {}],
    ["denormal probabilities", [1e-310, 0.5, 0.5], [0.5, 5e-324, 0.5], {}],
    ["a class in neither", [0, 0.5, 0.5], [0, 0.25, 0.75], {}],
    ["one class each", [0, 1, 0], [1, 0, 0], {}],
    ["one class that is all of P", [0, 1, 0], [0.25, 0.5, 0.25], {}],
    ["one class that is all of Q", [0.25, 0.5, 0.25], [0, 0, 1], {}],
    ["zeros, and sums to be divided out", [0, 3, 4], [30, 0, 50], { normalize: "sum" } as const],
  ];
  it.each(probabilities)("are the reference's with %s", (_, first, second, more) => {
    for (const dtype of ["float32", "float64"] as const) {
      for (const measure of measures) {
        const p = arrayOf(dtype, [0.1, 0.2, 0.7, ...first]);
        const q = arrayOf(dtype, [0.7, 0.2, 0.1, ...second]);
        const label = `${measure[0]} ${JSON.stringify(measure[1])} in ${dtype}`;
        expectSameValues(label, measure, p, q, 3, { from: "probs", ...more }, LIMITS.float64);
      }
    }
  });

  // By a denormal probability a derivative is known only as well as that.
  const exact = probabilities.filter(([name]) => name !== "denormal probabilities");
  it.each(exact)("have the reference's gradients by probabilities with %s", (_, first, second, more) => {
    for (const dtype of ["float32", "float64"] as const) {
      for (const [name, params] of measures) {
        const p = arrayOf(dtype, [0.1, 0.2, 0.7, ...first]);
        const q = arrayOf(dtype, [0.6, 0.3, 0.1, ...second]);
        const got = { p: arrayOf(dtype, p), q: arrayOf(dtype, q) };
        const wanted = { p: arrayOf(dtype, p), q: arrayOf(dtype, q) };
        const args = [p, q, 2, 3, { from: "probs", ...more } as const, Float64Array.of(2, -1)] as const;
        kernels.divergenceRowsBackward(kernels.rowMeasure(name, params), ...args, got.p, got.q);
        reference.divergenceRowsBackward(reference.rowMeasure(name, params), ...args, wanted.p, wanted.q);
        const label = `${name} ${JSON.stringify(params)} in ${dtype},`;
        const floor = name === "alpha" && params.order === 1e-9 ? 1e8 : 0.1;
        expectClose(got.p, wanted.p, LIMITS[dtype], floor, `${label} by p`);
        expectClose(got.q, wanted.q, LIMITS[dtype], floor, `${label} by q`);
      }
    }
  });

  it("look at the sums of log-probabilities", () => {
    for (const n of [2, 200]) {
      for (const off of [0, 1e-6, 1e-2]) {
        const logs = as("logProbs", [...Array(3 * n).keys()].map(Math.sin), n);
        const p = Float32Array.from(logs);
        const q = Float32Array.from(logs, (x, i) => x + (i >= n && i < 2 * n ? off : 0));
        expectSameValues(`off by ${off}`, ["kl", {}], p, q, n, { from: "logProbs" }, 1);
      }
    }
  });
});
