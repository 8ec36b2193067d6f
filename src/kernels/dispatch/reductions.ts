import { backend } from "../backend.js";
import type { FloatArray, TypedArray } from "../dtype.js";
import * as reference from "../reduce.js";
import * as kernels from "../wasm/reduce.js";
import { logSumExp } from "../wasm/softmax.js";

export * from "../reduce.js";

/** Below so many elements a sum is done before a kernel is called. */
const FEW = 512;

/** Rows of `length` packed elements, each reduced to one element of `out`. */
export function reduceRows(f: reference.Reduction, x: TypedArray, length: number, out: TypedArray): void {
  if (!(backend() === "wasm" && reduceByKernel(f, x, length, out))) reference.reduceRows(f, x, length, out);
}

/** out[j] = Σ x[i·columns + j], in float64. */
export function sumColumns(x: TypedArray, columns: number, out: TypedArray): void {
  const byKernel = x.length >= FEW && backend() === "wasm" && isFloatArray(x) && isFloatArray(out);
  if (byKernel && x.constructor === out.constructor) kernels.sumColumns(x, columns, out);
  else reference.sumColumns(x, columns, out);
}

/** False, with nothing done, if there is no kernel for it. */
function reduceByKernel(f: reference.Reduction, x: TypedArray, length: number, out: TypedArray): boolean {
  if (length === 0 || !isFloatArray(x)) return false;
  const isPlace = f === reference.indexOfMaximum || f === reference.indexOfMinimum;
  if (isPlace && x.length >= FEW) {
    kernels.extremePlaces(x, length, f === reference.indexOfMaximum, out);
    return true;
  }
  if (!isFloatArray(out) || x.constructor !== out.constructor) return false;
  if (f === reference.logSumExp) logSumExp(x, length, out);
  else if (x.length < FEW) return false;
  else if (f === reference.sum) kernels.sumRows(x, length, 1, out);
  else if (f === reference.mean) kernels.sumRows(x, length, length, out);
  else if (f === reference.maximum || f === reference.minimum)
    kernels.extremeRows(x, length, f === reference.maximum, out);
  else return false;
  return true;
}

function isFloatArray(array: TypedArray): array is FloatArray {
  return array instanceof Float32Array || array instanceof Float64Array;
}
