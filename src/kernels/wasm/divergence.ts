// Divergences of rows by WebAssembly; the functions of ../divergence, which says what they compute.
//
// - KL of float32 logits has kernels of its own (assembly/rows/kl): the fastest ones. Its value and its
//   gradients come out of one pass.
// - All other measures, dtypes and kinds of rows, and the few rows that those kernels leave, are done in
//   float64 (divergence-general.ts).
// - The reference does what has no kernel: skewed KL of weight 1, which is 0, and power and Rényi divergences of orders
//   beyond 1e±300.

import type { RowMeasure, RowOptions, RowProblem } from "../divergence/index.js";
import * as reference from "../divergence/index.js";
import type { FloatArray } from "../dtype.js";
import {
  FIXED_COLUMNS,
  forRunsOfNaN,
  generalGradients,
  output,
  type RowGradients,
  sidesOf,
  statisticsTable,
  takes,
  toleranceOf,
} from "./divergence-general.js";
import { isKl, kernelMeasure } from "./divergence-measures.js";
import { runRows } from "./rows.js";

export { divergenceRowsHessian, type RowGradients } from "./divergence-general.js";
export { rowMeasure } from "./divergence-measures.js";

/** Whether the float32 kernels of KL take such rows. */
function takesKl(measure: RowMeasure, p: FloatArray, { from, temperature = 1 }: RowOptions): boolean {
  return (
    isKl(measure) &&
    p instanceof Float32Array &&
    (from === "logits" || (from === "logProbs" && temperature === 1)) &&
    temperature >= 1 / 64 &&
    temperature <= 64
  );
}

/** Rows of more classes have their gradients computed apart: those of one row must fit a thread's scratch memory. */
const MOST_CLASSES = 2 ** 20;

/**
 * Whether `divergenceRows` can compute gradients along with values for little more than the values alone cost.
 */
export function fusesGradients(
  measure: RowMeasure,
  p: FloatArray,
  q: FloatArray,
  n: number,
  options: RowOptions,
): boolean {
  return n <= MOST_CLASSES && takes(p, q, n, options) && takesKl(measure, p, options);
}

/**
 * See `divergenceRows` in ../divergence. Where {@link fusesGradients} says so, `slopes` gets the gradients of
 * `expected` times each row's divergence along with its value.
 */
export function divergenceRows(
  measure: RowMeasure,
  p: FloatArray,
  q: FloatArray,
  rows: number,
  n: number,
  options: RowOptions,
  out: Float64Array,
  slopes: RowGradients = {},
  expected = 1,
): RowProblem | undefined {
  const numbers = kernelMeasure(measure);
  if (numbers === undefined || !takes(p, q, n, options)) {
    return reference.divergenceRows(measure, p, q, rows, n, options, out);
  }
  let faulty = -1;
  const general = (first: number, last: number) => {
    const part = (x: FloatArray) => x.subarray(first * n, last * n);
    const table = statisticsTable(numbers, part(p), part(q), last - first, n, options, undefined);
    for (let row = first; row < last; row++) {
      const at = (row - first) * (FIXED_COLUMNS + 1);
      if (Number.isNaN(out[row])) out[row] = table[at + FIXED_COLUMNS];
      if (table[at] !== 0 && faulty < 0) faulty = row;
    }
  };
  if (takesKl(measure, p, options)) {
    klRows(p, q, rows, n, options, expected, out, slopes);
    if (slopes.p || slopes.q) {
      forRunsOfNaN(out, rows, 0, (first, last) => {
        const upstream = new Float64Array(last).fill(expected);
        generalGradients(numbers, p, q, n, options, upstream, slopes, first, last);
      });
    }
    forRunsOfNaN(out, rows, NEIGHBOURS, general);
  } else {
    out.fill(NaN, 0, rows);
    general(0, rows);
  }
  if (faulty < 0) return undefined;
  const one = (x: FloatArray) => x.subarray(faulty * n, (faulty + 1) * n);
  const problem = reference.divergenceRows(measure, one(p), one(q), 1, n, options, new Float64Array(1));
  return problem && { ...problem, row: faulty };
}

/** Rows that it is cheaper to measure once more than to leave out of a run. */
const NEIGHBOURS = 8;

/**
 * KL of float32 rows to `out`, NaN where a row needs the general kernel, and of upstream · KL the gradients, where
 * `upstream` is a number for each row or one for all.
 */
function klRows(
  p: FloatArray,
  q: FloatArray,
  rows: number,
  n: number,
  options: RowOptions,
  upstream: Float64Array | number,
  out: Float64Array,
  gradients: RowGradients,
): void {
  const forAll = typeof upstream === "number";
  const operands = [
    { array: p, length: n },
    { array: q, length: n },
    { array: forAll ? Float64Array.of(upstream) : upstream, length: 1, shared: forAll },
    { array: out, length: 1, output: true },
    output(gradients.p, n),
    output(gradients.q, n),
  ];
  const step = forAll ? 0 : 8;
  const scalars = [sidesOf(gradients), step, n, options.temperature ?? 1, toleranceOf(options, true)];
  runRows("klRows32", operands, scalars, rows);
}

/**
 * See `divergenceRowsBackward` in ../divergence. With `slopes`, what `divergenceRows` computed of the same rows for
 * the upstream gradient `expected`, all that is left is to scale them.
 */
export function divergenceRowsBackward(
  measure: RowMeasure,
  p: FloatArray,
  q: FloatArray,
  rows: number,
  n: number,
  options: RowOptions,
  upstream: FloatArray,
  gp?: FloatArray,
  gq?: FloatArray,
  slopes: RowGradients = {},
  expected = 1,
): void {
  const scales = new Float64Array(upstream.subarray(0, rows));
  if ((gp === undefined || slopes.p) && (gq === undefined || slopes.q)) {
    for (let row = 0; row < rows; row++) scales[row] /= expected;
    if (gp && slopes.p) scaleRows(slopes.p, scales, rows, n, gp);
    if (gq && slopes.q) scaleRows(slopes.q, scales, rows, n, gq);
    return;
  }
  const numbers = kernelMeasure(measure);
  const outIsFloat32 = (gp ?? gq) instanceof Float32Array;
  const oneDtype = gp === undefined || gq === undefined || gq instanceof Float32Array === outIsFloat32;
  if (numbers === undefined || !takes(p, q, n, options) || !oneDtype) {
    reference.divergenceRowsBackward(measure, p, q, rows, n, options, upstream, gp, gq);
    return;
  }
  const gradients = { p: gp, q: gq };
  const general = (first: number, last: number) =>
    generalGradients(numbers, p, q, n, options, scales, gradients, first, last);
  if (outIsFloat32 && fusesGradients(measure, p, q, n, options)) {
    const values = new Float64Array(rows);
    klRows(p, q, rows, n, options, scales, values, gradients);
    forRunsOfNaN(values, rows, 0, general);
  } else {
    general(0, rows);
  }
}

function scaleRows(x: FloatArray, scales: Float64Array, rows: number, n: number, out: FloatArray): void {
  const operands = [{ array: x, length: n }, { array: scales, length: 1 }, output(out, n)];
  runRows("scaleRows32", operands, [n], rows);
}
