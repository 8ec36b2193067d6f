/** The element types that Kullback reads from files. */
export type FileDType =
  | "float16"
  | "bfloat16"
  | "float32"
  | "float64"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "bool";

/** Which byte of a number comes first. */
export type ByteOrder = "little" | "big";

/** Bytes per element. */
export const itemSize: Readonly<Record<FileDType, number>> = {
  float16: 2,
  bfloat16: 2,
  float32: 4,
  float64: 8,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  bool: 1,
};

const needFloat64: ReadonlySet<FileDType> = new Set(["float64", "int32", "int64", "uint32", "uint64"]);

/** Whether a Float32Array holds every value of `dtype` exactly. */
export function fitsFloat32(dtype: FileDType): boolean {
  return !needFloat64.has(dtype);
}

/**
 * A zero-filled array for `length` elements read from a file of `dtype`: the smallest floating-point array
 * that holds them exactly, which is a Float64Array for float64 and for 32- and 64-bit integers, and a
 * Float32Array for the rest.
 */
export function rowArray(dtype: FileDType, length: number): Float32Array | Float64Array {
  return fitsFloat32(dtype) ? new Float32Array(length) : new Float64Array(length);
}
