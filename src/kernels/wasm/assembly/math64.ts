// Elementary functions of two float64 numbers at once, to about 2 units in the last place.

const table: usize = memory.data<f64>([
  1.4426950408889634, // log₂e
  6755399441055744.0, // 1.5·2⁵²: adding and subtracting it rounds to the nearest integer
  6755399441056767.0, // the same + 1023, so that the bits of the sum, shifted left by 52, are 2^k
  0.693147180369123816490, // ln 2 as a sum; k times the first is exact
  1.90821492927058770002e-10,
  1.0,
  0.5,
  // (eʳ − 1 − r)/r² for |r| ≤ ½·ln 2, relative error 3e-18
  0.5, 0.1666666666666667, 0.04166666666666663, 0.008333333333326276, 0.0013888888888914156,
  0.00019841269874488213, 2.4801587251113093e-05, 2.755725570558167e-06, 2.755734611363977e-07,
  2.5105121045527698e-08, 2.0890243245172152e-09,
  // log: R(z) of FreeBSD's msun e_log.c, z = (f/(2 + f))²
  6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01, 2.222219843214978396e-01,
  1.818357216161805012e-01, 1.531383769920937332e-01, 1.479819860511658591e-01,
  0.0,
  -1000.0,
  1000.0,
  -45.0,
  0.7071067811865476, // √½
  2.0,
  4503599627370496.0, // 2⁵²
  4503599627371520.0, // 2⁵² + 1024
  5.059e-321, // the integer 1024, as bits
  2.2250738585072014e-308, // 2⁻¹⁰²²
  18014398509481984.0, // 2⁵⁴
  37.42994775023705, // 54·ln 2
]);

@inline
function constant(index: usize): v128 {
  return v128.load64_splat(table + index * 8);
}

const LOG2E: usize = 0;
const ROUND: usize = 1;
const ROUND_TO_POWER: usize = 2;
const LN2_HIGH: usize = 3;
const LN2_LOW: usize = 4;
const ONE: usize = 5;
const HALF: usize = 6;
const GAP: usize = 7;
const LOG: usize = 18;
const ZERO: usize = 25;
const LOWEST: usize = 26;
const HIGHEST: usize = 27;
const FADED: usize = 28;
const ROOT_HALF: usize = 29;
const TWO: usize = 30;
const TWO_TO_52: usize = 31;
const TWO_TO_52_AND_1024: usize = 32;
const ONES_1024: usize = 33;
const SMALLEST_NORMAL: usize = 34;
const TWO_TO_54: usize = 35;
const LN_TWO_TO_54: usize = 36;

@inline
export function one(): v128 {
  return constant(ONE);
}

@inline
export function zero(): v128 {
  return constant(ZERO);
}

@inline
export function half(): v128 {
  return constant(HALF);
}

@inline
export function select(whenTrue: v128, whenFalse: v128, mask: v128): v128 {
  return v128.bitselect(whenTrue, whenFalse, mask);
}

/** a·b + c */
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return f64x2.add(f64x2.mul(a, b), c);
}

/** (eʳ − 1 − r)/r² for |r| ≤ ½·ln 2. */
@inline
function gapPolynomial(r: v128, r2: v128): v128 {
  const r4 = f64x2.mul(r2, r2);
  const low = multiplyAdd(
    r2,
    multiplyAdd(constant(GAP + 3), r, constant(GAP + 2)),
    multiplyAdd(constant(GAP + 1), r, constant(GAP)),
  );
  const middle = multiplyAdd(
    r2,
    multiplyAdd(constant(GAP + 7), r, constant(GAP + 6)),
    multiplyAdd(constant(GAP + 5), r, constant(GAP + 4)),
  );
  const high = multiplyAdd(
    r2,
    constant(GAP + 10),
    multiplyAdd(constant(GAP + 9), r, constant(GAP + 8)),
  );
  return multiplyAdd(r4, multiplyAdd(r4, high, middle), low);
}

