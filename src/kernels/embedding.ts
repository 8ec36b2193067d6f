import type { TypedArray } from "./dtype.js";

/** out = the rows of `n` elements of `table` that `indices` names. */
export function takeRows(table: TypedArray, n: number, indices: Int32Array, out: TypedArray): void {
  for (let i = 0, at = 0; i < indices.length; i++) {
    for (let from = indices[i] * n, end = from + n; from < end; from++) out[at++] = table[from];
  }
}

/** Adds rows of `n` elements of `g` to the rows of `out` that `indices` names, except to row `skip`. */
export function addRows(g: TypedArray, n: number, indices: Int32Array, skip: number, out: TypedArray): void {
  for (let i = 0; i < indices.length; i++) {
    if (indices[i] === skip) continue;
    const to = indices[i] * n;
    const from = i * n;
    for (let j = 0; j < n; j++) out[to + j] += g[from + j];
  }
}
