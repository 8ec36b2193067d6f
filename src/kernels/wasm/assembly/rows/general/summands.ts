// f-divergences Σ h(p, q), two classes at a time. As in ../../../divergence/summands.ts, a class is seen from
// its larger probability m = max(p, q); the smaller one is m·eˢ with s = −|t| ≤ 0; h is taken in the form that
// is not negative and vanishes to second order at p = q.
//
// With e = eˢ and ε = eˢ − 1, all of them follow from ε and from functions that do not cancel near s = 0:
// g(s) = ε − s, and d(x) = x − log(1 + x).

import { exp, expm1, expm1MinusX, half, multiplyAdd, notFaded, one, select, xMinusLog1p } from "../../math64";

export const KL: i32 = 0;
export const REVERSE_KL: i32 = 1;
export const JEFFREYS: i32 = 2;
export const GENERALIZED_JS: i32 = 3;
export const SKEW_KL: i32 = 4;
export const TOTAL_VARIATION: i32 = 5;
export const HELLINGER: i32 = 6;
export const CHI2: i32 = 7;
/** What Q gives to classes that P does not have. */
export const UNSUPPORTED: i32 = 8;

const numbers: usize = memory.data<f64>([0, -50, 1e-300, -0.5, 2, -1e300, -Infinity, 0.01]);

@inline
function number(index: usize): v128 {
  return v128.load64_splat(numbers + index * 8);
}

const ZERO: usize = 0;
const LARGE: usize = 1;
const TINY: usize = 2;
const MINUS_HALF: usize = 3;
const TWO: usize = 4;
const LOWEST: usize = 5;
const MINUS_INFINITY: usize = 6;
const HUNDREDTH: usize = 7;

/** KL, q ≤ p: p·log(p/q) − p + q = m·g(s). q > p: m·(s·eˢ − ε) = m·(s·ε − g(s)). */
@inline
function kl(m: v128, s: v128, qSmaller: v128): v128 {
  const held = notFaded(s);
  const g = expm1MinusX(held);
  const whole = f64x2.add(g, f64x2.sub(held, s));
  return f64x2.mul(m, select(whole, f64x2.sub(f64x2.mul(held, expm1(held)), g), qSmaller));
}

/** s·eˢ, 0 at −∞. */
@inline
function timesExp(s: v128): v128 {
  return f64x2.mul(f64x2.pmax(number(LOWEST), s), exp(s));
}

/** (q − p)·log(q/p) = m·s·ε. */
@inline
function jeffreys(m: v128, s: v128): v128 {
  return f64x2.mul(f64x2.mul(m, s), expm1(s));
}

/**
 * A mixture of the larger probability 1, weight a, and the smaller one e, weight b = 1 − a: M = 1 + δ with
 * δ = b·ε. Where b·ε is near −1, a + b·e has more digits.
 */
@inline
function mixtureOf(a: v128, b: v128, epsilon: v128, e: v128): v128 {
  const delta = f64x2.mul(b, epsilon);
  const sum = f64x2.add(a, f64x2.mul(b, e));
  return select(f64x2.add(one(), delta), sum, f64x2.gt(delta, number(MINUS_HALF)));
}

/** d(δ) = δ − log M. */
@inline
function mixtureGap(b: v128, epsilon: v128, mixture: v128): v128 {
  return xMinusLog1p(f64x2.mul(b, epsilon), f64x2.pmax(number(TINY), mixture));
}

/** d(η) = η − log(e/M) for η = e/M − 1 = a·ε/M. */
@inline
function shareGap(eta: v128, e: v128, mixture: v128): v128 {
  return xMinusLog1p(eta, f64x2.pmax(number(TINY), f64x2.div(e, mixture)));
}

/**
 * Generalised Jensen–Shannon, weight a of the larger and b of the smaller probability:
 * a·log(1/M) + b·e·log(e/M) = a·d(δ) + a²·b·ε²/M − b·e·d(η).
 */
