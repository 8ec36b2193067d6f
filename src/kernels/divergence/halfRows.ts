import type { FloatArray } from "../dtype.js";

/** Packed rows of half-precision numbers, as they lie in files. */
export interface HalfRows {
  readonly dtype: "float16" | "bfloat16";
  /** The 16 bits of each number, in this machine's byte order. */
  readonly bits: Uint16Array;
}

/** Rows that `rowStatistics` reads. */
export type StatisticsInput = FloatArray | HalfRows;

/** Whether rows are of half precision, to be decoded. */
export function isHalf(rows: StatisticsInput): rows is HalfRows {
  return "dtype" in rows;
}

/** The first `length` numbers as floating-point numbers that JavaScript has; exact, for every half fits float32. */
export function float32RowsOf(rows: StatisticsInput, length: number): FloatArray {
  if (!isHalf(rows)) return rows;
  const value = rows.dtype === "float16" ? float16 : bfloat16;
  return Float32Array.from({ length }, (_, i) => value(rows.bits[i]));
}

/** IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction. */
function float16(bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

const word = new DataView(new ArrayBuffer(4));

/** bfloat16: the upper half of a float32. */
function bfloat16(bits: number): number {
  word.setUint32(0, bits * 65536);
  return word.getFloat32(0);
}
