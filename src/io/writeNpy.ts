import { KullbackError } from "../errors.js";

/** The bytes of a `.npy` file. */
export function writeNpy(
  _data: Float32Array | Float64Array | Int32Array | Uint8Array,
  _shape: readonly number[],
): Uint8Array {
  throw new KullbackError("writeNpy: under construction");
}
