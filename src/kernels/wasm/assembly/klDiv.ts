// t·log t − t·x of float32 numbers, in float64 and rounded once: where t is near e^x the digits of the terms cancel.
//
// t = 2ᵏ·(1 + f) with √½ ≤ 1 + f < √2, s = f/(2 + f), and log(1 + f) = 2·artanh s = s·P(s²) with P from that odd
// series, of a relative error below 1e-11. A denormal of float32 is a normal number of float64.

import { upper } from "./simd";

/** The bits of √½ rounded to float32, and what moves them to those of 1. */
const ROOT: i64 = 0x3fe6a09e60000000;
const TO_ONE: i64 = 0x3ff0000000000000 - ROOT;

/** 2⁵², and the bits of a float64 that are its fraction. */
const WHOLE: i64 = 0x4330000000000000;
const FRACTION: i64 = 0x000fffffffffffff;

/** Vectors are loaded from memory because V8 builds constants anew in each round of a loop. */
const bits = memory.data<i64>([TO_ONE, TO_ONE, WHOLE, WHOLE, FRACTION, FRACTION, ROOT, ROOT], 16);

/** 2⁵² + 1023; 1; 2; ln 2; the largest number; (P(z) − 2)/z from the last coefficient to the first. */
const numbers = memory.data<f64>([
  4503599627371519, 4503599627371519, 1, 1, 2, 2, 0.6931471805599453, 0.6931471805599453,
  1.7976931348623157e308, 1.7976931348623157e308, 0.23582434939095165, 0.23582434939095165,
  0.2853729449818583, 0.2853729449818583, 0.40000335396482545, 0.40000335396482545,
  0.6666666564462416, 0.6666666564462416,
], 16);

/**
 * The same of lanes 0 and 1, as (t·k·ln 2 − t·x) + (t·s)·P(s²): what has to wait for the quotient s is short. For NaN
 * and +∞ the finite number that stands for log t does no harm.
 */
@inline
function ofTwo(x: v128, t: v128): v128 {
  const y = f64x2.promote_low_f32x4(t);
  const moved = i64x2.add(y, v128.load(bits));
  const k = f64x2.sub(v128.or(i64x2.shr_u(moved, 52), v128.load(bits, 16)), v128.load(numbers));
  const m = i64x2.add(v128.and(moved, v128.load(bits, 32)), v128.load(bits, 48));
  const f = f64x2.sub(m, v128.load(numbers, 16));
  const two = v128.load(numbers, 32);
  const s = f64x2.div(f, f64x2.add(f, two));
  const z = f64x2.mul(s, s);
  const z2 = f64x2.mul(z, z);
  const p1 = f64x2.add(f64x2.mul(v128.load(numbers, 128), z), two);
  const p3 = f64x2.add(f64x2.mul(v128.load(numbers, 96), z), v128.load(numbers, 112));
  const p = f64x2.add(f64x2.mul(f64x2.add(f64x2.mul(v128.load(numbers, 80), z2), p3), z2), p1);
  const ofPower = f64x2.mul(y, f64x2.mul(k, v128.load(numbers, 48)));
  const rest = f64x2.sub(ofPower, f64x2.mul(y, f64x2.promote_low_f32x4(x)));
  // ∞·0 would be NaN; and −0, where t = 0, becomes +0.
  const ys = f64x2.mul(f64x2.pmin(y, v128.load(numbers, 64)), s);
  return f32x4.demote_f64x2_zero(f64x2.add(f64x2.add(rest, f64x2.splat(0)), f64x2.mul(ys, p)));
}

/** t·log t − t·x; 0·log 0 is 0, and a negative t gives NaN. */
@inline
export function klDiv32(x: v128, t: v128): v128 {
  const result = v128.shuffle<u64>(ofTwo(x, t), ofTwo(upper(x), upper(t)), 0, 2);
  const isNegative = f32x4.lt(t, f32x4.splat(0));
  return v128.or(result, isNegative);
}
