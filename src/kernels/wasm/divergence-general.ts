// Divergences of rows in float64 arithmetic, by the kernels that take all measures, dtypes and kinds of rows
// (assembly/rows/general).

import type { From, RowMeasure, RowOptions } from "../divergence/index.js";
import * as reference from "../divergence/index.js";
import type { FloatArray } from "../dtype.js";
import { kernelMeasure, MEASURE_NUMBERS } from "./divergence-measures.js";
import { type RowOperand, runRows } from "./rows.js";

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

/** Gradients of rows, of the operands' dtype: those that are wanted. */
export interface RowGradients {
  readonly p?: FloatArray;
  readonly q?: FloatArray;
}

/** Calls `run` for each run of rows whose number in `values` is NaN, or that are at most `gap` between two such. */
export function forRunsOfNaN(
  values: Float64Array,
  rows: number,
  gap: number,
  run: (first: number, last: number) => void,
): void {
  for (let first = nextNaN(values, 0, rows); first < rows; ) {
    let last = first + 1;
    for (let row = last; row < rows && row <= last + gap; row++)
      if (Number.isNaN(values[row])) last = row + 1;
    run(first, last);
    first = nextNaN(values, last, rows);
  }
}

/** The first place from `start` on with NaN; `end` if there is none. */
function nextNaN(values: Float64Array, start: number, end: number): number {
  let at = start;
  while (at < end && !Number.isNaN(values[at])) at++;
  return at;
}

const unused = { array: new Float64Array(1), length: 1, shared: true };

/** The sides whose gradients are wanted, as the kernels know them. */
export function sidesOf({ p, q }: RowGradients): number {
  return (p ? 1 : 0) + (q ? 2 : 0);
}

export function output(x: FloatArray | undefined, length: number): RowOperand {
  return x ? { array: x, length, output: true } : unused;
}

/** Columns of a table of statistics before those of the measures: status, two classes, four logarithms. */
export const FIXED_COLUMNS = 7;

/** Rows of statistics: see `rowStatistics64` in assembly/rows/general/statistics.ts. */
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

/** Gradients of rows `first` to `last` − 1 in float64 arithmetic, of any measure that has numbers. */
export function generalGradients(
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

/** See `divergenceRowsHessian` in ../divergence. */
export function divergenceRowsHessian(
  measure: RowMeasure,
  p: FloatArray,
  q: FloatArray,
  rows: number,
  n: number,
  options: RowOptions,
  upstream: FloatArray,
  vp: FloatArray | undefined,
  vq: FloatArray | undefined,
  hp: FloatArray | undefined,
  hq: FloatArray | undefined,
  directional: Float64Array,
): void {
  const byReference = (first: number, last: number) => {
    const [pRows, qRows, ...others] = [p, q, vp, vq, hp, hq].map((x) => x?.subarray(first * n, last * n));
    const [scales, along] = [upstream.subarray(first, last), directional.subarray(first, last)];
    const [v1, v2, h1, h2] = others;
    const count = last - first;
    reference.divergenceRowsHessian(
      measure,
      pRows!,
      qRows!,
      count,
      n,
      options,
      scales,
      v1,
      v2,
      h1,
      h2,
      along,
    );
  };
  const numbers = kernelMeasure(measure);
  const vectors = [vp, vq, hp, hq].filter((x) => x !== undefined);
  const isFloat32 = vectors[0] instanceof Float32Array;
  const oneDtype = vectors.every((x) => x instanceof Float32Array === isFloat32);
  if (numbers === undefined || !takes(p, q, n, options) || !oneDtype) {
    byReference(0, rows);
    return;
  }
  const operands = [
    { array: p, length: n },
    { array: q, length: n },
    { array: new Float64Array(upstream.subarray(0, rows)), length: 1 },
    { array: Float64Array.from(numbers), length: numbers.length, shared: true },
    vp ? { array: vp, length: n } : unused,
    vq ? { array: vq, length: n } : unused,
    output(hp, n),
    output(hq, n),
    { array: directional, length: 1, output: true },
  ];
  const wanted = [sidesOf({ p: vp, q: vq }), sidesOf({ p: hp, q: hq }), isFloat32 ? 0 : 1];
  runRows("hessians64", operands, [...wanted, ...kernelOptions(options, p instanceof Float32Array, n)], rows);
  // Rows with a fault, and those with derivatives that are not finite.
  forRunsOfNaN(directional, rows, 0, byReference);
}
