import type { TypedArray } from "./dtype.js";

/** Reduces elements `start … start + length − 1` of `x` to one number. */
export type Reduction = (x: TypedArray, start: number, length: number) => number;

/** Rows of `length` packed elements, each reduced to one element of `out`. */
export function reduceRows(f: Reduction, x: TypedArray, length: number, out: TypedArray): void {
  for (let r = 0, start = 0; r < out.length; r++, start += length) out[r] = f(x, start, length);
}

/**
 * Sum in float64 by pairwise summation, whose error grows with log n and not with n.
 *
 * N. J. Higham, "The accuracy of floating point summation", SIAM J. Sci. Comput. 14 (1993).
 */
export const sum: Reduction = (x, start, length) => {
  if (length <= 128) {
    let total = 0;
    for (let i = start; i < start + length; i++) total += x[i];
    return total;
  }
  const half = length >> 1;
  return sum(x, start, half) + sum(x, start + half, length - half);
};

/** Rows that {@link sumColumns} adds up before it adds what they come to. */
const ROWS = 64;

/** out[j] = Σ x[i·columns + j], in float64, by blocks of rows, so that the error grows slowly. */
export function sumColumns(x: TypedArray, columns: number, out: TypedArray): void {
  const total = new Float64Array(columns);
  const block = new Float64Array(columns);
  for (let start = 0; start < x.length; ) {
    const end = Math.min(start + ROWS * columns, x.length);
    block.fill(0);
    for (; start < end; start += columns) {
      for (let j = 0; j < columns; j++) block[j] += x[start + j];
    }
    for (let j = 0; j < columns; j++) total[j] += block[j];
  }
  out.set(total);
}

export const mean: Reduction = (x, start, length) => sum(x, start, length) / length;

export const product: Reduction = (x, start, length) => {
  let total = 1;
  for (let i = start; i < start + length; i++) total *= x[i];
  return total;
};

/** The largest element; NaN if there is one. */
export const maximum: Reduction = (x, start, length) => {
  let best = x[start];
  for (let i = start + 1; i < start + length; i++) {
    if (x[i] > best || Number.isNaN(x[i])) best = x[i];
    if (Number.isNaN(best)) return best;
  }
  return best;
};

/** The smallest element; NaN if there is one. */
export const minimum: Reduction = (x, start, length) => {
  let best = x[start];
  for (let i = start + 1; i < start + length; i++) {
    if (x[i] < best || Number.isNaN(x[i])) best = x[i];
    if (Number.isNaN(best)) return best;
  }
  return best;
};

/** The index of the first element that equals the row's maximum (or is its first NaN). */
export const indexOfMaximum: Reduction = (x, start, length) => {
  let best = 0;
  for (let i = 1; i < length && !Number.isNaN(x[start + best]); i++) {
    if (x[start + i] > x[start + best] || Number.isNaN(x[start + i])) best = i;
  }
  return best;
};

/** The index of the first element that equals the row's minimum (or is its first NaN). */
export const indexOfMinimum: Reduction = (x, start, length) => {
  let best = 0;
  for (let i = 1; i < length && !Number.isNaN(x[start + best]); i++) {
    if (x[start + i] < x[start + best] || Number.isNaN(x[start + i])) best = i;
  }
  return best;
};

export const all: Reduction = (x, start, length) => {
  for (let i = start; i < start + length; i++) if (x[i] === 0) return 0;
  return 1;
};

export const any: Reduction = (x, start, length) => {
  for (let i = start; i < start + length; i++) if (x[i] !== 0) return 1;
  return 0;
};

/** How many elements are not 0. */
export const nonZeros: Reduction = (x, start, length) => {
  let count = 0;
  for (let i = start; i < start + length; i++) if (x[i] !== 0) count++;
  return count;
};

/** log Σ exp(x), shifted by the maximum so that it neither overflows nor underflows. */
export const logSumExp: Reduction = (x, start, length) => {
  if (length === 0) return Number.NEGATIVE_INFINITY;
  const shift = maximum(x, start, length);
  if (!Number.isFinite(shift)) return shift;
  let total = 0;
  for (let i = start; i < start + length; i++) total += Math.exp(x[i] - shift);
  return shift + Math.log(total);
};

/**
 * Σ (x − mean)², in two passes so that it does not cancel; the mean is taken from the first element on, so
 * that it is exactly 0 for equal elements.
 */
export const squaredDeviations: Reduction = (x, start, length) => {
  const origin = x[start];
  let drift = 0;
  for (let i = start; i < start + length; i++) drift += x[i] - origin;
  const centre = origin + drift / length;
  let total = 0;
  for (let i = start; i < start + length; i++) total += (x[i] - centre) ** 2;
  return total;
};

/** Running sums of each row of `length` packed elements. */
export function cumulativeSum(x: TypedArray, length: number, out: TypedArray): void {
  for (let start = 0; start < x.length; start += length) {
    let total = 0;
    for (let i = start; i < start + length; i++) {
      total += x[i];
      out[i] = total;
    }
  }
}
