import type { FloatArray } from "../dtype.js";

/** Packed rows of half-precision numbers, as they lie in files. */
export interface HalfRows {
  readonly dtype: "float16" | "bfloat16";
  /** The 16 bits of each number, in this machine's byte order. */
  readonly bits: Uint16Array;
}

/**
 * Packed rows of llama.cpp's `_logits_` files, as they lie there: float32 scale and minimum, a code of 16 bits for
 * each class, and 16 bits more if the classes are odd. x = scale·code + minimum, in float64.
 */
export interface CodedRows {
  readonly dtype: "coded";
  /** {@link codedRowWords} numbers of 16 bits a row, little-endian. */
  readonly bits: Uint16Array;
}

/** Packed rows as they lie in files, to be decoded. */
export type StoredRows = HalfRows | CodedRows;

/** Rows that `rowStatistics` reads. */
export type StatisticsInput = FloatArray | StoredRows;

/** Whether rows are to be decoded. */
export function isStored(rows: StatisticsInput): rows is StoredRows {
  return "dtype" in rows;
}

/** Numbers of 16 bits that a coded row of `n` classes takes. */
export function codedRowWords(n: number): number {
  return 4 + n + (n & 1);
}

/** Elements that a row of `n` classes takes. */
export function rowElements(rows: StatisticsInput, n: number): number {
  return "dtype" in rows && rows.dtype === "coded" ? codedRowWords(n) : n;
}

/**
 * Rows `first` to `last` − 1 of `n` classes as floating-point numbers that JavaScript has, in their own memory
 * if they need no decoding: exact, for every half fits float32 and coded rows become float64.
 */
export function decodedRows(rows: StatisticsInput, first: number, last: number, n: number): FloatArray {
  if (!isStored(rows)) return rows.subarray(first * n, last * n);
  if (rows.dtype === "coded") return codedRows(rows.bits, first, last, n);
  const value = rows.dtype === "float16" ? float16 : bfloat16;
  return Float32Array.from(rows.bits.subarray(first * n, last * n), value);
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

function codedRows(bits: Uint16Array, first: number, last: number, n: number): Float64Array {
  const out = new Float64Array((last - first) * n);
  const words = codedRowWords(n);
  for (let row = first, to = 0; row < last; row++) {
    const at = row * words;
    const scale = float32(bits[at], bits[at + 1]);
    const minimum = float32(bits[at + 2], bits[at + 3]);
    for (let i = 0; i < n; i++) out[to++] = scale * bits[at + 4 + i] + minimum;
  }
  return out;
}

function float32(low: number, high: number): number {
  word.setUint32(0, high * 65536 + low);
  return word.getFloat32(0);
}
