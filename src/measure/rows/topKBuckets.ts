import { KullbackError } from "../../errors.js";
import type { From } from "../../kernels/index.js";

/** One side of a row pair: its likeliest classes, or all. */
export type BucketSide =
  /** Ids, each once, up to the end or the first −1, with the natural logarithms of their probabilities. */
  | { kind: "top-k"; ids: Int32Array; logProbs: Float64Array }
  | { kind: "full"; values: Float32Array | Float64Array; from: From };

/** Known probabilities may sum to this much above 1 by rounding; beyond, the row is no distribution. */
const TOLERANCE = 5e-3;

/** A tail found as 1 − Σ below this is the rounding of the probabilities and not known. */
const NOISE = 1e-6;

/**
 * Makes one row pair comparable of which at least one side is known by its likeliest classes only: a bucket
 * for each class that both sides know, and one, the tail, with all the remaining mass. Both sides are
 * coarsened in the same way and no mass is dropped, so every f-divergence and Rényi divergence of the buckets
 * is at most that of the whole rows (data processing), and equal to it when all classes are known.
 *
 * A tail that is 1 − Σ of known probabilities is lost in their rounding when it is small, and a 0 there would
 * make divergences infinite by chance. Then a millionth of every bucket is moved to the tail, on both sides
 * alike, which again only lowers divergences.
 *
 * Known probabilities that sum to more than 1 are left as they are, with an empty tail, for the caller to
 * find that the row is no distribution.
 *
 * Reference: T. Cover and J. Thomas, Elements of Information Theory, 2nd ed., 2006, section 2.8 (data processing);
 * I. Csiszár, 1967, for f-divergences
 *
 * @param outP - Gets the natural logarithms of P's buckets, the tail behind the last known class, and −∞ up to
 *   its end. As long as the shorter of the lists of ids, and one more.
 * @param outQ - The same of Q, in the same order.
 * @param classes - The number of all classes, where it is known; that of a full side is.
 * @returns How many buckets there are; the tail is among them unless all classes are known.
 * @throws KullbackError if both sides are full, an id is no class of a full side, or `outP` or `outQ` is too short.
 */
export function topKBuckets(
  p: BucketSide,
  q: BucketSide,
  outP: Float64Array,
  outQ: Float64Array,
  classes?: number,
): number {
  const ids = commonIds(p, q);
  const all = p.kind === "full" ? p.values.length : q.kind === "full" ? q.values.length : classes;
  const tail = ids.length !== all;
  const count = ids.length + (tail ? 1 : 0);
  if (Math.min(outP.length, outQ.length) < count) {
    const got = Math.min(outP.length, outQ.length);
    throw new KullbackError(`topKBuckets: ${count} buckets need arrays of that length, got ${got}`);
  }
  const noisy = [fill(p, ids, outP, tail), fill(q, ids, outQ, tail)].some((noise) => noise);
  if (tail && noisy) for (const out of [outP, outQ]) moveToTail(out, ids.length);
  return count;
}

/** The classes that both sides know, in the order of the side that knows fewer. */
function commonIds(p: BucketSide, q: BucketSide): number[] {
  if (p.kind === "full" && q.kind === "full") {
    throw new KullbackError("topKBuckets: both rows are known in full: compare them as they are");
  }
  const known = [p, q].map((side) => (side.kind === "top-k" ? listIds(side.ids) : undefined));
  const [few, many] =
    known[0] && known[1] && known[1].length < known[0].length ? [known[1], known[0]] : known;
  if (few && many) {
    const others = new Set(many);
    return few.filter((id) => others.has(id));
  }
  const ids = few ?? many ?? [];
  const length = p.kind === "full" ? p.values.length : q.kind === "full" ? q.values.length : 0;
  const beyond = ids.find((id) => id >= length);
  if (beyond === undefined) return ids;
  throw new KullbackError(`topKBuckets: the id ${beyond} is no class of a row of ${length} classes`);
}

function listIds(ids: Int32Array): number[] {
  const end = ids.indexOf(-1);
  return Array.from(end < 0 ? ids : ids.subarray(0, end));
}

/** Fills `out` with one side's buckets; says whether its tail is only known up to rounding. */
function fill(side: BucketSide, ids: readonly number[], out: Float64Array, tail: boolean): boolean {
  out.fill(-Infinity);
  if (side.kind === "full") {
    fillFull(side, ids, out, tail);
    return false;
  }
  const places = new Map(listIds(side.ids).map((id, i) => [id, i]));
  let sum = 0;
  for (const [bucket, id] of ids.entries()) {
    out[bucket] = side.logProbs[places.get(id)!]!;
    sum += Math.exp(out[bucket]!);
  }
  if (!tail || !(sum <= 1 + TOLERANCE)) return false;
  const rest = 1 - sum;
  if (rest < 0) for (let bucket = 0; bucket < ids.length; bucket++) out[bucket]! -= Math.log(sum);
  if (rest > 0) out[ids.length] = Math.log(rest);
  return rest < NOISE;
}

function fillFull(
  { values, from }: BucketSide & { kind: "full" },
  ids: readonly number[],
  out: Float64Array,
  tail: boolean,
): void {
  const logOf = from === "probs" ? Math.log : (x: number) => x;
  let max = -Infinity;
  for (const value of values) max = Math.max(max, logOf(value));
  const known = new Set(ids);
  let inside = 0;
  let rest = 0;
  for (const [id, value] of values.entries()) {
    const weight = Math.exp(logOf(value) - max);
    if (known.has(id)) inside += weight;
    else rest += weight;
  }
  const logTotal = max + Math.log(inside + rest);
  // What claims to be normalised stays as it is, so that a row that is not can still be told.
  const shift = from === "logits" ? logTotal : 0;
  for (const [bucket, id] of ids.entries()) out[bucket] = logOf(values[id]!) - shift;
  if (tail) out[ids.length] = max + Math.log(rest) - shift;
}

function moveToTail(out: Float64Array, tail: number): void {
  for (let bucket = 0; bucket < tail; bucket++) out[bucket]! += Math.log1p(-NOISE);
  out[tail] = Math.log((1 - NOISE) * Math.exp(out[tail]!) + NOISE);
}
