// Steps of optimizers by WebAssembly; the functions of ../optimize.ts, to the same bits. They are done on one thread,
// because what changes in place cannot be done again when a thread is lost.

import type { FloatArray } from "../dtype.js";
import type { AdamArrays, AdamFactors, SgdFactors } from "../optimize.js";
import { isResident } from "./memory.js";
import { wasm } from "./module.js";

/** See ../optimize.ts; false, with nothing done, unless all arrays are of one dtype in the WebAssembly memory. */
export function sgdStep(
  x: FloatArray,
  g: FloatArray,
  b: FloatArray | undefined,
  factors: SgdFactors,
): boolean {
  if (!areResident(b === undefined ? [x, g] : [x, g, b])) return false;
  const { sgd32, sgd64 } = wasm().kernels;
  const step = x instanceof Float32Array ? sgd32 : sgd64;
  const { sign, decay, lr, kept, added, nesterov, momentum } = factors;
  const arrays = [x.byteOffset, g.byteOffset, b?.byteOffset ?? 0] as const;
  step(...arrays, x.length, sign, decay, lr, kept, added, Number(nesterov), momentum);
  return true;
}

/** See ../optimize.ts; false, with nothing done, unless all arrays are of one dtype in the WebAssembly memory. */
export function adamStep({ x, gradient, m, v, largest }: AdamArrays, factors: AdamFactors): boolean {
  if (!areResident([x, gradient, m, v, ...(largest === undefined ? [] : [largest])])) return false;
  const { sign, decay, shrink, beta1, beta2, stepSize, correction, eps } = factors;
  const { adam32, adam64 } = wasm().kernels;
  const step = x instanceof Float32Array ? adam32 : adam64;
  const pointers = [x, gradient, m, v].map((array) => array.byteOffset);
  const averages = [beta1, beta2, stepSize, correction, eps] as const;
  const [px, pg, pm, pv] = pointers;
  step(px, pg, pm, pv, largest?.byteOffset ?? 0, x.length, sign, decay, shrink, ...averages);
  return true;
}

function areResident(arrays: readonly FloatArray[]): boolean {
  return arrays.every((array) => array.constructor === arrays[0].constructor && isResident(array));
}