/** e^x for any x; 0 at −∞, ∞ where it overflows. The power of two is applied in two halves, for subnormals. */
@inline
export function exp(argument: v128): v128 {
  const x = f64x2.pmin(f64x2.pmax(argument, constant(LOWEST)), constant(HIGHEST));
  const k = f64x2.nearest(f64x2.mul(x, constant(LOG2E)));
  const r = f64x2.sub(
    f64x2.sub(x, f64x2.mul(k, constant(LN2_HIGH))),
    f64x2.mul(k, constant(LN2_LOW)),
  );
  const r2 = f64x2.mul(r, r);
  const power = f64x2.add(constant(ONE), multiplyAdd(r2, gapPolynomial(r, r2), r));
  const k1 = f64x2.nearest(f64x2.mul(k, constant(HALF)));
  const k2 = f64x2.sub(k, k1);
  const s1 = i64x2.shl(f64x2.add(k1, constant(ROUND_TO_POWER)), 52);
  const s2 = i64x2.shl(f64x2.add(k2, constant(ROUND_TO_POWER)), 52);
  return f64x2.mul(f64x2.mul(power, s1), s2);
}

/** e^x for −700 ≤ x ≤ 700. */
@inline
export function expBounded(x: v128): v128 {
  const t = f64x2.add(f64x2.mul(x, constant(LOG2E)), constant(ROUND_TO_POWER));
  const k = f64x2.sub(t, constant(ROUND_TO_POWER));
  const r = f64x2.sub(
    f64x2.sub(x, f64x2.mul(k, constant(LN2_HIGH))),
    f64x2.mul(k, constant(LN2_LOW)),
  );
  const r2 = f64x2.mul(r, r);
  const power = f64x2.add(constant(ONE), multiplyAdd(r2, gapPolynomial(r, r2), r));
  return f64x2.mul(power, i64x2.shl(t, 52));
}

/** e^x − 1 for −45 ≤ x ≤ 700. */
@inline
export function expm1Bounded(x: v128): v128 {
  const t = f64x2.add(f64x2.mul(x, constant(LOG2E)), constant(ROUND_TO_POWER));
  const k = f64x2.sub(t, constant(ROUND_TO_POWER));
  const r = f64x2.sub(
    f64x2.sub(x, f64x2.mul(k, constant(LN2_HIGH))),
    f64x2.mul(k, constant(LN2_LOW)),
  );
  const r2 = f64x2.mul(r, r);
  const s = i64x2.shl(t, 52);
  return multiplyAdd(s, multiplyAdd(r2, gapPolynomial(r, r2), r), f64x2.sub(s, constant(ONE)));
}

/** x where it is above −45, below which e^x − 1 is −1 to the last digit. */
@inline
export function notFaded(x: v128): v128 {
  return f64x2.pmax(x, constant(FADED));
}

/** e^x − 1 for x ≤ 700, −∞ included. */
@inline
export function expm1(x: v128): v128 {
  return expm1Bounded(notFaded(x));
}

/**
 * g(x) = e^x − 1 − x for x ≤ 700, without cancellation: with x = k·ln 2 + r, s = 2^k and eʳ = 1 + r + r²·Q(r),
 * g = s·r²·Q + ((s − 1)·(1 + r) − k·ln 2). Goes on as −1 − x below −45.
 */
@inline
export function expm1MinusX(argument: v128): v128 {
  const x = notFaded(argument);
  const t = f64x2.add(f64x2.mul(x, constant(LOG2E)), constant(ROUND_TO_POWER));
  const k = f64x2.sub(t, constant(ROUND_TO_POWER));
  const high = f64x2.mul(k, constant(LN2_HIGH));
  const low = f64x2.mul(k, constant(LN2_LOW));
  const r = f64x2.sub(f64x2.sub(x, high), low);
  const r2 = f64x2.mul(r, r);
  const s = i64x2.shl(t, 52);
  const bracket = f64x2.sub(
    f64x2.sub(f64x2.mul(f64x2.sub(s, constant(ONE)), f64x2.add(constant(ONE), r)), high),
    low,
  );
  return f64x2.add(
    multiplyAdd(f64x2.mul(s, r2), gapPolynomial(r, r2), bracket),
    f64x2.sub(x, argument),
  );
}

