/** The element types of tensors. */
export type DType = "float32" | "float64" | "int32" | "bool";

/** The floating-point dtypes. */
export type FloatDType = "float32" | "float64";

/** Arrays of floating-point numbers. */
export type FloatArray = Float32Array | Float64Array;

/** The arrays that hold a tensor's elements; `bool` is one byte, 0 or 1. */
export type TypedArray = FloatArray | Int32Array | Uint8Array;

const constructors = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  bool: Uint8Array,
} as const;

/** A zero-filled array of `length` elements of `dtype`. */
export function allocate(dtype: DType, length: number): TypedArray {
  return new constructors[dtype](length);
}

/** Whether `dtype` is `float32` or `float64`. */
export function isFloat(dtype: DType): dtype is FloatDType {
  return dtype === "float32" || dtype === "float64";
}
