import type { FloatArray } from "./dtype.js";
import { logSumExp } from "./reduce.js";

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

/** Log-softmax of rows of `length` packed elements: x − log Σ exp(x). NaN where {@link softmax} is. */
export function logSoftmax(x: FloatArray, length: number, out: FloatArray): void {
  for (let start = 0; start < x.length; start += length) {
    const shift = logSumExp(x, start, length);
    for (let i = 0; i < length; i++) {
      out[start + i] = shift === Number.POSITIVE_INFINITY ? Number.NaN : x[start + i] - shift;
    }
  }
}
