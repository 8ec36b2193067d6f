import { KullbackError } from "../errors.js";
import type { ArrayFile } from "./arrayFile.js";
import type { FileInput, OpenOptions } from "./open.js";

/** A whole array in the dtype of a tensor that holds it, in C order. */
export interface ArrayData {
  data: Float32Array | Float64Array | Int32Array | Uint8Array;
  shape: number[];
  /** The tensor dtype of `data`. */
  dtype: "float32" | "float64" | "int32" | "bool";
}

/** The whole array as numbers. */
export async function readAll(
  _array: ArrayFile,
  _options: { maxElements?: number } = {},
): Promise<{ shape: number[]; data: Float64Array }> {
  throw new KullbackError("readAll: under construction");
}

/** The whole array as a tensor would hold it. */
export async function readArray(_input: FileInput, _options: OpenOptions = {}): Promise<ArrayData> {
  throw new KullbackError("readArray: under construction");
}
