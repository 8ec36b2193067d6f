// Sums of packed rows, in float64, by pairwise summation: the error grows with the logarithm of the length.
//
// N. J. Higham, "The accuracy of floating point summation", SIAM J. Sci. Comput. 14 (1993).

import { keepFirst, sumOfLanes, upper } from "./simd";

/** Bytes that are added up in four vectors at a time, without halving. */
const BLOCK: usize = 4096;

/** A vector's lanes 0 and 1, or of float32 2 and 3, as float64. */
@inline
function low<T>(a: v128): v128 {
  return sizeof<T>() == 4 ? f64x2.promote_low_f32x4(a) : a;
}

@inline
function high(a: v128): v128 {
  return f64x2.promote_low_f32x4(upper(a));
}

@inline
function add<T>(sum: v128, a: v128): v128 {
  return sizeof<T>() == 4 ? f64x2.add(f64x2.add(sum, low<T>(a)), high(a)) : f64x2.add(sum, a);
}

function sumOf<T>(x: usize, bytes: usize): f64 {
  if (bytes > BLOCK) {
    const half = (bytes >> 1) & ~63;
    return sumOf<T>(x, half) + sumOf<T>(x + half, bytes - half);
  }
  const zero = f64x2.splat(0);
  let a = zero, b = zero, c = zero, d = zero;
  const end = x + bytes;
  for (; x + 64 <= end; x += 64) {
    a = add<T>(a, v128.load(x));
    b = add<T>(b, v128.load(x, 16));
    c = add<T>(c, v128.load(x, 32));
    d = add<T>(d, v128.load(x, 48));
  }
  for (; x + 16 <= end; x += 16) a = add<T>(a, v128.load(x));
  if (x < end) b = add<T>(b, keepFirst(v128.load(x), end - x));
  return sumOfLanes(f64x2.add(f64x2.add(a, b), f64x2.add(c, d)));
}

@inline
function sums<T>(x: usize, out: usize, length: i32, divisor: f64, first: i32, last: i32): void {
  const bytes = <usize>length * sizeof<T>();
  x += first * bytes;
  for (let row = first; row < last; row++, x += bytes) {
    store<T>(out + row * sizeof<T>(), <T>(sumOf<T>(x, bytes) / divisor));
  }
}

/** out[row] = Σ x / divisor. */
export function sum32(x: usize, out: usize, length: i32, divisor: f64, first: i32, last: i32): void {
  sums<f32>(x, out, length, divisor, first, last);
}

export function sum64(x: usize, out: usize, length: i32, divisor: f64, first: i32, last: i32): void {
  sums<f64>(x, out, length, divisor, first, last);
}
