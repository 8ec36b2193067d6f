// eˣ by the reduction of Cody and Waite: x = n·ln 2 + r with |r| ≤ ½ ln 2, where ln 2 = high + low and
// n·high is exact; eʳ = 1 + r + r²·Q(r), with Q the minimax polynomial on that range (relative error of eʳ
// 3e-9 for float32, 4e-18 for float64). n is rounded by adding 1.5·2²³ (1.5·2⁵² in float64), which leaves
// it in the low bits of the sum t; shifted to the exponent's place they make 2ⁿ.
//
// The errors found are below 1 unit in the last place, for float32 and for float64.
//
// W. J. Cody and W. Waite, Software Manual for the Elementary Functions, Prentice-Hall (1980), ch. 6.

/**
 * For float32: log₂e; 1.5·2²³; ln 2 high and low; Q's coefficients from the last to the first; 1; the
 * smallest and the largest argument that make a difference; 1.5·2²³ + 64.
 */
const table32 = memory.data<f32>([
  1.44269504088896341, 12582912, 0.693359375, -2.12194440e-4,
  0.00138145956041, 0.00836871685259, 0.0416683880955, 0.166665206321, 0.499999934476,
  1, -104, 89, 12582976,
], 16);

/** The same for float64, with 1.5·2⁵² and 1.5·2⁵² + 512. */
const table64 = memory.data<f64>([
  1.44269504088896341, 6755399441055744, 0.693147180369123816490, 1.90821492927058770002e-10,
  2.5000058349050824e-08, 2.763024830872491e-07, 2.755758638258107e-06, 2.4801493099144014e-05,
  0.00019841269506571107, 0.001388888894362984, 0.008333333333494463, 0.04166666666653016,
  0.16666666666666413, 0.5000000000000011,
  1, -746, 710, 6755399441056256,
], 16);

/**
 * The constants of {@link exp32}, as vectors. They are arguments, taken before a loop, because V8 keeps
 * what was loaded in registers, but builds constants anew in each round.
 */
@inline
export function expConstant(index: usize): v128 {
  return v128.load32_splat(table32 + index * 4);
}

/** The magic number of {@link exp32}: `expConstant` of 1 for eˣ, of 12 for 2⁶⁴·eˣ. */
export const WHOLE: usize = 1;
export const SCALED: usize = 12;

/** What the scaled forms multiply by: enough for every result of a normal argument ≤ 0 to be normal. */
@inline
export function expScale<T>(): f64 {
  return sizeof<T>() == 4 ? 18446744073709551616.0 : 1.3407807929942597e154;
}

/** 2ⁿ·e of float32 lanes, t holding n, in two steps, so that denormal results round once. */
@inline
function scale32(e: v128, t: v128, one: v128): v128 {
  const half = i32x4.shr_u(t, 1);
  const rest = i32x4.sub(t, half);
  return f32x4.mul(
    f32x4.mul(e, i32x4.add(i32x4.shl(half, 23), one)),
    i32x4.add(i32x4.shl(rest, 23), one),
  );
}

/** eˣ of float32 lanes if `k1` is `expConstant(WHOLE)`; 2⁶⁴·eˣ, for x ≤ 44, if it is `expConstant(SCALED)`. */
@inline
export function exp32(
  x: v128, scaled: bool,
  k0: v128, k1: v128, k2: v128, k3: v128, k4: v128, k5: v128, k6: v128, k7: v128, k8: v128,
  one: v128, lowest: v128,
): v128 {
  x = f32x4.pmax(x, lowest);
  if (!scaled) x = f32x4.pmin(x, expConstant(11));
  const t = f32x4.add(f32x4.mul(x, k0), k1);
  const n = f32x4.sub(t, k1);
  const r = f32x4.sub(f32x4.sub(x, f32x4.mul(n, k2)), f32x4.mul(n, k3));
  const r2 = f32x4.mul(r, r);
  const q0 = f32x4.add(f32x4.mul(k7, r), k8);
  const q1 = f32x4.add(f32x4.mul(k4, r2), f32x4.add(f32x4.mul(k5, r), k6));
  const q = f32x4.add(f32x4.mul(q1, r2), q0);
  const e = f32x4.add(f32x4.add(f32x4.mul(r2, q), r), one);
  return scaled ? f32x4.mul(e, i32x4.add(i32x4.shl(t, 23), one)) : scale32(e, t, one);
}

@inline
function k64(index: usize): v128 {
  return v128.load64_splat(table64 + index * 8);
}

