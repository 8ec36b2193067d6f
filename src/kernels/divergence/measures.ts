import { KullbackError } from "../../errors.js";
import { fDivergence, rootOf, times } from "./fdivergence.js";
import type { RowMeasure } from "./measure.js";
import { generalizedJensenShannon, skewedKullbackLeibler } from "./mixtures.js";
import { power } from "./powers.js";
import { renyiInfinity, renyiOf } from "./renyi.js";
import { jeffreys, kullbackLeibler, swapped, totalVariation, zero } from "./summands.js";
import type { Measure } from "./types.js";

const reverseKullbackLeibler = swapped(kullbackLeibler);

/**
 * One entry a measure. An entry that takes a parameter names it; the others are ready as they stand.
 * `logPower` is the power of the logarithm that the measure is proportional to, 0 if it has none.
 */
type Entry = { readonly logPower: 0 | 0.5 | 1 } & (
  | { readonly measure: RowMeasure }
  | {
      readonly order: {
        readonly wants: string;
        accepts(order: number): boolean;
        of(order: number): RowMeasure;
      };
    }
  | { readonly weight: (weight: number) => RowMeasure }
);

const table: Readonly<Record<Measure, Entry>> = {
  kl: { logPower: 1, measure: fDivergence("kl", kullbackLeibler, times(1)) },
  "reverse-kl": { logPower: 1, measure: fDivergence("reverse-kl", reverseKullbackLeibler, times(1)) },
  jeffreys: { logPower: 1, measure: fDivergence("jeffreys", jeffreys, times(1)) },
  js: { logPower: 1, measure: fDivergence("js", generalizedJensenShannon(0.5), times(1)) },
  "js-distance": {
    logPower: 0.5,
    measure: fDivergence("js-distance", generalizedJensenShannon(0.5), rootOf(1)),
  },
  gjs: { logPower: 1, weight: (beta) => fDivergence("gjs", gjsSummand(beta), times(1)) },
  "skew-kl": { logPower: 1, weight: (lambda) => fDivergence("skew-kl", skewSummand(lambda), times(1)) },
  tv: { logPower: 0, measure: fDivergence("tv", totalVariation, times(1)) },
  hellinger: { logPower: 0, measure: fDivergence("hellinger", power(0.5), rootOf(0.25)) },
  chi2: { logPower: 0, measure: fDivergence("chi2", power(2), times(2)) },
  renyi: { logPower: 1, order: { wants: "an order ≥ 0", accepts: (order) => order >= 0, of: renyi } },
  alpha: { logPower: 0, order: { wants: "a finite order", accepts: Number.isFinite, of: alphaDivergence } },
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

/** The base of logarithms: `"e"` for nats, 2 for bits, 10 for bans, or any number above 1. */
export type Base = "e" | number;

/**
 * What a measure in nats is multiplied by to be in `base`: 1/ln(base) for one logarithm, its square root for
 * `js-distance`, 1 for measures that have none. Throws for a base that is not above 1.
 */
export function baseFactor(name: Measure, base: Base): number {
  if (base === "e") return 1;
  if (!(base > 1 && base < Infinity)) {
    throw new KullbackError(`divergence: base must be "e" or a number above 1, got ${base}`);
  }
  return Math.log(base) ** -table[name].logPower;
}
