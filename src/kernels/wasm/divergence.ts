// Divergences of rows by WebAssembly; the functions of ../divergence, which says what they compute.
//
// - KL of float32 logits has kernels of its own (assembly/rows/klRows.ts): the fastest ones. Its value and its
//   gradients come out of one pass.
// - All other measures, dtypes and kinds of rows, and the few rows that those kernels leave, are done in
//   float64 (assembly/rows/statistics64.ts, gradients64.ts).
// - The reference does what has no kernel: Rényi and alpha divergences of most orders, gradients by
//   probabilities, Hessian-vector products.

import type { From, RowMeasure, RowOptions, RowProblem } from "../divergence/index.js";
import * as reference from "../divergence/index.js";
import type { FloatArray } from "../dtype.js";
import { isKl, kernelMeasure, MEASURE_NUMBERS } from "./divergence-measures.js";
import { type RowOperand, runRows } from "./rows.js";

export { rowMeasure } from "./divergence-measures.js";

const froms: readonly From[] = ["logits", "probs", "logProbs"];

/** How far sums of probabilities may be off 1; −1 where they are not looked at. */
export function toleranceOf({ from, normalize, tolerance }: RowOptions, isFloat32: boolean): number {
  if (from === "logits" || normalize !== undefined) return -1;
  return tolerance ?? (isFloat32 ? 1e-4 : 1e-6);
}

/** Whether the kernels take rows of these arrays and options; if not, the reference may throw. */
export function takes(p: FloatArray, q: FloatArray, n: number, options: RowOptions): boolean {
  const { from, temperature = 1, tolerance = 0 } = options;
  return (
    n > 0 &&
    p instanceof Float32Array === q instanceof Float32Array &&
    temperature > 0 &&
    1 / temperature > 0 &&
    1 / temperature < Infinity &&
    (from !== "probs" || temperature === 1) &&
    tolerance >= 0
  );
}

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

/** Gradients of rows, of the operands' dtype: those that are wanted. */
export interface RowGradients {
  readonly p?: FloatArray;
  readonly q?: FloatArray;
}

/**
 * See `divergenceRows` in ../divergence. Where {@link fusesGradients} says so, `slopes` gets the gradients of each
 * row's divergence along with its value.
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
    const ones = new Float64Array(slopes.p || slopes.q ? rows : 1).fill(1);
    klRows(p, q, rows, n, options, ones, out, slopes);
    if (slopes.p || slopes.q) {
      forRunsOfNaN(out, rows, 0, (first, last) =>
        generalGradients(numbers, p, q, n, options, ones, slopes, first, last),
      );
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

/** Calls `run` for each run of rows whose number in `values` is NaN, or that are at most `gap` between two such. */
function forRunsOfNaN(
  values: Float64Array,
  rows: number,
  gap: number,
  run: (first: number, last: number) => void,
): void {
  for (let first = 0; first < rows; first++) {
    if (!Number.isNaN(values[first])) continue;
    let last = first + 1;
    for (let row = last; row < rows && row <= last + gap; row++)
      if (Number.isNaN(values[row])) last = row + 1;
    run(first, last);
    first = last - 1;
  }
}

const unused = { array: new Float64Array(1), length: 1, shared: true };

/** KL of float32 rows to `out`, NaN where a row needs the general kernel, and of upstream · KL the gradients. */
function klRows(
  p: FloatArray,
  q: FloatArray,
  rows: number,
  n: number,
  options: RowOptions,
  upstream: Float64Array,
  out: Float64Array,
  gradients: RowGradients,
): void {
  const sides = sidesOf(gradients);
  const operands = [
    { array: p, length: n },
    { array: q, length: n },
    sides === 0 ? unused : { array: upstream, length: 1 },
    { array: out, length: 1, output: true },
    output(gradients.p, n),
    output(gradients.q, n),
  ];
  runRows("klRows32", operands, [sides, n, options.temperature ?? 1, toleranceOf(options, true)], rows);
}

/** The sides whose gradients are wanted, as the kernels know them. */
function sidesOf({ p, q }: RowGradients): number {
  return (p ? 1 : 0) + (q ? 2 : 0);
}

function output(x: FloatArray | undefined, length: number): RowOperand {
  return x ? { array: x, length, output: true } : unused;
}

/** Columns of a table of statistics before those of the measures: status, two classes, four logarithms. */
export const FIXED_COLUMNS = 7;

/** Rows of statistics: see `rowStatistics64` in assembly/rows/statistics64.ts. */
export function statisticsTable(
  measures: readonly number[],
  p: FloatArray,
  q: FloatArray,
  rows: number,
  n: number,
  options: RowOptions,
  labels: Float64Array | undefined,
): Float64Array {
  const isFloat32 = p instanceof Float32Array;
  const count = measures.length / MEASURE_NUMBERS;
  const table = new Float64Array((FIXED_COLUMNS + count) * rows);
  const operands = [
    { array: p, length: n },
    { array: q, length: n },
    { array: labels ?? new Float64Array(1), length: 1, shared: labels === undefined },
    { array: Float64Array.from(measures), length: measures.length, shared: true },
    { array: table, length: FIXED_COLUMNS + count, output: true },
  ];
  runRows(
    "rowStatistics64",
    operands,
    [count, labels ? 1 : 0, ...kernelOptions(options, isFloat32, n)],
    rows,
  );
  return table;
}

function kernelOptions(options: RowOptions, isFloat32: boolean, n: number): number[] {
  const from = froms.indexOf(options.from);
  return [isFloat32 ? 0 : 1, from, n, options.temperature ?? 1, toleranceOf(options, isFloat32)];
}

/**
 * See `divergenceRowsBackward` in ../divergence. With `slopes`, what `divergenceRows` computed of the same rows, all
 * that is left is to scale them.
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
): void {
  const scales = new Float64Array(upstream.subarray(0, rows));
  if ((gp === undefined || slopes.p) && (gq === undefined || slopes.q)) {
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

/** Gradients of rows `first` to `last` − 1 in float64 arithmetic, of any measure that has numbers. */
function generalGradients(
  numbers: readonly number[],
  p: FloatArray,
  q: FloatArray,
  n: number,
  options: RowOptions,
  scales: Float64Array,
  gradients: RowGradients,
  first: number,
  last: number,
): void {
  const part = (x: FloatArray) => x.subarray(first * n, last * n);
  const outOf = (x: FloatArray | undefined) => output(x && part(x), n);
  const outDtype = (gradients.p ?? gradients.q) instanceof Float32Array ? 0 : 1;
  const [dtype, ...rest] = kernelOptions(options, p instanceof Float32Array, n);
  const operands = [
    { array: part(p), length: n },
    { array: part(q), length: n },
    { array: scales.subarray(first, last), length: 1 },
    { array: Float64Array.from(numbers), length: numbers.length, shared: true },
    outOf(gradients.p),
    outOf(gradients.q),
  ];
  runRows("gradients64", operands, [sidesOf(gradients), dtype, outDtype, ...rest], last - first);
}

export { divergenceRowsHessian } from "../divergence/index.js";
