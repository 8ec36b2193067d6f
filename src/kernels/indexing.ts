import type { TypedArray } from "./dtype.js";

// Packed arrays are seen as outer × size × inner, `size` being the axis that is indexed.

/** out[o, i, j] = x[o, index[o, i, j], j]. */
export function gather(
  x: TypedArray,
  index: TypedArray,
  outer: number,
  size: number,
  count: number,
  inner: number,
  out: TypedArray,
): void {
  for (let o = 0, at = 0; o < outer; o++) {
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < inner; j++, at++) out[at] = x[(o * size + index[at]) * inner + j];
    }
  }
}

/** out[o, index[o, i, j], j] += x[o, i, j]. */
export function scatterAdd(
  x: TypedArray,
  index: TypedArray,
  outer: number,
  size: number,
  count: number,
  inner: number,
  out: TypedArray,
): void {
  for (let o = 0, at = 0; o < outer; o++) {
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < inner; j++, at++) out[(o * size + index[at]) * inner + j] += x[at];
    }
  }
}

/**
 * The order that sorts each row of `length` packed elements, stable, NaN counted as the largest;
 * the first `count` positions of each row go to `out`.
 */
export function sortOrder(
  x: TypedArray,
  length: number,
  descending: boolean,
  count: number,
  out: Int32Array,
): void {
  const order = new Int32Array(length);
  for (let start = 0, row = 0; start < x.length; start += length, row++) {
    for (let i = 0; i < length; i++) order[i] = i;
    const ascending = (i: number, j: number) => {
      const a = x[start + i];
      const b = x[start + j];
      if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
      if (Number.isNaN(b)) return -1;
      return a - b || 0;
    };
    order.sort(descending ? (i, j) => ascending(j, i) || i - j : (i, j) => ascending(i, j) || i - j);
    out.set(order.subarray(0, count), row * count);
  }
}
