import { backend } from "../backend.js";
import type { TypedArray } from "../dtype.js";
import { type Matrix, matmul as reference } from "../matmul.js";
import { matmul as kernel } from "../wasm/matmul.js";

/**
 * The product of an m×k and a k×n matrix, written packed into `out` from `outOffset` on. Transposed operands
 * need no copy: swap their strides.
 */
export function matmul(
  a: Matrix,
  b: Matrix,
  m: number,
  k: number,
  n: number,
  out: TypedArray,
  outOffset: number,
): void {
  (backend() === "wasm" ? kernel : reference)(a, b, m, k, n, out, outOffset);
}
