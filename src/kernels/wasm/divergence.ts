// Divergences of rows by WebAssembly; the functions of ../divergence, which says what they compute. What a
// kernel does not do, single rows that it leaves included, goes to the reference.

import type { From, RowMeasure, RowOptions, RowProblem } from "../divergence/index.js";
import * as reference from "../divergence/index.js";
import type { FloatArray } from "../dtype.js";
import { runRows } from "./rows.js";

/** The float64 numbers of a row that its gradients need: max a, c, Z and KL. See assembly/rows/klRows.ts. */
export const SAVED_NUMBERS = 4;

/** Whether the float32 kernels of KL take these rows. */
function takesKl(
  measure: RowMeasure,
  p: FloatArray,
  q: FloatArray,
  n: number,
  { from, temperature = 1 }: RowOptions,
): boolean {
  return (
    measure.name === "kl" &&
    from === ("logits" satisfies From) &&
    p instanceof Float32Array &&
    q instanceof Float32Array &&
    n > 0 &&
    temperature >= 1 / 64 &&
    temperature <= 64
  );
}

/**
 * See `divergenceRows` in ../divergence. `saved`, of SAVED_NUMBERS · rows numbers, is for
 * `divergenceRowsBackward`: with it, gradients need not measure the rows again.
 */
export function divergenceRows(
  measure: RowMeasure,
  p: FloatArray,
  q: FloatArray,
  rows: number,
  n: number,
  options: RowOptions,
  out: Float64Array,
  saved: Float64Array = new Float64Array(SAVED_NUMBERS * rows),
): RowProblem | undefined {
  if (!takesKl(measure, p, q, n, options)) {
    return reference.divergenceRows(measure, p, q, rows, n, options, out);
  }
  const operands = [
    { array: p, length: n },
    { array: q, length: n },
    { array: out, length: 1, output: true },
    { array: saved, length: SAVED_NUMBERS, output: true },
  ];
  runRows("klRows32", operands, [n, options.temperature ?? 1], rows);
  return completeRows(measure, p, q, rows, n, options, out);
}

/** Has the reference do the rows that the kernel left. */
function completeRows(
  measure: RowMeasure,
  p: FloatArray,
  q: FloatArray,
  rows: number,
  n: number,
  options: RowOptions,
  out: Float64Array,
): RowProblem | undefined {
  let first: RowProblem | undefined;
  for (let row = 0; row < rows; row++) {
    if (!Number.isNaN(out[row])) continue;
    const [start, end] = [row * n, (row + 1) * n];
    const one = out.subarray(row, row + 1);
    const problem = reference.divergenceRows(
      measure,
      p.subarray(start, end),
      q.subarray(start, end),
      1,
      n,
      options,
      one,
    );
    if (problem) first ??= { ...problem, row };
  }
  return first;
}

/** See `divergenceRowsBackward` in ../divergence; `saved` is what `divergenceRows` saved of the same rows. */
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
  saved?: Float64Array,
): void {
  if (!takesKl(measure, p, q, n, options) || !(isFloat32(gp) && isFloat32(gq))) {
    reference.divergenceRowsBackward(measure, p, q, rows, n, options, upstream, gp, gq);
    return;
  }
  const numbers = saved ?? measured(measure, p, q, rows, n, options);
  const operands = [
    { array: p, length: n },
    { array: q, length: n },
    { array: numbers, length: SAVED_NUMBERS },
    { array: Float64Array.from(upstream), length: 1 },
  ];
  const scalars = [n, options.temperature ?? 1];
  if (gp) runRows("klGradientP32", [...operands, { array: gp, length: n, output: true }], scalars, rows);
  if (gq) runRows("klGradientQ32", [...operands, { array: gq, length: n, output: true }], scalars, rows);
  for (let row = 0; row < rows; row++) {
    if (!Number.isNaN(numbers[SAVED_NUMBERS * row + 3]) || upstream[row] === 0) continue;
    const part = (x: FloatArray) => x.subarray(row * n, (row + 1) * n);
    reference.divergenceRowsBackward(
      measure,
      part(p),
      part(q),
      1,
      n,
      options,
      upstream.subarray(row, row + 1),
      gp && part(gp),
      gq && part(gq),
    );
  }
}

function isFloat32(x: FloatArray | undefined): boolean {
  return x === undefined || x instanceof Float32Array;
}

function measured(
  measure: RowMeasure,
  p: FloatArray,
  q: FloatArray,
  rows: number,
  n: number,
  options: RowOptions,
): Float64Array {
  const saved = new Float64Array(SAVED_NUMBERS * rows);
  divergenceRows(measure, p, q, rows, n, options, new Float64Array(rows), saved);
  return saved;
}
