import { KullbackError } from "../../errors.js";
import { fDivergence, rootOf, times } from "./fdivergence.js";
import type { RowMeasure } from "./measure.js";
import { generalizedJensenShannon, skewedKullbackLeibler } from "./mixtures.js";
import { power } from "./powers.js";
import { renyiInfinity, renyiOf } from "./renyi.js";
import { jeffreys, kullbackLeibler, swapped, totalVariation, zero } from "./summands.js";
import type { Measure } from "./types.js";

const reverseKullbackLeibler = swapped(kullbackLeibler);

/** One entry a measure. An entry that takes a parameter names it; the others are ready as they stand. */
type Entry =
  | { readonly measure: RowMeasure }
  | {
      readonly order: {
        readonly wants: string;
        accepts(order: number): boolean;
        of(order: number): RowMeasure;
      };
    }
  | { readonly weight: (weight: number) => RowMeasure };

const table: Readonly<Record<Measure, Entry>> = {
  kl: { measure: fDivergence("kl", kullbackLeibler, times(1)) },
  "reverse-kl": { measure: fDivergence("reverse-kl", reverseKullbackLeibler, times(1)) },
  jeffreys: { measure: fDivergence("jeffreys", jeffreys, times(1)) },
  js: { measure: fDivergence("js", generalizedJensenShannon(0.5), times(1)) },
  "js-distance": { measure: fDivergence("js-distance", generalizedJensenShannon(0.5), rootOf(1)) },
  gjs: { weight: (beta) => fDivergence("gjs", gjsSummand(beta), times(1)) },
  "skew-kl": { weight: (lambda) => fDivergence("skew-kl", skewSummand(lambda), times(1)) },
  tv: { measure: fDivergence("tv", totalVariation, times(1)) },
  hellinger: { measure: fDivergence("hellinger", power(0.5), rootOf(0.25)) },
  chi2: { measure: fDivergence("chi2", power(2), times(2)) },
  renyi: { order: { wants: "an order ≥ 0", accepts: (order) => order >= 0, of: renyi } },
  alpha: { order: { wants: "a finite order", accepts: Number.isFinite, of: alphaDivergence } },
};

function gjsSummand(beta: number) {
  if (beta === 0) return kullbackLeibler;
  return beta === 1 ? reverseKullbackLeibler : generalizedJensenShannon(beta);
}

function skewSummand(lambda: number) {
  if (lambda === 0) return kullbackLeibler;
  return lambda === 1 ? zero : skewedKullbackLeibler(lambda);
}

function powerSummand(order: number) {
  if (order === 1) return kullbackLeibler;
  return order === 0 ? reverseKullbackLeibler : power(order);
}

function alphaDivergence(order: number): RowMeasure {
  return fDivergence("alpha", powerSummand(order), times(1));
}

function renyi(order: number): RowMeasure {
  if (order === 1) return fDivergence("renyi", kullbackLeibler, times(1));
  return order === Infinity ? renyiInfinity : renyiOf(order);
}

/** The names of all measures. */
export const measureNames = Object.keys(table) as readonly Measure[];

/**
 * The measure `name` with its parameters: `order` for `renyi` (≥ 0, ∞ included) and `alpha` (any finite
 * number), `weight` between 0 and 1 for `gjs` and `skew-kl`. Throws for an unknown name, a parameter that
 * is missing or out of range, or one that the measure does not take.
 */
export function rowMeasure(name: Measure, params: { order?: number; weight?: number } = {}): RowMeasure {
  const { order, weight } = params;
  if (!Object.hasOwn(table, name)) {
    throw new KullbackError(`divergence: unknown measure "${name}"; there are ${measureNames.join(", ")}`);
  }
  const entry = table[name];
  if (order !== undefined && !("order" in entry)) {
    throw new KullbackError(`divergence: measure "${name}" takes no order, got ${order}`);
  }
  if (weight !== undefined && !("weight" in entry)) {
    throw new KullbackError(`divergence: measure "${name}" takes no weight, got ${weight}`);
  }
  if ("measure" in entry) return entry.measure;
  if ("order" in entry) {
    if (order === undefined || !entry.order.accepts(order)) {
      throw new KullbackError(`divergence: measure "${name}" needs ${entry.order.wants}, got ${order}`);
    }
    return entry.order.of(order);
  }
  if (weight === undefined || !(weight >= 0 && weight <= 1)) {
    throw new KullbackError(`divergence: measure "${name}" needs a weight from 0 to 1, got ${weight}`);
  }
  return entry.weight(weight);
}
