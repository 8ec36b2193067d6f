// Derivatives of measures by log p and log q, each class by itself: that rows sum to 1 is not yet accounted for.

import { sumOfLanes } from "../../simd";
import { select, zero } from "../../math64";
import {
  addChunk,
  CODE,
  EDGE_P,
  EDGE_Q,
  FACTOR,
  FINISH,
  ITSELF,
  LARGEST_RATIO,
  POWER,
  ROOT,
  WEIGHT,
} from "./measures";
import { chunkOf, LOG_P, LOG_Q, P, Q, SLOPES_P, SLOPES_Q, T } from "./pair/index";
import { slopesOfPowers } from "./powers";
import { addUpPowers, findLargest, isNear, RENYI_END, slopesOfLargest, slopesOfShares } from "./renyi";
import {
  CHI2,
  GENERALIZED_JS,
  HELLINGER,
  JEFFREYS,
  KL,
  largerSlope,
  REVERSE_KL,
  SKEW_KL,
  smallerSlope,
  TOTAL_VARIATION,
  UNSUPPORTED,
} from "./summands";

/** 2³⁰⁰ and its square. */
const RAISED: f64 = 2.037035976334486e90;
const SQUARE: f64 = 4.149515568880993e180;

// What `prepareSlopes` finds out of a row pair.

/** Which slopes: the code of a summand, or this one for the far form of Rényi divergences. */
export const SLOPE_CODE: usize = RENYI_END;
export const SHARES: i32 = 11;
/** ∂D/∂(Σ h), which the slopes are to be multiplied by. */
export const RATE: usize = RENYI_END + 8;
/** d log(rate)/d(Σ h): how the slopes change with the sum. */
export const BEND: usize = RENYI_END + 16;
/** ∂D/∂p of a class with p = 0 < q, and ∂D/∂q of one with q = 0 < p. */
export const LIMIT_P: usize = RENYI_END + 24;
export const LIMIT_Q: usize = RENYI_END + 32;
export const SLOPES_END: usize = RENYI_END + 40;

/** To be called before `slopesChunk`, and before `SLOPES_P` and `SLOPES_Q` are looked at, for each row pair. */
export function prepareSlopes(measure: usize, p: usize, q: usize, n: i32, work: usize): void {
  const code = <i32>load<f64>(measure, CODE);
  const kind = <i32>load<f64>(measure, FINISH);
  const factor = load<f64>(measure, FACTOR);
  store<i32>(work, code, SLOPE_CODE);
  store<f64>(work, 0, BEND);
  store<f64>(work, 0, SLOPES_P);
  store<f64>(work, 0, SLOPES_Q);
  let rate = factor;
  if (code === LARGEST_RATIO) findLargest(p, q, n, work);
  else if (kind !== ITSELF) {
    let sum: f64 = 0;
    for (let start = 0, length = 0; start < n; start += length) {
      length = chunkOf(p, q, n, start, work);
      sum = addChunk(measure, sum, length, work);
    }
    if (kind === ROOT) {
      // ½·√(factor/Σ h), brought into range; at 0, where the root has no derivative, the subgradient 0 is taken.
      rate = sum > 0 ? 0.5 * RAISED * Math.sqrt(factor / SQUARE / sum) : 0;
      store<f64>(work, sum > 0 ? -0.5 / sum : 0, BEND);
    } else if (isNear(factor * sum)) {
      // D = −log(1 − factor·Σ h)/κ.
      rate = factor / (1 - load<f64>(measure, WEIGHT)) / (1 - factor * sum);
      store<f64>(work, factor / (1 - factor * sum), BEND);
    } else {
      const order = load<f64>(measure, WEIGHT);
      addUpPowers(1 - order, p, q, n, work);
      store<i32>(work, SHARES, SLOPE_CODE);
      store<f64>(work, 1, RATE);
      store<f64>(work, order > 1 ? 0 : -Infinity, LIMIT_P);
      store<f64>(work, -Infinity, LIMIT_Q);
      return;
    }
  }
  store<f64>(work, rate, RATE);
  store<f64>(work, rate * load<f64>(measure, EDGE_P), LIMIT_P);
  store<f64>(work, rate * load<f64>(measure, EDGE_Q), LIMIT_Q);
}

/** Puts ∂h/∂log p and ∂h/∂log q in place of log p and log q of a chunk, and adds up both. */
@inline
function slopesOfChunk(code: i32, weight: f64, count: i32, work: usize): void {
  const w = f64x2.splat(weight);
  let sumP = zero();
  let sumQ = zero();
  const head = work;
  for (const end = work + (<usize>count << 3); work < end; work += 16) {
    const t = v128.load(work, T);
    const qSmaller = f64x2.le(t, zero());
    const m = select(v128.load(work, P), v128.load(work, Q), qSmaller);
    const logM = select(v128.load(work, LOG_P), v128.load(work, LOG_Q), qSmaller);
    const s = f64x2.neg(f64x2.abs(t));
    const larger = largerSlope(code, w, m, s, logM, qSmaller);
    const smaller = smallerSlope(code, w, m, s, logM, qSmaller);
    const p = select(larger, smaller, qSmaller);
    const q = select(smaller, larger, qSmaller);
    sumP = f64x2.add(sumP, p);
    sumQ = f64x2.add(sumQ, q);
    v128.store(work, p, LOG_P);
    v128.store(work, q, LOG_Q);
  }
  store<f64>(head, load<f64>(head, SLOPES_P) + sumOfLanes(sumP), SLOPES_P);
  store<f64>(head, load<f64>(head, SLOPES_Q) + sumOfLanes(sumQ), SLOPES_Q);
}

/**
 * Puts slopes over `RATE` in place of log p and log q of the `count` classes in the work area, the first of which is
 * the class `start`, and adds them up.
 */
export function slopesChunk(measure: usize, start: i32, count: i32, work: usize): void {
  const code = load<i32>(work, SLOPE_CODE);
  const weight = load<f64>(measure, WEIGHT);
  if (code === KL) slopesOfChunk(KL, weight, count, work);
  else if (code === REVERSE_KL) slopesOfChunk(REVERSE_KL, weight, count, work);
  else if (code === JEFFREYS) slopesOfChunk(JEFFREYS, weight, count, work);
  else if (code === GENERALIZED_JS) slopesOfChunk(GENERALIZED_JS, weight, count, work);
  else if (code === SKEW_KL) slopesOfChunk(SKEW_KL, weight, count, work);
  else if (code === TOTAL_VARIATION) slopesOfChunk(TOTAL_VARIATION, weight, count, work);
  else if (code === HELLINGER) slopesOfChunk(HELLINGER, weight, count, work);
  else if (code === CHI2) slopesOfChunk(CHI2, weight, count, work);
  else if (code === UNSUPPORTED) slopesOfChunk(UNSUPPORTED, weight, count, work);
  else if (code === POWER) slopesOfPowers(weight, count, work);
  else if (code === SHARES) slopesOfShares(weight, count, work);
  else slopesOfLargest(start, count, work);
}
