import { entropyGap, expm1MinusX } from "./special.js";
import type { Half, Summand } from "./summands.js";

/** Exponents above which m·eˣ is computed as exp(log m + x), so that it overflows only if it must. */
const LARGE = 50;

function timesPower(m: number, x: number, logM: number): number {
  return x < LARGE ? m * Math.exp(x) : Math.exp(logM + x);
}

function timesExpm1(m: number, x: number, logM: number): number {
  return x < LARGE ? m * Math.expm1(x) : Math.exp(logM + x) - m;
}

/**
 * The half for classes with q ≤ p, order α ∉ {0, 1}, κ = 1 − α. Per unit of p:
 * h = (e^(κs) − α − κ·eˢ)/(−ακ), ∂h/∂p = −expm1(κs)/κ, q·∂h/∂q = −eˢ·expm1(−αs)/α.
 */
function powerHalf(alpha: number, kappa: number): Half {
  function larger(m: number, s: number, logM: number): number {
    return -timesExpm1(m, kappa * s, logM) / kappa;
  }
  function smaller(m: number, s: number, logM: number): number {
    return alpha > 0
      ? (timesPower(m, kappa * s, logM) * Math.expm1(alpha * s)) / alpha
      : (-m * Math.exp(s) * Math.expm1(-alpha * s)) / alpha;
  }
  const steepness = Math.max(1, Math.abs(alpha), Math.abs(kappa));
  return {
    // Near s = 0 as a difference of second-order terms, else of first-order ones; each time from the side
    // (α ≥ ½: p, else q) where nothing is lost as α → 1 or α → 0.
    value(m, s, logM) {
      const near = -s * steepness < 1;
      if (alpha >= 0.5) {
        return near
          ? (m * (expm1MinusX(s) - expm1MinusX(kappa * s) / kappa)) / alpha
          : (m * Math.expm1(s) + larger(m, s, logM)) / alpha;
      }
      return near
        ? (m * (entropyGap(s) - (Math.exp(s) * expm1MinusX(-alpha * s)) / alpha)) / kappa
        : (smaller(m, s, logM) - m * Math.expm1(s)) / kappa;
    },
    larger,
    smaller,
    curvature: (m, s, logM) => timesPower(m, kappa * s, logM),
    edge: alpha > 0 ? -Infinity : 1 / alpha,
  };
}

/**
 * The power divergences, α ∉ {0, 1}: h = (p^α·q^(1−α) − αp − (1−α)q)/(α(α−1)). Their limits at α = 1 and 0
 * are KL and reverse KL; α = 2 is half of χ², α = ½ four times the squared Hellinger distance.
 *
 * Reference: Cressie & Read (1984), "Multinomial goodness-of-fit tests"; Amari (1985).
 */
export function power(alpha: number): Summand {
  return { qSmaller: powerHalf(alpha, 1 - alpha), pSmaller: powerHalf(1 - alpha, alpha) };
}
