import type { FileDType } from "../../io/index.js";
import type { From } from "../../kernels/index.js";
import { type Look, nearOne, type Range } from "./look.js";

/** What values were found to be (null when that is ambiguous) and what was seen, for people. */
export interface Guess {
  from: From | null;
  found: string;
}

/**
 * How far the sum of a row may be from 1 by the rounding of its entries: probabilities as stored, or the
 * exponentials of log-probabilities, whose rounding error grows with their size.
 */
export function sumTolerance(from: From, dtype: FileDType): number {
  const ofProbabilities = dtype === "bfloat16" ? 5e-3 : dtype === "float16" ? 2e-3 : 1e-4;
  return from === "logProbs" ? 4 * ofProbabilities : ofProbabilities;
}

/**
 * Says what values are: probabilities when none is negative and all rows sum to 1, log-probabilities when
 * none is positive and the exponentials of all rows sum to 1, logits when they are neither by far.
 * Everything between is ambiguous: sums that are nearly 1, or 1 in most of the rows only, and values
 * without a negative one, such as counts, images and saliency maps.
 */
export function guessFrom(look: Look, dtype: FileDType): Guess {
  const { values, sums, expSums, masked } = look;
  if (look.rows === 0) return { from: null, found: "no row of finite values in the sample" };
  const seen = `values from ${show(values[0])} to ${show(values[1])}`;
  const rowsSum = `rows sum to ${showRange(sums)}`;
  const exponentialsSum = `exponentials of rows sum to ${showRange(expSums)}`;

  if (!masked && values[0] >= -nearOne && within(sums, nearOne)) {
    const from = values[0] >= 0 && within(sums, sumTolerance("probs", dtype)) ? "probs" : null;
    return { from, found: `${seen}, ${rowsSum}` };
  }
  if (!masked && values[0] >= 0) return { from: null, found: `${seen}, none is negative, ${rowsSum}` };
  if (values[1] <= nearOne) {
    const found = `${seen}, ${exponentialsSum}`;
    if (within(expSums, sumTolerance("logProbs", dtype))) return { from: "logProbs", found };
    // Most rows near 1: log-probabilities with something wrong, or logits less their maximum.
    return { from: look.expSumsNearOne > 0.5 ? null : "logits", found };
  }
  return { from: "logits", found: seen };
}

function within([min, max]: Range, distance: number): boolean {
  return Math.abs(min - 1) <= distance && Math.abs(max - 1) <= distance;
}

function showRange([min, max]: Range): string {
  const [low, high] = [show(min), show(max)];
  return low === high ? low : `${low} to ${high}`;
}

function show(x: number): string {
  return String(Number(x.toPrecision(4)));
}
