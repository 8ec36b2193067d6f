// t·log t − t·x of float32 numbers, in float64 and rounded once: where t is near e^x the digits of the terms cancel.
//
// log t as in log.ts: t = 2ᵏ·(1 + f) with √½ ≤ 1 + f < √2, s = f/(2 + f), and
// log(1 + f) = f − (f²/2 − s·(f²/2 + R(s²))). A denormal of float32 is a normal number of float64.

import { upper } from "./simd";

/** The bits of √½ rounded to float32, and what moves them to those of 1. */
const ROOT: i64 = 0x3fe6a09e60000000;
const TO_ONE: i64 = 0x3ff0000000000000 - ROOT;

/** 2⁵², and the bits of a float64 that are its fraction. */
const WHOLE: i64 = 0x4330000000000000;
const FRACTION: i64 = 0x000fffffffffffff;

/** Vectors are loaded from memory because V8 builds constants anew in each round of a loop. */
const bits = memory.data<i64>([TO_ONE, TO_ONE, WHOLE, WHOLE, FRACTION, FRACTION, ROOT, ROOT], 16);

/** 2⁵² + 1023; 1; 2; ½; ln 2; R(z)/z from the last coefficient to the first, relative error of log t below 1e-11. */
const numbers = memory.data<f64>([
  4503599627371519, 4503599627371519, 1, 1, 2, 2, 0.5, 0.5, 0.6931471805599453, 0.6931471805599453,
  0.23582434939095165, 0.23582434939095165, 0.2853729449818583, 0.2853729449818583,
  0.40000335396482545, 0.40000335396482545, 0.6666666564462416, 0.6666666564462416,
], 16);

/** The same of lanes 0 and 1. For NaN and +∞ the finite number that stands for log t does no harm. */
@inline
function ofTwo(x: v128, t: v128): v128 {
  const y = f64x2.promote_low_f32x4(t);
  const moved = i64x2.add(y, v128.load(bits));
  const k = f64x2.sub(v128.or(i64x2.shr_u(moved, 52), v128.load(bits, 16)), v128.load(numbers));
  const m = i64x2.add(v128.and(moved, v128.load(bits, 32)), v128.load(bits, 48));
  const f = f64x2.sub(m, v128.load(numbers, 16));
  const s = f64x2.div(f, f64x2.add(f, v128.load(numbers, 32)));
  const z = f64x2.mul(s, s);
  let r = f64x2.add(f64x2.mul(v128.load(numbers, 80), z), v128.load(numbers, 96));
  r = f64x2.add(f64x2.mul(r, z), v128.load(numbers, 112));
  r = f64x2.mul(f64x2.add(f64x2.mul(r, z), v128.load(numbers, 128)), z);
  const half = f64x2.mul(f64x2.mul(f, f), v128.load(numbers, 48));
  const logOfM = f64x2.sub(f, f64x2.sub(half, f64x2.mul(s, f64x2.add(half, r))));
  const log = f64x2.add(f64x2.mul(k, v128.load(numbers, 64)), logOfM);
  // −0 for t = 0 becomes +0.
  const product = f64x2.add(f64x2.mul(y, log), f64x2.splat(0));
  return f32x4.demote_f64x2_zero(f64x2.sub(product, f64x2.mul(y, f64x2.promote_low_f32x4(x))));
}

/** t·log t − t·x; 0·log 0 is 0, and a negative t gives NaN. */
@inline
export function klDiv32(x: v128, t: v128): v128 {
  const result = v128.shuffle<u64>(ofTwo(x, t), ofTwo(upper(x), upper(t)), 0, 2);
  const isNegative = f32x4.lt(t, f32x4.splat(0));
  return v128.or(result, isNegative);
}
