import { entropyGap, expm1MinusX } from "./special.js";
import type { Half, Summand } from "./summands.js";

/** The mixture of a class's larger probability 1 (weight a) and its smaller one eˢ (weight b), a + b = 1. */
function mixture(a: number, b: number, s: number): number {
  return a + b * Math.exp(s);
}

/** log of the mixture, ≤ 0. */
function logMixture(a: number, b: number, s: number): number {
  const change = b * Math.expm1(s);
  return change > -0.5 ? Math.log1p(change) : Math.log(mixture(a, b, s));
}

/** log(smaller/mixture) ≤ 0: smaller − mixture = a·expm1(s). */
function logSmallerShare(a: number, b: number, s: number): number {
  const change = (a * Math.expm1(s)) / mixture(a, b, s);
  return change > -0.5 ? Math.log1p(change) : s - logMixture(a, b, s);
}

/** 0·log 0 = 0. */
function times(weight: number, log: number): number {
  return weight === 0 ? 0 : weight * log;
}

function generalizedHalf(a: number, b: number): Half {
  return {
    value: (m, s) =>
      m *
      (a * expm1MinusX(logMixture(a, b, s)) + b * mixture(a, b, s) * entropyGap(logSmallerShare(a, b, s))),
    larger: (m, s) => -m * a * logMixture(a, b, s),
    smaller: (m, s) => m * b * times(Math.exp(s), logSmallerShare(a, b, s)),
    curvature: (m, s) => (m * a * b * Math.exp(s)) / mixture(a, b, s),
    edge: -Infinity,
  };
}

/**
 * Generalised Jensen–Shannon with 0 < β < 1: h = β·p·log(p/m) + (1 − β)·q·log(q/m), m = βp + (1 − β)q.
 * At β = ½ it is Jensen–Shannon.
 *
 * Reference: Lin (1991), "Divergence measures based on the Shannon entropy".
 */
export function generalizedJensenShannon(beta: number): Summand {
  return { qSmaller: generalizedHalf(beta, 1 - beta), pSmaller: generalizedHalf(1 - beta, beta) };
}

/**
 * Skewed KL with 0 < λ < 1: h = p·log(p/m) − p + m, m = λp + (1 − λ)q.
 *
 * Reference: Lee (1999), "Measures of distributional similarity" (there with the roles of λ exchanged).
 */
export function skewedKullbackLeibler(lambda: number): Summand {
  const a = lambda;
  const b = 1 - lambda;
  return {
    // Per unit of p the mixture is a + b·eˢ, and mixture − p = b·expm1(s).
    qSmaller: {
      value: (m, s) => m * expm1MinusX(logMixture(a, b, s)),
      larger: (m, s) => m * (expm1MinusX(logMixture(a, b, s)) - skewedByQ(a, b, s)),
      smaller: (m, s) => m * skewedByQ(a, b, s),
      curvature: (m, s) => m * ((b * Math.exp(s)) / mixture(a, b, s)) ** 2,
      edge: -b * (b / a),
    },
    // Per unit of q the mixture is b + a·eˢ, and mixture − p = −b·expm1(s).
    pSmaller: {
      value: (m, s) => m * mixture(b, a, s) * entropyGap(logSmallerShare(b, a, s)),
      larger: (m, s) => (-m * b * b * Math.expm1(s)) / mixture(b, a, s),
      smaller: (m, s) => m * times(Math.exp(s), skewedByP(a, b, s)),
      curvature: (m, s) => m * Math.exp(s) * (b / mixture(b, a, s)) ** 2,
      edge: -Infinity,
    },
  };
}

/** q·∂h/∂q = (1 − λ)·q·(m − p)/m per unit of p, for q ≤ p. */
function skewedByQ(a: number, b: number, s: number): number {
  return (b * b * Math.exp(s) * Math.expm1(s)) / mixture(a, b, s);
}

/** ∂h/∂p = log(p/m) + λ(m − p)/m for p ≤ q, as a sum of two numbers that are not positive. */
function skewedByP(a: number, b: number, s: number): number {
  const excess = (b * Math.expm1(s)) / mixture(b, a, s); // (p − m)/m
  return b * excess - expm1MinusX(logSmallerShare(b, a, s));
}