@inline
function generalizedJs(m: v128, s: v128, a: v128, b: v128): v128 {
  const epsilon = expm1(s);
  const e = exp(s);
  const mixture = mixtureOf(a, b, epsilon, e);
  const eta = f64x2.div(f64x2.mul(a, epsilon), mixture);
  const middle = f64x2.mul(f64x2.mul(a, b), f64x2.mul(epsilon, eta));
  const sum = f64x2.sub(
    multiplyAdd(a, mixtureGap(b, epsilon, mixture), middle),
    f64x2.mul(f64x2.mul(b, e), shareGap(eta, e, mixture)),
  );
  return f64x2.mul(m, sum);
}

/**
 * Skewed KL, weight λ of P. q ≤ p (a = λ): log(1/M) − 1 + M = d(δ). q > p (a = 1 − λ): e·log(e/M) − e + M =
 * M·η² − e·d(η), η = λ'·ε/M with λ' = a.
 */
@inline
function skewKl(m: v128, s: v128, a: v128, b: v128, qSmaller: v128): v128 {
  const epsilon = expm1(s);
  const e = exp(s);
  const mixture = mixtureOf(a, b, epsilon, e);
  const eta = f64x2.div(f64x2.mul(a, epsilon), mixture);
  const other = f64x2.sub(
    f64x2.mul(mixture, f64x2.mul(eta, eta)),
    f64x2.mul(e, shareGap(eta, e, mixture)),
  );
  return f64x2.mul(m, select(mixtureGap(b, epsilon, mixture), other, qSmaller));
}

/** (p − q)²/q: with q smaller, m·ε²·e⁻ˢ, which overflows only if it must; else m·ε². */
@inline
function chi2(m: v128, s: v128, logM: v128, qSmaller: v128): v128 {
  const epsilon = expm1(s);
  const square = f64x2.mul(epsilon, epsilon);
  return f64x2.mul(square, select(overSmaller(m, s, logM), m, qSmaller));
}

/** m·e⁻ˢ. */
@inline
function overSmaller(m: v128, s: v128, logM: v128): v128 {
  const far = f64x2.lt(s, number(LARGE));
  const power = exp(f64x2.sub(v128.and(logM, far), s));
  return f64x2.mul(select(one(), m, far), power);
}

/** 2·(√p − √q)² = 2·m·(e^(s/2) − 1)². */
@inline
function hellinger(m: v128, s: v128): v128 {
  const root = expm1(f64x2.mul(half(), s));
  return f64x2.mul(f64x2.mul(number(TWO), m), f64x2.mul(root, root));
}

/** q where p = 0. */
@inline
function unsupported(m: v128, s: v128, qSmaller: v128): v128 {
  return v128.andnot(v128.and(m, f64x2.eq(s, number(MINUS_INFINITY))), qSmaller);
}

/** h of two classes; `weight` is β or λ, `logM` the logarithm of m. */
@inline
export function summand(code: i32, weight: v128, m: v128, s: v128, logM: v128, qSmaller: v128): v128 {
  if (code === KL) return kl(m, s, qSmaller);
  if (code === REVERSE_KL) return kl(m, s, v128.not(qSmaller));
  if (code === JEFFREYS) return jeffreys(m, s);
  if (code === TOTAL_VARIATION) return f64x2.mul(f64x2.mul(number(MINUS_HALF), m), expm1(s));
  if (code === HELLINGER) return hellinger(m, s);
  if (code === CHI2) return chi2(m, s, logM, qSmaller);
  if (code === UNSUPPORTED) return unsupported(m, s, qSmaller);
  const other = f64x2.sub(one(), weight);
  const a = select(weight, other, qSmaller);
  const b = select(other, weight, qSmaller);
  return code === GENERALIZED_JS ? generalizedJs(m, s, a, b) : skewKl(m, s, a, b, qSmaller);
}

