// log x: x = 2ᵏ·(1 + f) with √½ ≤ 1 + f < √2, s = f/(2 + f), and
// log(1 + f) = f − (f²/2 − s·(f²/2 + R(s²))), R from the odd series of the inverse hyperbolic tangent.
//
// Sun Microsystems' fdlibm, e_log.c and s_log1p.c; errors below 1 unit in the last place.

// R(z)/z, minimax for √½ ≤ 1 + f ≤ √2 (relative error of the logarithm 5e-12 and 2e-18), from the last
// coefficient to the first.
const table32 = memory.data<f32>([0.23582434939, 0.28537294498, 0.40000335396, 0.66666665645], 16);
const table64 = memory.data<f64>([
  0.14796259860441968, 0.1531402123744565, 0.18183565403197305, 0.22222198553848868,
  0.28571428742561716, 0.39999999999413965, 0.6666666666666734,
], 16);

@inline
function step32(sum: v128, z: v128, index: usize): v128 {
  return f32x4.add(f32x4.mul(sum, z), v128.load32_splat(table32 + 4 * index));
}

@inline
function step64(sum: v128, z: v128, index: usize): v128 {
  return f64x2.add(f64x2.mul(sum, z), v128.load64_splat(table64 + 8 * index));
}

/** R(z). */
@inline
function series<T>(z: v128): v128 {
  if (sizeof<T>() == 4) {
    let sum = step32(v128.load32_splat(table32), z, 1);
    sum = step32(sum, z, 2);
    return f32x4.mul(step32(sum, z, 3), z);
  }
  let sum = step64(v128.load64_splat(table64), z, 1);
  sum = step64(sum, z, 2);
  sum = step64(sum, z, 3);
  sum = step64(sum, z, 4);
  sum = step64(sum, z, 5);
  return f64x2.mul(step64(sum, z, 6), z);
}

/**
 * log(u + c) for a c that is small beside u: `lost` is c/u. ±0 gives −∞, negative numbers give NaN.
 */
@inline
function logarithm<T>(u: v128, lost: v128): v128 {
  const one = v128.splat<T>(1);
  // Denormal numbers are brought among the normal ones first.
  const small = v128.lt<T>(u, v128.splat<T>(sizeof<T>() == 4 ? <T>1.17549435e-38 : <T>2.2250738585072014e-308));
  const scaled = v128.mul<T>(u, v128.splat<T>(sizeof<T>() == 4 ? <T>8388608.0 : <T>4503599627370496.0));
  const x = v128.bitselect(scaled, u, small);
  let k: v128;
  let m: v128;
  if (sizeof<T>() == 4) {
    // What is added moves √½ to a power of two, so that the exponent's bits are k.
    const bits = i32x4.add(x, i32x4.splat(0x3f800000 - 0x3f3504f3));
    k = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(bits, 23), i32x4.splat(127)));
    m = i32x4.add(v128.and(bits, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
    k = f32x4.sub(k, v128.and(small, f32x4.splat(23)));
  } else {
    const bits = i64x2.add(x, i64x2.splat(0x3ff0000000000000 - 0x3fe6a09e667f3bcd));
    // A whole number below 2⁵² as the low bits of 2⁵² + k.
    const biased = v128.or(i64x2.shr_u(bits, 52), i64x2.splat(0x4330000000000000));
    k = f64x2.sub(biased, f64x2.splat(4503599627370496.0 + 1023));
    m = i64x2.add(v128.and(bits, i64x2.splat(0x000fffffffffffff)), i64x2.splat(0x3fe6a09e667f3bcd));
    k = f64x2.sub(k, v128.and(small, f64x2.splat(52)));
  }
  const f = v128.sub<T>(m, one);
  const s = v128.div<T>(f, v128.add<T>(v128.splat<T>(2), f));
  const half = v128.mul<T>(v128.mul<T>(f, f), v128.splat<T>(<T>0.5));
  const r = series<T>(v128.mul<T>(s, s));
  const high = v128.splat<T>(sizeof<T>() == 4 ? <T>6.9313812256e-01 : <T>6.93147180369123816490e-01);
  const low = v128.splat<T>(sizeof<T>() == 4 ? <T>9.0580006145e-06 : <T>1.90821492927058770002e-10);
  const rest = v128.add<T>(v128.mul<T>(s, v128.add<T>(half, r)), v128.add<T>(v128.mul<T>(k, low), lost));
  const result = v128.sub<T>(v128.mul<T>(k, high), v128.sub<T>(v128.sub<T>(half, rest), f));
  // NaN stays NaN and +∞ stays +∞: for them the bits above say nothing.
  const infinity = v128.splat<T>(<T>Infinity);
  const zero = v128.splat<T>(0);
  const finite = v128.lt<T>(u, infinity);
  let out = v128.bitselect(result, v128.add<T>(u, infinity), finite);
  out = v128.bitselect(v128.splat<T>(<T>NaN), out, v128.lt<T>(u, zero));
  return v128.bitselect(v128.splat<T>(<T>-Infinity), out, v128.eq<T>(u, zero));
}

/** log x. */
@inline
export function log<T>(x: v128): v128 {
  return logarithm<T>(x, v128.splat<T>(0));
}

/** log(1 + x): 1 + x is rounded to u, and what it lost goes into the result as (x − (u − 1))/u. */
@inline
export function log1p<T>(x: v128): v128 {
  const one = v128.splat<T>(1);
  const u = v128.add<T>(x, one);
  const large = v128.gt<T>(x, one);
  const lost = v128.bitselect(
    v128.sub<T>(one, v128.sub<T>(u, x)),
    v128.sub<T>(x, v128.sub<T>(u, one)),
    large,
  );
  const result = logarithm<T>(u, v128.div<T>(lost, u));
  // −0 stays −0.
  return v128.bitselect(x, result, v128.eq<T>(x, v128.splat<T>(0)));
}
