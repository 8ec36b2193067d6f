import { type DType, isFloat } from "../../kernels/dtype.js";
import { exponential, fixed } from "./decimal.js";
import type { PrintOptions } from "./options.js";

/** How all elements of one tensor are written. */
export interface ElementFormat {
  /** Characters that an element takes. */
  width: number;
  /** An element, padded on the left to `width`. */
  format(value: number): string;
}

function aligned(values: readonly number[], write: (value: number) => string): ElementFormat {
  const width = values.reduce((widest, value) => Math.max(widest, write(value).length), 1);
  return { width, format: (value) => write(value).padStart(width) };
}

/** Whether numbers of these magnitudes are written in scientific notation: they spread wide or lie far from 1. */
function needsScientific(values: readonly number[]): boolean {
  let min = Number.POSITIVE_INFINITY;
  let max = 0;
  for (const value of values) {
    min = Math.min(min, Math.abs(value));
    max = Math.max(max, Math.abs(value));
  }
  return values.length > 0 && (max / min > 1000 || max > 1e8 || min < 1e-4);
}

/**
 * The one format for `values`, all elements that will be shown. The finite non-zero ones decide: integers
 * are written as `1.`, others with `precision` digits, and in scientific notation where that suits them
 * better. Their width is the width of all; zeros and non-finite numbers are not asked.
 */
export function elementFormat(values: readonly number[], dtype: DType, options: PrintOptions): ElementFormat {
  if (dtype === "bool") return aligned(values, (value) => (value ? "True" : "False"));
  if (!isFloat(dtype)) return aligned(values, String);
  const telling = values.filter((value) => Number.isFinite(value) && value !== 0);
  const { precision, sciMode } = options;
  if (telling.length > 0 && (sciMode ?? needsScientific(telling))) {
    return aligned(telling, (value) => exponential(value, precision));
  }
  if (telling.every(Number.isInteger)) {
    return aligned(telling, (value) => fixed(value, 0) + (Number.isFinite(value) ? "." : ""));
  }
  return aligned(telling, (value) => fixed(value, precision));
}
