// What filters see of images as a matrix, and back, by WebAssembly; the functions of ../im2col.ts, which says what
// they compute. They are for arrays in the WebAssembly memory: the others are small, and left to the reference.

import type { FloatArray } from "../dtype.js";
import type { FilterGrid } from "../im2col.js";
import * as reference from "../im2col.js";
import { isResident } from "./memory.js";
import { parallelRows } from "./threads.js";

/** What one thread's task writes at least. */
const BLOCK_BYTES = 64 * 1024;

function address(array: FloatArray, offset: number): number {
  return array.byteOffset + offset * array.BYTES_PER_ELEMENT;
}

/** A grid in the order of the kernels' parameters. */
function numbersOf({
  channels,
  height,
  width,
  kernel,
  stride,
  dilation,
  padding,
  outHeight,
  outWidth,
}: FilterGrid) {
  return [channels, height, width, ...kernel, ...stride, ...dilation, ...padding, outHeight, outWidth];
}

const bits = (x: FloatArray) => (x instanceof Float32Array ? "32" : "64");

function blockOf(rowBytes: number): number {
  return Math.max(1, Math.ceil(BLOCK_BYTES / Math.max(rowBytes, 1)));
}

/** See ../im2col.ts. */
export function im2col(
  x: FloatArray,
  offset: number,
  images: number,
  grid: FilterGrid,
  out: FloatArray,
): void {
  const columns = images * grid.outHeight * grid.outWidth;
  if (columns === 0 || !isResident(x) || !isResident(out)) {
    reference.im2col(x, offset, images, grid, out);
    return;
  }
  const args = [address(x, offset), out.byteOffset, images, ...numbersOf(grid)];
  const rows = grid.channels * grid.kernel[0] * grid.kernel[1];
  parallelRows(`im2col${bits(x)}`, args, rows, blockOf(columns * out.BYTES_PER_ELEMENT));
}

/** See ../im2col.ts. */
export function col2im(
  columns: FloatArray,
  images: number,
  grid: FilterGrid,
  out: FloatArray,
  offset: number,
): void {
  if (images === 0 || !isResident(columns) || !isResident(out)) {
    reference.col2im(columns, images, grid, out, offset);
    return;
  }
  const args = [columns.byteOffset, address(out, offset), images, ...numbersOf(grid)];
  const { channels, height, width } = grid;
  const block = blockOf(images * height * width * out.BYTES_PER_ELEMENT);
  parallelRows(`col2im${bits(out)}`, args, channels, block);
}

/** See ../im2col.ts. */
export function swapAxes(
  x: FloatArray,
  from: number,
  a: number,
  b: number,
  length: number,
  out: FloatArray,
  to: number,
): void {
  if (!isResident(x) || !isResident(out)) {
    reference.swapAxes(x, from, a, b, length, out, to);
    return;
  }
  const bytes = length * out.BYTES_PER_ELEMENT;
  parallelRows("swapAxes", [address(x, from), address(out, to), a, b, bytes], a, blockOf(b * bytes));
}
