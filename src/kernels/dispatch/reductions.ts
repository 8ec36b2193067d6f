import { backend } from "../backend.js";
import type { FloatArray, TypedArray } from "../dtype.js";
import * as reference from "../reduce.js";
import { sumRows } from "../wasm/reduce.js";
import { logSumExp } from "../wasm/softmax.js";

export * from "../reduce.js";

/** Below so many elements a sum is done before a kernel is called. */
const FEW = 512;

/** Rows of `length` packed elements, each reduced to one element of `out`. */
export function reduceRows(f: reference.Reduction, x: TypedArray, length: number, out: TypedArray): void {
  if (!(backend() === "wasm" && reduceByKernel(f, x, length, out))) reference.reduceRows(f, x, length, out);
}

/** False, with nothing done, if there is no kernel for it. */
function reduceByKernel(f: reference.Reduction, x: TypedArray, length: number, out: TypedArray): boolean {
  if (length === 0 || !isFloatArray(x) || !isFloatArray(out) || x.constructor !== out.constructor)
    return false;
  if (f === reference.logSumExp) logSumExp(x, length, out);
  else if (x.length < FEW) return false;
  else if (f === reference.sum) sumRows(x, length, 1, out);
  else if (f === reference.mean) sumRows(x, length, length, out);
  else return false;
  return true;
}

function isFloatArray(array: TypedArray): array is FloatArray {
  return array instanceof Float32Array || array instanceof Float64Array;
}
