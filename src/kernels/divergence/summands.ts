import { entropyGap, expm1MinusX, timesExp } from "./special.js";

/**
 * One class of an f-divergence Σ h(p, q), h homogeneous of degree 1, seen from its larger probability:
 * m = max(p, q), and the smaller one is m·eˢ with s ≤ 0. So nothing overflows, and a smaller probability
 * that underflows leaves the right limit.
 *
 * h is taken in the form that is non-negative and vanishes to second order at p = q (adding multiples of
 * p − q changes no sum over a row); its derivatives vanish there too. Each function is written so that it
 * keeps its relative accuracy as s → 0, and holds its limit at s = −∞.
 *
 * By Euler's theorem value = larger + smaller, and one number gives all second derivatives.
 */
export interface Half {
  /** h. */
  value(m: number, s: number, logM: number): number;
  /** larger·∂h/∂larger. */
  larger(m: number, s: number, logM: number): number;
  /** smaller·∂h/∂smaller. */
  smaller(m: number, s: number, logM: number): number;
  /** larger²·∂²h/∂larger² = smaller²·∂²h/∂smaller² = −larger·smaller·∂²h/∂larger∂smaller. */
  curvature(m: number, s: number, logM: number): number;
  /** ∂h/∂smaller where the smaller probability is 0; infinite where it has no finite value. */
  readonly edge: number;
}

/** An f-divergence's summand: one half for classes with q ≤ p, one for those with q > p. */
export interface Summand {
  readonly qSmaller: Half;
  readonly pSmaller: Half;
}

/** D(Q, P) of the summand of D(P, Q). */
export function swapped({ qSmaller, pSmaller }: Summand): Summand {
  return { qSmaller: pSmaller, pSmaller: qSmaller };
}

/** Kullback–Leibler: h = p·log(p/q) − p + q. */
export const kullbackLeibler: Summand = {
  qSmaller: {
    value: (m, s) => m * expm1MinusX(s),
    larger: (m, s) => -m * s,
    smaller: (m, s) => m * Math.expm1(s),
    curvature: (m) => m,
    edge: -Infinity,
  },
  pSmaller: {
    value: (m, s) => m * entropyGap(s),
    larger: (m, s) => -m * Math.expm1(s),
    smaller: (m, s) => m * timesExp(s),
    curvature: (m, s) => m * Math.exp(s),
    edge: -Infinity,
  },
};

const jeffreysHalf: Half = {
  value: (m, s) => m * s * Math.expm1(s),
  larger: (m, s) => -m * (s + Math.expm1(s)),
  smaller: (m, s) => m * (Math.expm1(s) + timesExp(s)),
  curvature: (m, s) => m * (1 + Math.exp(s)),
  edge: -Infinity,
};

/** Jeffreys, the sum of both KL divergences: h = (q − p)·log(q/p). */
export const jeffreys: Summand = { qSmaller: jeffreysHalf, pSmaller: jeffreysHalf };

const totalVariationHalf: Half = {
  value: (m, s) => -0.5 * m * Math.expm1(s),
  larger: (m, s) => (s === 0 ? 0 : 0.5 * m),
  smaller: (m, s) => (s === 0 ? 0 : -0.5 * m * Math.exp(s)),
  curvature: () => 0,
  edge: -0.5,
};

/** Total variation: h = ½|p − q|, of first order at p = q, where the subgradient 0 is taken. */
export const totalVariation: Summand = { qSmaller: totalVariationHalf, pSmaller: totalVariationHalf };

const nothing: Half = { value: () => 0, larger: () => 0, smaller: () => 0, curvature: () => 0, edge: 0 };

/** h = 0. */
export const zero: Summand = { qSmaller: nothing, pSmaller: nothing };

/** q where p = 0: what Q gives to classes that P does not have. */
export const unsupported: Summand = {
  qSmaller: nothing,
  pSmaller: {
    value: (m, s) => (s === -Infinity ? m : 0),
    larger: (m, s) => (s === -Infinity ? m : 0),
    smaller: () => 0,
    curvature: () => 0,
    edge: -Infinity,
  },
};
