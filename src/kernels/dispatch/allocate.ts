import { KullbackError } from "../../errors.js";
import { backend } from "../backend.js";
import { allocate as allocatePlain, type DType, isFloat, type TypedArray } from "../dtype.js";
import { allocateInArena } from "../wasm/memory.js";

/** A zero-filled array of `length` elements of `dtype`, where the backend works on it best. */
export function allocate(dtype: DType, length: number): TypedArray {
  return allocateWhereBest(dtype, length, false);
}

/** The same for an array that is to be overwritten: its elements are arbitrary. */
export function allocateUnset(dtype: DType, length: number): TypedArray {
  return allocateWhereBest(dtype, length, true);
}

/** Arrays of fewer elements are ordinary ones in any case. */
const FEW = 2048;

function allocateWhereBest(dtype: DType, length: number, unset: boolean): TypedArray {
  if (length >= FEW && isFloat(dtype) && backend() === "wasm") {
    const array = allocateInArena(dtype, length, unset);
    if (array !== undefined) return array;
  }
  try {
    return allocatePlain(dtype, length);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new KullbackError(
      `memory: no room for ${length} elements of ${dtype}; give back tensors that are no longer needed with dispose()`,
    );
  }
}
