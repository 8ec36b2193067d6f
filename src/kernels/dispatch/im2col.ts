// Images as matrices by the backend in use; ../im2col.ts says what is computed.

import { backend } from "../backend.js";
import type { FloatArray } from "../dtype.js";
import type { FilterGrid } from "../im2col.js";
import * as reference from "../im2col.js";
import * as kernels from "../wasm/im2col.js";

function implementation() {
  return backend() === "wasm" ? kernels : reference;
}

/** See `im2col` in ../im2col.ts. */
export function im2col(
  x: FloatArray,
  offset: number,
  images: number,
  grid: FilterGrid,
  out: FloatArray,
): void {
  implementation().im2col(x, offset, images, grid, out);
}

/** See `col2im` in ../im2col.ts. */
export function col2im(
  columns: FloatArray,
  images: number,
  grid: FilterGrid,
  out: FloatArray,
  offset: number,
): void {
  implementation().col2im(columns, images, grid, out, offset);
}

/** See `swapAxes` in ../im2col.ts. */
export function swapAxes(
  x: FloatArray,
  from: number,
  a: number,
  b: number,
  length: number,
  out: FloatArray,
  to: number,
): void {
  implementation().swapAxes(x, from, a, b, length, out, to);
}
