import { KullbackError } from "../../errors.js";

/** A number for both axes of an image, or [vertical, horizontal]. */
export type Pair = number | readonly [number, number];

/** The two numbers of a pair, checked to be integers of at least `least`. @internal */
export function checkPair(name: string, what: string, pair: Pair, least: number): readonly [number, number] {
  const both = typeof pair === "number" ? ([pair, pair] as const) : pair;
  if (!Array.isArray(both) || both.length !== 2 || !both.every((n) => Number.isInteger(n) && n >= least)) {
    throw new KullbackError(
      `${name}: ${what} must be an integer of at least ${least}, or two, got ${JSON.stringify(pair)}`,
    );
  }
  return both;
}
