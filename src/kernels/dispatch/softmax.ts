// Softmax and its kin by the backend in use; ../softmax.ts says what they compute.

import { backend } from "../backend.js";
import type { FloatArray } from "../dtype.js";
import * as reference from "../softmax.js";
import * as kernels from "../wasm/softmax.js";

function implementation() {
  return backend() === "wasm" ? kernels : reference;
}

/** See `softmax` in ../softmax.ts. */
export function softmaxRows(x: FloatArray, length: number, out: FloatArray): void {
  implementation().softmax(x, length, out);
}

/** See `logSoftmax` in ../softmax.ts. */
export function logSoftmaxRows(x: FloatArray, length: number, out: FloatArray): void {
  implementation().logSoftmax(x, length, out);
}

/** See `softmaxBackward` in ../softmax.ts. */
export function softmaxRowsBackward(y: FloatArray, g: FloatArray, length: number, out: FloatArray): void {
  implementation().softmaxBackward(y, g, length, out);
}

/** See `logSoftmaxBackward` in ../softmax.ts. */
export function logSoftmaxRowsBackward(y: FloatArray, g: FloatArray, length: number, out: FloatArray): void {
  implementation().logSoftmaxBackward(y, g, length, out);
}

/** See `logSumExp` in ../softmax.ts. */
export function logSumExpRows(x: FloatArray, length: number, out: FloatArray): void {
  implementation().logSumExp(x, length, out);
}

/** See `logSumExpBackward` in ../softmax.ts. */
export function logSumExpRowsBackward(
  x: FloatArray,
  y: FloatArray,
  g: FloatArray,
  length: number,
  out: FloatArray,
): void {
  implementation().logSumExpBackward(x, y, g, length, out);
}
