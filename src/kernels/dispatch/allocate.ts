import { backend } from "../backend.js";
import { allocate as allocatePlain, type DType, isFloat, type TypedArray } from "../dtype.js";
import { allocateInArena } from "../wasm/memory.js";

/** A zero-filled array of `length` elements of `dtype`, where the backend works on it best. */
export function allocate(dtype: DType, length: number): TypedArray {
  const array = isFloat(dtype) && backend() === "wasm" ? allocateInArena(dtype, length) : undefined;
  return array ?? allocatePlain(dtype, length);
}

/** The same for an array that is to be overwritten: its elements are arbitrary. */
export function allocateUnset(dtype: DType, length: number): TypedArray {
  const array = isFloat(dtype) && backend() === "wasm" ? allocateInArena(dtype, length, true) : undefined;
  return array ?? allocatePlain(dtype, length);
}
