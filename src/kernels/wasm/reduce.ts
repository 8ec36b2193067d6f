// Sums and extremes of rows by WebAssembly; see ../reduce.ts.

import type { FloatArray, TypedArray } from "../dtype.js";
import { sumColumns as reference } from "../reduce.js";
import { isResident, memoryAs, scratch } from "./memory.js";
import { runRows } from "./rows.js";
import { parallelRows, SCRATCH_BYTES } from "./threads.js";

/** Of fewer rows than this, each is shared by threads if it is long. */
const FEW_ROWS = 4;

/** Bytes of a row that one thread adds up at a time, at least. */
const PART_BYTES = 128 * 1024;

/** The sum of each row of `length` packed elements, in float64, divided by `divisor` and rounded once. */
export function sumRows(x: FloatArray, length: number, divisor: number, out: FloatArray): void {
  if (out.length < FEW_ROWS && length * x.BYTES_PER_ELEMENT >= 2 * PART_BYTES && isResident(x)) {
    const bytes = length * x.BYTES_PER_ELEMENT;
    for (let row = 0; row < out.length; row++) {
      out[row] = sumByParts(x, x.byteOffset + row * bytes, length) / divisor;
    }
    return;
  }
  const operands = [
    { array: x, length },
    { array: out, length: 1, output: true },
  ];
  runRows(out instanceof Float32Array ? "sum32" : "sum64", operands, [length, divisor], out.length);
}

/** The sum of `length` elements at an address: those of its parts added up as the kernel would, whose bits it has. */
function sumByParts(x: FloatArray, address: number, length: number): number {
  const levels = Math.floor(Math.log2((length * x.BYTES_PER_ELEMENT) / PART_BYTES));
  const parts = 2 ** levels;
  const place = scratch(SCRATCH_BYTES + 8 * parts) + SCRATCH_BYTES;
  const kernel = x instanceof Float32Array ? "sumParts32" : "sumParts64";
  parallelRows(kernel, [address, place, length, levels], parts, 1);
  const sums = memoryAs("float64").slice(place / 8, place / 8 + parts);
  for (let count = parts / 2; count >= 1; count /= 2) {
    for (let i = 0; i < count; i++) sums[i] = sums[2 * i] + sums[2 * i + 1];
  }
  return sums[0];
}

/** The largest or the smallest element of each row of `length` ≥ 1 packed elements. */
export function extremeRows(x: FloatArray, length: number, largest: boolean, out: FloatArray): void {
  const operands = [
    { array: x, length },
    { array: out, length: 1, output: true },
  ];
  const kernel = x instanceof Float32Array ? "extreme32" : "extreme64";
  runRows(kernel, operands, [length, largest ? 1 : 0], out.length);
}

/** Where the first such element of each row is. */
export function extremePlaces(x: FloatArray, length: number, largest: boolean, out: TypedArray): void {
  const places = new Float64Array(out.length);
  const operands = [
    { array: x, length },
    { array: places, length: 1, output: true },
  ];
  const kernel = x instanceof Float32Array ? "extremePlace32" : "extremePlace64";
  runRows(kernel, operands, [length, largest ? 1 : 0], out.length);
  out.set(places);
}

/** Groups of eight columns that are one thread's task. */
const BLOCK_GROUPS = 8;

/** See ../reduce.ts. Arrays outside of the WebAssembly memory are left to that, which gives the same bits. */
export function sumColumns(x: FloatArray, columns: number, out: FloatArray): void {
  if (columns === 0 || !isResident(x)) {
    reference(x, columns, out);
    return;
  }
  const kernel = out instanceof Float32Array ? "sumColumns32" : "sumColumns64";
  const args = (to: number) => [x.byteOffset, to, x.length / columns, columns];
  const groups = Math.ceil(columns / 8);
  if (isResident(out)) {
    parallelRows(kernel, args(out.byteOffset), groups, BLOCK_GROUPS);
    return;
  }
  const place = scratch(SCRATCH_BYTES + out.byteLength) + SCRATCH_BYTES;
  parallelRows(kernel, args(place), groups, BLOCK_GROUPS);
  const start = place / out.BYTES_PER_ELEMENT;
  const memory = memoryAs(out instanceof Float32Array ? "float32" : "float64");
  out.set(memory.subarray(start, start + columns));
}
