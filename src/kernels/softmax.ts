import type { FloatArray } from "./dtype.js";
import { logSumExp as logSumExpOfRow, maximum, reduceRows } from "./reduce.js";

/**
 * Softmax of rows of `length` packed elements: exp(x − max) / Σ exp(x − max), summed in float64. A row
 * of −∞ alone, or with +∞ or NaN, is NaN.
 */
export function softmax(x: FloatArray, length: number, out: FloatArray): void {
  const weights = new Float64Array(length);
  for (let start = 0; start < x.length; start += length) {
    let shift = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < length; i++) shift = Math.max(shift, x[start + i]);
    let total = 0;
    for (let i = 0; i < length; i++) {
      weights[i] = Math.exp(x[start + i] - shift);
      total += weights[i];
    }
    for (let i = 0; i < length; i++) out[start + i] = weights[i] / total;
  }
}

/**
 * Log-softmax of rows of `length` packed elements: (x − max) − log Σ exp(x − max), which keeps its digits
 * where x is large. NaN where {@link softmax} is.
 */
export function logSoftmax(x: FloatArray, length: number, out: FloatArray): void {
  for (let start = 0; start < x.length; start += length) {
    const shift = maximum(x, start, length);
    let total = 0;
    for (let i = start; i < start + length; i++) total += Math.exp(x[i] - shift);
    const logTotal = Math.log(total);
    for (let i = start; i < start + length; i++) out[i] = x[i] - shift - logTotal;
  }
}

/** log Σ exp(x) of rows of `length` packed elements, one for each element of `out`; −∞ of nothing. */
export function logSumExp(x: FloatArray, length: number, out: FloatArray): void {
  reduceRows(logSumExpOfRow, x, length, out);
}

/** The gradient of {@link softmax}, y·(g − Σ g·y), from its result y and the gradient g of that. */
export function softmaxBackward(y: FloatArray, g: FloatArray, length: number, out: FloatArray): void {
  for (let start = 0; start < y.length; start += length) {
    let mean = 0;
    for (let i = start; i < start + length; i++) mean += y[i] * g[i];
    for (let i = start; i < start + length; i++) out[i] = y[i] * (g[i] - mean);
  }
}

/** The gradient of {@link logSoftmax}, g − exp(y)·Σ g, from its result y and the gradient g of that. */
export function logSoftmaxBackward(y: FloatArray, g: FloatArray, length: number, out: FloatArray): void {
  for (let start = 0; start < y.length; start += length) {
    let total = 0;
    for (let i = start; i < start + length; i++) total += g[i];
    for (let i = start; i < start + length; i++) out[i] = g[i] - Math.exp(y[i]) * total;
  }
}

/**
 * The gradient of {@link logSumExp}, g·exp(x − y), from its argument x, its result y and the gradient g of
 * that, one y and one g for each row. A row of −∞ alone has the gradient 0.
 */
export function logSumExpBackward(
  x: FloatArray,
  y: FloatArray,
  g: FloatArray,
  length: number,
  out: FloatArray,
): void {
  for (let start = 0, row = 0; start < x.length; start += length, row++) {
    const shift = y[row] === Number.NEGATIVE_INFINITY ? 0 : y[row];
    for (let i = start; i < start + length; i++) out[i] = g[row] * Math.exp(x[i] - shift);
  }
}
