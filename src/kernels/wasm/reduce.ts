// Sums and extremes of rows by WebAssembly; see ../reduce.ts.

import type { FloatArray, TypedArray } from "../dtype.js";
import { sumColumns as reference } from "../reduce.js";
import { isResident, memoryAs, scratch } from "./memory.js";
import { runRows } from "./rows.js";
import { parallelRows, SCRATCH_BYTES } from "./threads.js";

/** The sum of each row of `length` packed elements, in float64, divided by `divisor` and rounded once. */
export function sumRows(x: FloatArray, length: number, divisor: number, out: FloatArray): void {
  const operands = [
    { array: x, length },
    { array: out, length: 1, output: true },
  ];
  runRows(out instanceof Float32Array ? "sum32" : "sum64", operands, [length, divisor], out.length);
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
