// Sums of rows by WebAssembly; see ../reduce.ts.

import type { FloatArray } from "../dtype.js";
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
