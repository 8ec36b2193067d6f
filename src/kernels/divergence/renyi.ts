import { fDivergence, sumOver } from "./fdivergence.js";
import type { RowMeasure } from "./measure.js";
import type { RowPair } from "./pair.js";
import { power } from "./powers.js";
import { type Summand, unsupported } from "./summands.js";

/**
 * Rényi divergence of a finite order α ≥ 0 other than 1: D = −log S/κ with S = Σ p^α·q^κ and κ = 1 − α.
 *
 * For S between ½ and 2, S is taken as 1 − ακ·Σ h with the power divergence's summand h, which keeps
 * relative accuracy as the rows come close; otherwise log S is a log-sum-exp, which neither under- nor
 * overflows. At α = 0, S is what Q gives to the classes that P has.
 *
 * Reference: Rényi (1961); van Erven & Harremoës (2014), "Rényi divergence and Kullback–Leibler divergence".
 */
export function renyiOf(alpha: number): RowMeasure {
  const kappa = 1 - alpha;
  const summand: Summand = alpha === 0 ? unsupported : power(alpha);
  const scale = alpha === 0 ? 1 : alpha * kappa; // S = 1 − scale·Σ h
  const near = fDivergence("renyi", summand, {
    value: (sum) => -Math.log1p(-scale * sum) / kappa,
    first: (sum) => scale / kappa / (1 - scale * sum),
    second: (sum) => (scale * scale) / kappa / (1 - scale * sum) ** 2,
  });
  const far = logSumOfPowers(alpha, kappa);
  function formFor(pair: RowPair): RowMeasure {
    const loss = scale * sumOver(pair, summand);
    return loss < 0.5 && loss > -1 ? near : far;
  }
  return {
    name: "renyi",
    value: (pair) => formFor(pair).value(pair),
    slopes: (pair, slopes) => formFor(pair).slopes(pair, slopes),
    slopeChanges: (pair, slopes, direction, changes) =>
      formFor(pair).slopeChanges(pair, slopes, direction, changes),
  };
}

/** D = −log Σ exp(xᵢ)/κ with xᵢ = log pᵢ + κ·tᵢ; slopes are shares of the sum, softmax(x). */
function logSumOfPowers(alpha: number, kappa: number): RowMeasure {
  function exponent({ p, t }: RowPair, i: number): number {
    return p.logs[i] === -Infinity ? -Infinity : p.logs[i] + kappa * t[i];
  }
  function largest(pair: RowPair): number {
    let max = -Infinity;
    for (let i = 0; i < pair.n; i++) max = Math.max(max, exponent(pair, i));
    return max;
  }
  /** exp(x − max); where the sum is infinite, the infinite terms share it; where it is empty, none does. */
  function relative(x: number, max: number): number {
    if (x === max) return max === -Infinity ? 0 : 1;
    return Math.exp(x - max);
  }
  function total(pair: RowPair, max: number): number {
    let sum = 0;
    for (let i = 0; i < pair.n; i++) sum += relative(exponent(pair, i), max);
    return sum;
  }
  return {
    name: "renyi",
    value(pair) {
      const max = largest(pair);
      return -(Number.isFinite(max) ? max + Math.log(total(pair, max)) : max) / kappa;
    },
    slopes(pair, slopes) {
      const max = largest(pair);
      const sum = total(pair, max) || 1;
      for (let i = 0; i < pair.n; i++) {
        const share = relative(exponent(pair, i), max) / sum;
        slopes.p[i] = (-alpha / kappa) * share;
        slopes.q[i] = -share;
      }
      return { p: alpha > 1 ? 0 : -Infinity, q: -Infinity };
    },
    // d shareᵢ = shareᵢ·(dxᵢ − Σ share·dx) with dx = α·d log p + κ·d log q, all relative to the largest
    // share, which may be nearly 1.
    slopeChanges({ n }, slopes, direction, changes) {
      const dx = (i: number) => alpha * direction.p[i] + kappa * direction.q[i];
      let largestShare = 0;
      for (let i = 1; i < n; i++) if (slopes.q[i] < slopes.q[largestShare]) largestShare = i;
      const pivot = dx(largestShare);
      let mean = 0;
      for (let i = 0; i < n; i++) mean -= slopes.q[i] * (dx(i) - pivot);
      for (let i = 0; i < n; i++) {
        const change = dx(i) - pivot - mean;
        changes.p[i] = slopes.p[i] * change;
        changes.q[i] = slopes.q[i] * change;
      }
    },
  };
}

/** Rényi divergence of order ∞: D = log max p/q, the first maximum; at D = 0 the subgradient 0 is taken. */
export const renyiInfinity: RowMeasure = {
  name: "renyi",
  value(pair) {
    const i = largestRatio(pair);
    return i < 0 ? 0 : -pair.t[i];
  },
  slopes(pair, slopes) {
    slopes.p.fill(0);
    slopes.q.fill(0);
    const i = largestRatio(pair);
    if (i >= 0) {
      slopes.p[i] = 1;
      slopes.q[i] = -1;
    }
    return { p: 0, q: -Infinity };
  },
  slopeChanges(_pair, _slopes, _direction, changes) {
    changes.p.fill(0);
    changes.q.fill(0);
  },
};

/** The first class with the largest p/q; −1 where no p is above its q. */
function largestRatio({ t, n }: RowPair): number {
  let argmax = -1;
  let smallest = 0;
  for (let i = 0; i < n; i++) {
    if (t[i] < smallest) {
      smallest = t[i];
      argmax = i;
    }
  }
  return argmax;
}
