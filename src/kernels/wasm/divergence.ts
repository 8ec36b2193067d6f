// Divergences of rows by WebAssembly; the functions of ../divergence, which says what they compute.
//
// - KL of float32 logits has kernels of its own (assembly/rows/klRows.ts): the fastest ones.
// - All other measures, dtypes and kinds of rows, and the few rows that those kernels leave, are done in
//   float64 (assembly/rows/measures.ts).
// - The reference does what has no kernel: Rényi and alpha divergences of most orders, gradients by
//   probabilities, Hessian-vector products.

import type { From, RowMeasure, RowOptions, RowProblem } from "../divergence/index.js";
import * as reference from "../divergence/index.js";
import type { FloatArray } from "../dtype.js";
import { isKl, kernelMeasure } from "./divergence-measures.js";
import { runRows } from "./rows.js";

export { rowMeasure } from "./divergence-measures.js";

/** The float64 numbers of a row that its gradients need: max a, c, Z and KL. See assembly/rows/klRows.ts. */
export const SAVED_NUMBERS = 4;

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
  saved?: Float64Array,
): RowProblem | undefined {
  const numbers = kernelMeasure(measure);
  if (numbers === undefined || !takes(p, q, n, options)) {
    return reference.divergenceRows(measure, p, q, rows, n, options, out);
  }
  let faulty = -1;
  const isLeft = (row: number) => Number.isNaN(out[row]);
  const general = (first: number, last: number) => {
    const part = (x: FloatArray) => x.subarray(first * n, last * n);
    const table = statisticsTable(numbers, part(p), part(q), last - first, n, options, undefined);
    for (let row = first; row < last; row++) {
      const at = (row - first) * (FIXED_COLUMNS + 1);
      if (isLeft(row)) out[row] = table[at + FIXED_COLUMNS];
      if (table[at] !== 0 && faulty < 0) faulty = row;
    }
  };
  if (takesKl(measure, p, options)) {
    measureKl(p, q, rows, n, options, out, saved ?? new Float64Array(SAVED_NUMBERS * rows));
    forRunsOf(rows, isLeft, NEIGHBOURS, general);
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

/** Calls `run` for each run of rows that have a property, or are at most `gap` between two that have. */
function forRunsOf(
  rows: number,
  has: (row: number) => boolean,
  gap: number,
  run: (first: number, last: number) => void,
): void {
  for (let first = 0; first < rows; first++) {
    if (!has(first)) continue;
    let last = first + 1;
    for (let row = last; row < rows && row <= last + gap; row++) if (has(row)) last = row + 1;
    run(first, last);
    first = last - 1;
  }
}

/** KL of float32 rows to `out`, NaN where a row needs the general kernel. */
function measureKl(
  p: FloatArray,
  q: FloatArray,
  rows: number,
  n: number,
  options: RowOptions,
  out: Float64Array,
  saved: Float64Array,
): void {
  const operands = [
    { array: p, length: n },
    { array: q, length: n },
    { array: out, length: 1, output: true },
    { array: saved, length: SAVED_NUMBERS, output: true },
  ];
  runRows("klRows32", operands, [n, options.temperature ?? 1], rows);
  const tolerance = toleranceOf(options, true);
  if (tolerance < 0) return;
  for (let row = 0; row < rows; row++) {
    const [max, c, total] = saved.subarray(SAVED_NUMBERS * row, SAVED_NUMBERS * row + 3);
    const sums = [total * Math.exp(max), total * Math.exp(max + c)];
    if (sums.some((sum) => !(Math.abs(sum - 1) <= tolerance))) {
      out[row] = NaN;
      saved[SAVED_NUMBERS * row + 3] = NaN;
    }
  }
}

/** Columns of a table of statistics before those of the measures: status, two classes, four logarithms. */
export const FIXED_COLUMNS = 7;

/** Rows of statistics: see `rowStatistics64` in assembly/rows/measures.ts. */
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
  const count = measures.length / 4;
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
  const numbers = kernelMeasure(measure);
  const outIsFloat32 = (gp ?? gq) instanceof Float32Array;
  const oneDtype = gp === undefined || gq === undefined || gq instanceof Float32Array === outIsFloat32;
  if (numbers === undefined || !takes(p, q, n, options) || options.from === "probs" || !oneDtype) {
    reference.divergenceRowsBackward(measure, p, q, rows, n, options, upstream, gp, gq);
    return;
  }
  const scales = Float64Array.from(upstream.subarray(0, rows));
  const sides = (gp ? 1 : 0) + (gq ? 2 : 0);
  const unused = { array: new Float64Array(1), length: 1, shared: true };
  const output = (x: FloatArray | undefined) => (x ? { array: x, length: n, output: true } : unused);
  const general = (first: number, last: number) => {
    const part = (x: FloatArray | undefined) => x?.subarray(first * n, last * n);
    const isFloat32 = p instanceof Float32Array;
    const [dtype, ...rest] = kernelOptions(options, isFloat32, n);
    const operands = [
      { array: p.subarray(first * n, last * n), length: n },
      { array: q.subarray(first * n, last * n), length: n },
      { array: scales.subarray(first, last), length: 1 },
      { array: Float64Array.from(numbers), length: numbers.length, shared: true },
      output(part(gp)),
      output(part(gq)),
    ];
    runRows("gradients64", operands, [sides, dtype, outIsFloat32 ? 0 : 1, ...rest], last - first);
  };
  if (!takesKl(measure, p, options) || !outIsFloat32) {
    general(0, rows);
    return;
  }
  const numbersOfRows = saved ?? savedOf(measure, p, q, rows, n, options);
  const operands = [
    { array: p, length: n },
    { array: q, length: n },
    { array: numbersOfRows, length: SAVED_NUMBERS },
    { array: scales, length: 1 },
  ];
  runRows("klGradients32", [...operands, output(gp), output(gq)], [sides, n, options.temperature ?? 1], rows);
  forRunsOf(rows, (row) => Number.isNaN(numbersOfRows[SAVED_NUMBERS * row + 3]), 0, general);
}

function savedOf(
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

export { divergenceRowsHessian } from "../divergence/index.js";
