import { type FileDType, itemSize } from "./dtype.js";

/** Arrays of numbers that can be written to a file. */
export type NumberArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** The dtypes of floating-point numbers. */
export type FloatDType = "float16" | "bfloat16" | "float32" | "float64";

/** The dtype in which an array holds its elements itself. */
export function dtypeOf(data: NumberArray): FileDType {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float64Array) return "float64";
  if (data instanceof Int8Array) return "int8";
  if (data instanceof Int16Array) return "int16";
  if (data instanceof Int32Array) return "int32";
  if (data instanceof Uint8Array) return "uint8";
  if (data instanceof Uint16Array) return "uint16";
  if (data instanceof Uint32Array) return "uint32";
  return data instanceof BigInt64Array ? "int64" : "uint64";
}

export function isFloatDType(dtype: FileDType): dtype is FloatDType {
  return dtype.includes("float");
}

/**
 * The numbers of `data` as little-endian bytes of `dtype`, each rounded once, to the nearest value and ties
 * to even; beyond the range of `dtype` they become infinite, as in NumPy and PyTorch.
 */
export function encodeFloats(data: Float32Array | Float64Array, dtype: FloatDType): Uint8Array {
  const size = itemSize[dtype];
  const bytes = new Uint8Array(data.length * size);
  const view = new DataView(bytes.buffer);
  switch (dtype) {
    case "float64":
      for (let i = 0; i < data.length; i++) view.setFloat64(8 * i, data[i]!, true);
      break;
    case "float32":
      for (let i = 0; i < data.length; i++) view.setFloat32(4 * i, data[i]!, true);
      break;
    case "float16":
      for (let i = 0; i < data.length; i++) view.setUint16(2 * i, halfCode(data[i]!, 10, 15), true);
      break;
    case "bfloat16":
      for (let i = 0; i < data.length; i++) view.setUint16(2 * i, halfCode(data[i]!, 7, 127), true);
      break;
  }
  return bytes;
}

/**
 * The 16-bit code of `x` in a format with `fractionBits` of fraction and an exponent biased by `bias`: 10 and
 * 15 for IEEE binary16, 7 and 127 for bfloat16. Rounds to nearest, ties to even, in one step from float64.
 */
export function halfCode(x: number, fractionBits: number, bias: number): number {
  const infinity = (2 * bias + 1) << fractionBits;
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0;
  const size = Math.abs(x);
  if (Number.isNaN(x)) return infinity | (1 << (fractionBits - 1));
  // The exponent of the numbers near x, at least that of the subnormal ones; exact but for zero.
  const exponent = Math.max(exponentOf(size), 1 - bias);
  if (exponent > bias) return sign | infinity;
  const steps = roundToEven(size * 2 ** (fractionBits - exponent));
  // Adding, not or-ing: a fraction that rounds up to 2 carries into the exponent, up to infinity.
  return sign | (steps + ((exponent + bias - 1) << fractionBits));
}

/** floor(log₂ x) for x ≥ 0, exact; −Infinity for 0. */
function exponentOf(x: number): number {
  const guess = Math.floor(Math.log2(x));
  if (2 ** guess > x) return guess - 1;
  return 2 ** (guess + 1) <= x ? guess + 1 : guess;
}

/** The nearest whole number, ties to even, for 0 ≤ x < 2⁵². */
export function roundToEven(x: number): number {
  const shift = 2 ** 52;
  return x + shift - shift;
}