/** larger·∂h/∂larger. */
@inline
export function largerSlope(code: i32, weight: v128, m: v128, s: v128, logM: v128, qSmaller: v128): v128 {
  if (code === KL) return f64x2.neg(f64x2.mul(m, select(s, expm1(s), qSmaller)));
  if (code === REVERSE_KL) return f64x2.neg(f64x2.mul(m, select(expm1(s), s, qSmaller)));
  if (code === JEFFREYS) return f64x2.neg(f64x2.mul(m, f64x2.add(s, expm1(s))));
  if (code === TOTAL_VARIATION) return v128.and(f64x2.mul(half(), m), f64x2.ne(s, number(ZERO)));
  if (code === HELLINGER) {
    return f64x2.neg(f64x2.mul(f64x2.mul(number(TWO), m), expm1(f64x2.mul(half(), s))));
  }
  if (code === UNSUPPORTED) return unsupported(m, s, qSmaller);
  const epsilon = expm1(s);
  if (code === CHI2) {
    const double = f64x2.mul(epsilon, f64x2.add(epsilon, number(TWO)));
    return f64x2.neg(
      select(
        f64x2.mul(f64x2.mul(number(TWO), epsilon), overSmaller(m, s, logM)),
        f64x2.mul(m, double),
        qSmaller,
      ),
    );
  }
  const other = f64x2.sub(one(), weight);
  const a = select(weight, other, qSmaller);
  const b = select(other, weight, qSmaller);
  const e = exp(s);
  const mixture = mixtureOf(a, b, epsilon, e);
  const gap = mixtureGap(b, epsilon, mixture);
  const delta = f64x2.mul(b, epsilon);
  if (code === GENERALIZED_JS) return f64x2.mul(f64x2.mul(m, a), f64x2.sub(gap, delta));
  const byQ = f64x2.div(f64x2.mul(b, delta), mixture);
  const byP = f64x2.div(f64x2.mul(f64x2.mul(a, a), epsilon), mixture);
  return f64x2.mul(m, select(f64x2.sub(gap, f64x2.mul(e, byQ)), f64x2.neg(byP), qSmaller));
}

/** smaller·∂h/∂smaller. */
@inline
export function smallerSlope(code: i32, weight: v128, m: v128, s: v128, logM: v128, qSmaller: v128): v128 {
  if (code === HELLINGER) {
    const halved = f64x2.mul(half(), s);
    const root = expm1(halved);
    let power = f64x2.add(one(), root);
    // Near 0, e^(s/2) by itself has more digits.
    const small = f64x2.lt(power, number(HUNDREDTH));
    if (v128.any_true(small)) power = select(exp(halved), power, small);
    return f64x2.mul(f64x2.mul(number(TWO), m), f64x2.mul(root, power));
  }
  if (code === UNSUPPORTED) return number(ZERO);
  const epsilon = expm1(s);
  const e = exp(s);
  if (code === KL) return f64x2.mul(m, select(epsilon, timesExp(s), qSmaller));
  if (code === REVERSE_KL) return f64x2.mul(m, select(timesExp(s), epsilon, qSmaller));
  if (code === JEFFREYS) return f64x2.mul(m, f64x2.add(epsilon, timesExp(s)));
  if (code === TOTAL_VARIATION) {
    return v128.and(f64x2.mul(f64x2.mul(number(MINUS_HALF), m), e), f64x2.ne(s, number(ZERO)));
  }
  if (code === CHI2) {
    const double = f64x2.mul(epsilon, f64x2.add(epsilon, number(TWO)));
    return select(
      f64x2.mul(double, overSmaller(m, s, logM)),
      f64x2.mul(f64x2.mul(number(TWO), m), f64x2.mul(e, epsilon)),
      qSmaller,
    );
  }
  const other = f64x2.sub(one(), weight);
  const a = select(weight, other, qSmaller);
  const b = select(other, weight, qSmaller);
  const mixture = mixtureOf(a, b, epsilon, e);
  const eta = f64x2.div(f64x2.mul(a, epsilon), mixture);
  const gap = shareGap(eta, e, mixture);
  const log = f64x2.sub(eta, gap);
  if (code === GENERALIZED_JS) return f64x2.mul(f64x2.mul(m, b), f64x2.mul(e, log));
  const byQ = f64x2.div(f64x2.mul(f64x2.mul(b, b), epsilon), mixture);
  const byP = f64x2.sub(f64x2.mul(a, eta), gap);
  return f64x2.mul(f64x2.mul(m, e), select(byQ, byP, qSmaller));
}
