// Softmax and its kin by WebAssembly; the functions of ../softmax.ts, which says what they compute.

import type { FloatArray } from "../dtype.js";
import { runRows } from "./rows.js";

/** "32" or "64", as the names of kernels end. */
function bits(x: FloatArray): "32" | "64" {
  return x instanceof Float32Array ? "32" : "64";
}

function rowsOf(x: FloatArray, length: number): number {
  return length === 0 ? 0 : x.length / length;
}

/** See ../softmax.ts. */
export function softmax(x: FloatArray, length: number, out: FloatArray): void {
  const operands = [
    { array: x, length },
    { array: out, length, output: true },
  ];
  runRows(`softmax${bits(x)}`, operands, [length], rowsOf(x, length));
}

/** See ../softmax.ts. */
export function logSoftmax(x: FloatArray, length: number, out: FloatArray): void {
  const operands = [
    { array: x, length },
    { array: out, length, output: true },
  ];
  runRows(`logSoftmax${bits(x)}`, operands, [length], rowsOf(x, length));
}

/** See ../softmax.ts. */
export function logSumExp(x: FloatArray, length: number, out: FloatArray): void {
  if (length === 0) {
    out.fill(Number.NEGATIVE_INFINITY);
    return;
  }
  const operands = [
    { array: x, length },
    { array: out, length: 1, output: true },
  ];
  runRows(`logSumExp${bits(x)}`, operands, [length], out.length);
}

/** See ../softmax.ts. */
export function softmaxBackward(y: FloatArray, g: FloatArray, length: number, out: FloatArray): void {
  const operands = [
    { array: y, length },
    { array: g, length },
    { array: out, length, output: true },
  ];
  runRows(`softmaxBackward${bits(y)}`, operands, [length], rowsOf(y, length));
}

/** See ../softmax.ts. */
export function logSoftmaxBackward(y: FloatArray, g: FloatArray, length: number, out: FloatArray): void {
  const operands = [
    { array: y, length },
    { array: g, length },
    { array: out, length, output: true },
  ];
  runRows(`logSoftmaxBackward${bits(y)}`, operands, [length], rowsOf(y, length));
}

/** See ../softmax.ts. */
export function logSumExpBackward(
  x: FloatArray,
  y: FloatArray,
  g: FloatArray,
  length: number,
  out: FloatArray,
): void {
  const operands = [
    { array: x, length },
    { array: y, length: 1 },
    { array: g, length: 1 },
    { array: out, length, output: true },
  ];
  runRows(`logSumExpBackward${bits(x)}`, operands, [length], rowsOf(x, length));
}
