// Sums of rows by WebAssembly; see ../reduce.ts.

import type { FloatArray } from "../dtype.js";
import { runRows } from "./rows.js";

/** The sum of each row of `length` packed elements, in float64, divided by `divisor` and rounded once. */
export function sumRows(x: FloatArray, length: number, divisor: number, out: FloatArray): void {
  const operands = [
    { array: x, length },
    { array: out, length: 1, output: true },
  ];
  runRows(out instanceof Float32Array ? "sum32" : "sum64", operands, [length, divisor], out.length);
}
