import { KullbackError } from "../../errors.js";
import type { Measure } from "./types.js";

/** The base of logarithms: `"e"` for nats, 2 for bits, 10 for bans, or any number above 1. */
export type Base = "e" | number;

/** The power of the logarithm that each measure is proportional to; 0 where it has none and so no unit. */
const logarithmPower: Readonly<Record<Measure, 0 | 0.5 | 1>> = {
  kl: 1,
  "reverse-kl": 1,
  jeffreys: 1,
  js: 1,
  "js-distance": 0.5,
  gjs: 1,
  "skew-kl": 1,
  tv: 0,
  hellinger: 0,
  chi2: 0,
  renyi: 1,
  alpha: 0,
};

/** What a measure in nats is multiplied by to be in `base`: 1/ln(base), its square root, or 1. */
export function baseFactor(measure: Measure, base: Base): number {
  if (base === "e") return 1;
  if (!(base > 1 && base < Infinity)) {
    throw new KullbackError(`divergence: base must be "e" or a number above 1, got ${base}`);
  }
  return Math.log(base) ** -logarithmPower[measure];
}