/** What `logarithm` is to give. */
const LOG1P = false;
const X_MINUS_LOG1P = true;

/**
 * log(1 + x), or x − log(1 + x) without cancellation; `sum` is the best value of 1 + x at hand.
 *
 * With 1 + x = 2^k·(1 + f), √½ ≤ 1 + f < √2, and s = f/(2 + f): log(1 + f) = f − (f²/2 − s·(f²/2 + R(s²))).
 * At k = 0, f is x itself, and x − log(1 + x) is the outer bracket.
 *
 * Reference: FreeBSD's msun, s_log1p.c.
 */
@inline
function logarithm(x: v128, sum: v128, gap: bool): v128 {
  const aboveRoot = i64x2.sub(sum, constant(ROOT_HALF));
  const exponent = i64x2.shr_u(i64x2.add(aboveRoot, constant(TWO)), 52); // k + 1024
  const k = f64x2.sub(v128.or(exponent, constant(TWO_TO_52)), constant(TWO_TO_52_AND_1024));
  const mantissa = i64x2.sub(sum, i64x2.shl(i64x2.sub(exponent, constant(ONES_1024)), 52));
  const near = f64x2.eq(k, constant(ZERO));
  const f = select(x, f64x2.sub(mantissa, constant(ONE)), near);
  const s = f64x2.div(f, f64x2.add(constant(TWO), f));
  const z = f64x2.mul(s, s);
  const z2 = f64x2.mul(z, z);
  const even = f64x2.mul(
    z2,
    multiplyAdd(z2, multiplyAdd(z2, constant(LOG + 5), constant(LOG + 3)), constant(LOG + 1)),
  );
  const odd = f64x2.mul(
    z,
    multiplyAdd(
      z2,
      multiplyAdd(z2, multiplyAdd(z2, constant(LOG + 6), constant(LOG + 4)), constant(LOG + 2)),
      constant(LOG),
    ),
  );
  const square = f64x2.mul(f64x2.mul(constant(HALF), f), f);
  const bracket = f64x2.sub(square, f64x2.mul(s, f64x2.add(square, f64x2.add(even, odd))));
  const log = f64x2.add(
    f64x2.mul(k, constant(LN2_HIGH)),
    f64x2.add(f64x2.sub(f, bracket), f64x2.mul(k, constant(LN2_LOW))),
  );
  return gap ? select(bracket, f64x2.sub(x, log), near) : log;
}

/** log(1 + x) for `sum` = 1 + x positive, neither subnormal nor infinite. */
@inline
export function log1p(x: v128, sum: v128): v128 {
  return logarithm(x, sum, LOG1P);
}

/** x − log(1 + x) for such a `sum`. */
@inline
export function xMinusLog1p(x: v128, sum: v128): v128 {
  return logarithm(x, sum, X_MINUS_LOG1P);
}

/** log x for positive x that is neither subnormal nor infinite. */
@inline
export function log(x: v128): v128 {
  return logarithm(f64x2.sub(x, constant(ONE)), x, LOG1P);
}

/** log x for any positive x; −1074·ln 2 or so for 0. */
@inline
export function logPositive(x: v128): v128 {
  const subnormal = f64x2.lt(x, constant(SMALLEST_NORMAL));
  const scaled = select(f64x2.mul(x, constant(TWO_TO_54)), x, subnormal);
  const floored = f64x2.pmax(scaled, constant(SMALLEST_NORMAL));
  return f64x2.sub(log(floored), v128.and(constant(LN_TWO_TO_54), subnormal));
}