/** eˣ of float64 lanes, or, for x ≤ 350, 2⁵¹²·eˣ. */
@inline
export function exp64(x: v128, scaled: bool): v128 {
  x = f64x2.pmax(x, k64(15));
  if (!scaled) x = f64x2.pmin(x, k64(16));
  const magic = k64(scaled ? 17 : 1);
  const t = f64x2.add(f64x2.mul(x, k64(0)), magic);
  const n = f64x2.sub(t, magic);
  const high = f64x2.sub(x, f64x2.mul(n, k64(2)));
  const low = f64x2.mul(n, k64(3));
  const r = f64x2.sub(high, low);
  const lost = f64x2.sub(f64x2.sub(high, r), low); // what r lost by rounding
  const r2 = f64x2.mul(r, r);
  const r4 = f64x2.mul(r2, r2);
  const q0 = f64x2.add(f64x2.mul(k64(12), r), k64(13));
  const q1 = f64x2.add(f64x2.mul(k64(10), r), k64(11));
  const q2 = f64x2.add(f64x2.mul(k64(8), r), k64(9));
  const q3 = f64x2.add(f64x2.mul(k64(6), r), k64(7));
  const q4 = f64x2.add(f64x2.mul(k64(4), r), k64(5));
  const upper = f64x2.add(f64x2.mul(f64x2.add(f64x2.mul(q4, r2), q3), r4), f64x2.add(f64x2.mul(q2, r2), q1));
  const q = f64x2.add(f64x2.mul(upper, r2), q0);
  const one = k64(14);
  const e = f64x2.add(f64x2.add(f64x2.add(f64x2.mul(r2, q), lost), r), one);
  if (scaled) return f64x2.mul(e, i64x2.add(i64x2.shl(t, 52), one));
  const half = i64x2.shr_u(t, 1);
  const rest = i64x2.sub(t, half);
  return f64x2.mul(
    f64x2.mul(e, i64x2.add(i64x2.shl(half, 52), one)),
    i64x2.add(i64x2.shl(rest, 52), one),
  );
}

/** eˣ. */
@inline
export function exp<T>(x: v128): v128 {
  if (sizeof<T>() == 8) return exp64(x, false);
  return exp32(
    x, false,
    expConstant(0), expConstant(WHOLE), expConstant(2), expConstant(3), expConstant(4), expConstant(5),
    expConstant(6), expConstant(7), expConstant(8), expConstant(9), expConstant(10),
  );
}

/**
 * eˣ − 1 = 2·(s·p + (s − ½)) with s = 2ⁿ⁻¹ and p = eʳ − 1 = r + r²·Q(r): near 0, where n = 0, it is p itself.
 */
@inline
export function expm1<T>(x: v128): v128 {
  const y = sizeof<T>() == 4 ? expm1Of32(x) : expm1Of64(x);
  // Also for the smallest numbers, and for −0, whose square is lost.
  return v128.bitselect(x, y, v128.lt<T>(v128.abs<T>(x), v128.splat<T>(sizeof<T>() == 4 ? <T>1e-10 : <T>1e-20)));
}

@inline
function expm1Of32(x: v128): v128 {
  x = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-20)), expConstant(11));
  const magic = expConstant(WHOLE);
  const t = f32x4.add(f32x4.mul(x, expConstant(0)), magic);
  const n = f32x4.sub(t, magic);
  const r = f32x4.sub(f32x4.sub(x, f32x4.mul(n, expConstant(2))), f32x4.mul(n, expConstant(3)));
  let q = f32x4.add(f32x4.mul(expConstant(4), r), expConstant(5));
  q = f32x4.add(f32x4.mul(q, r), expConstant(6));
  q = f32x4.add(f32x4.mul(q, r), expConstant(7));
  q = f32x4.add(f32x4.mul(q, r), expConstant(8));
  const p = f32x4.add(f32x4.mul(f32x4.mul(r, r), q), r);
  const half = f32x4.splat(0.5);
  const s = i32x4.add(i32x4.shl(t, 23), half);
  const y = f32x4.add(f32x4.mul(s, p), f32x4.sub(s, half));
  return f32x4.add(y, y);
}

@inline
function expm1Of64(x: v128): v128 {
  x = f64x2.pmin(f64x2.pmax(x, f64x2.splat(-40)), k64(16));
  const magic = k64(1);
  const t = f64x2.add(f64x2.mul(x, k64(0)), magic);
  const n = f64x2.sub(t, magic);
  const high = f64x2.sub(x, f64x2.mul(n, k64(2)));
  const low = f64x2.mul(n, k64(3));
  const r = f64x2.sub(high, low);
  const lost = f64x2.sub(f64x2.sub(high, r), low);
  let q = f64x2.add(f64x2.mul(k64(4), r), k64(5));
  q = f64x2.add(f64x2.mul(q, r), k64(6));
  q = f64x2.add(f64x2.mul(q, r), k64(7));
  q = f64x2.add(f64x2.mul(q, r), k64(8));
  q = f64x2.add(f64x2.mul(q, r), k64(9));
  q = f64x2.add(f64x2.mul(q, r), k64(10));
  q = f64x2.add(f64x2.mul(q, r), k64(11));
  q = f64x2.add(f64x2.mul(q, r), k64(12));
  q = f64x2.add(f64x2.mul(q, r), k64(13));
  const p = f64x2.add(f64x2.add(f64x2.mul(f64x2.mul(r, r), q), lost), r);
  const half = f64x2.splat(0.5);
  const s = i64x2.add(i64x2.shl(t, 52), half);
  const y = f64x2.add(f64x2.mul(s, p), f64x2.sub(s, half));
  return f64x2.add(y, y);
}
