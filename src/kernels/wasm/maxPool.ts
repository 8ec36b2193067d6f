// Pooling by WebAssembly; the function of ../pool.ts, which says what it computes.

import type { FloatArray } from "../dtype.js";
import type { WindowGrid } from "../pool.js";
import { borrow, giveBack, isResident, memoryAs } from "./memory.js";
import { parallelRows } from "./threads.js";

/** What one thread's task reads at least, in elements. */
const BLOCK_ELEMENTS = 1 << 14;

/** See ../pool.ts; false, with nothing done, unless images and maxima are in the WebAssembly memory. */
export function maxPool(
  x: FloatArray,
  { height, width, rows, columns }: WindowGrid,
  out: FloatArray,
  indices: Int32Array,
): boolean {
  if (!isResident(x) || !isResident(out)) return false;
  const windows = [...rows, ...columns].flatMap(({ start, end, step }) => [start, end, step]);
  const address = borrow(4 * (indices.length + windows.length));
  try {
    const table = address + 4 * indices.length;
    const { buffer } = memoryAs("float32");
    new Int32Array(buffer, table, windows.length).set(windows);
    const area = height * width;
    const args = [address, height, width, table, rows.length, columns.length];
    const kernel = x instanceof Float32Array ? "maxPool32" : "maxPool64";
    const block = Math.ceil(BLOCK_ELEMENTS / area);
    parallelRows(kernel, [x.byteOffset, out.byteOffset, ...args], x.length / area, block);
    indices.set(new Int32Array(buffer, address, indices.length));
  } finally {
    giveBack(address);
  }
  return true;
}
