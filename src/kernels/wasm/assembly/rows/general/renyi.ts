// Rényi divergence of order α, with κ = 1 − α: D = −log S/κ, S = Σ p^α·q^κ.
//
// - Near: with h of powers.ts, loss = ακ·Σ h and S = 1 − loss. It keeps relative accuracy as the rows come close,
//   and is taken for S between ½ and 2.
// - Far: log S as a log-sum-exp of xᵢ = log pᵢ + κ·tᵢ, which neither under- nor overflows. The slopes are shares
//   of the sum: p·∂D/∂p = −(α/κ)·share, q·∂D/∂q = −share, share = softmax(x).
// - Order ∞: D = log max p/q, the largest −t.

import { sumOfLanes } from "../../simd";
import { exp, log, log1p, one, select, zero } from "../../math64";
import { chunkOf, LOG_P, LOG_Q, SLOPES_P, SLOPES_Q, T } from "./pair/index";
import { POWERS_END } from "./powers";

/** The largest xᵢ, and Σ exp(xᵢ − that). */
const MOST: usize = POWERS_END;
const TOTAL: usize = POWERS_END + 8;
/** The class with the largest p/q; −1 where no p is above its q. */
const LARGEST: usize = POWERS_END + 16;
export const RENYI_END: usize = POWERS_END + 24;

const infinite: usize = memory.data<f64>([-Infinity]);

@inline
function minusInfinity(): v128 {
  return v128.load64_splat(infinite);
}

/** Whether the near form is the better one. */
@inline
export function isNear(loss: f64): bool {
  return loss < 0.5 && loss > -1;
}

/** D of a row pair with 1 − S = `loss`. */
export function renyi(order: f64, loss: f64, p: usize, q: usize, n: i32, work: usize): f64 {
  const kappa = 1 - order;
  if (isNear(loss)) {
    const logS = f64x2.extract_lane(log1p(f64x2.splat(-loss), f64x2.splat(1 - loss)), 0);
    return 0 - logS / kappa; // not −0
  }
  addUpPowers(kappa, p, q, n, work);
  const most = load<f64>(work, MOST);
  if (!isFinite(most)) return -most / kappa;
  return -(most + f64x2.extract_lane(log(f64x2.splat(load<f64>(work, TOTAL))), 0)) / kappa;
}

/** x of two classes: −∞ where p = 0. */
@inline
function exponent(kappa: v128, work: usize): v128 {
  const logP = v128.load(work, LOG_P);
  const x = f64x2.add(logP, f64x2.mul(kappa, v128.load(work, T)));
  return select(x, logP, f64x2.gt(logP, minusInfinity()));
}

/** exp(x − most); where the sum is infinite, the infinite terms share it; where it is empty, none does. */
@inline
function relative(x: v128, most: v128): v128 {
  const power = select(one(), exp(f64x2.sub(x, most)), f64x2.eq(x, most));
  return v128.and(power, f64x2.gt(x, minusInfinity()));
}

/** Computes MOST and TOTAL of a row. */
export function addUpPowers(kappa: f64, p: usize, q: usize, n: i32, work: usize): void {
  let most: f64 = -Infinity;
  let total: f64 = 0;
  for (let start = 0, length = 0; start < n; start += length) {
    length = chunkOf(p, q, n, start, work);
    const largest = largestExponent(kappa, length, work);
    if (largest > most) {
      total *= f64x2.extract_lane(exp(f64x2.splat(most - largest)), 0);
      most = largest;
    }
    total += sumOfPowers(kappa, most, length, work);
  }
  store<f64>(work, most, MOST);
  store<f64>(work, total, TOTAL);
}

function largestExponent(kappa: f64, count: i32, work: usize): f64 {
  const kappas = f64x2.splat(kappa);
  let most = minusInfinity();
  for (const end = work + (<usize>count << 3); work < end; work += 16) {
    most = f64x2.pmax(most, exponent(kappas, work));
  }
  return Math.max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1));
}

function sumOfPowers(kappa: f64, most: f64, count: i32, work: usize): f64 {
  const kappas = f64x2.splat(kappa);
  const mosts = f64x2.splat(most);
  let sum = zero();
  for (const end = work + (<usize>count << 3); work < end; work += 16) {
    sum = f64x2.add(sum, relative(exponent(kappas, work), mosts));
  }
  return sumOfLanes(sum);
}

/** After `addUpPowers`: puts p·∂D/∂p and q·∂D/∂q in place of log p and log q of a chunk, and adds up both. */
export function slopesOfShares(order: f64, count: i32, work: usize): void {
  const total = load<f64>(work, TOTAL);
  const kappas = f64x2.splat(1 - order);
  const mosts = v128.load64_splat(work, MOST);
  const totals = f64x2.splat(total === 0 ? -1 : -total);
  const ratio = f64x2.splat(order / (1 - order));
  let sumP = zero();
  let sumQ = zero();
  const head = work;
  for (const end = work + (<usize>count << 3); work < end; work += 16) {
    const slopeQ = f64x2.div(relative(exponent(kappas, work), mosts), totals);
    const slopeP = f64x2.mul(ratio, slopeQ);
    sumP = f64x2.add(sumP, slopeP);
    sumQ = f64x2.add(sumQ, slopeQ);
    v128.store(work, slopeP, LOG_P);
    v128.store(work, slopeQ, LOG_Q);
  }
  store<f64>(head, load<f64>(head, SLOPES_P) + sumOfLanes(sumP), SLOPES_P);
  store<f64>(head, load<f64>(head, SLOPES_Q) + sumOfLanes(sumQ), SLOPES_Q);
}

/** The largest −t of the classes in the work area, at least `least`. */
export function largestRatio(least: f64, count: i32, work: usize): f64 {
  let smallest = f64x2.splat(-least);
  for (const end = work + (<usize>count << 3); work < end; work += 16) {
    smallest = f64x2.pmin(smallest, v128.load(work, T));
  }
  return 0 - Math.min(f64x2.extract_lane(smallest, 0), f64x2.extract_lane(smallest, 1));
}

/** Finds the first class of a row with the largest p/q above 1, for `slopesOfLargest`. */
export function findLargest(p: usize, q: usize, n: i32, work: usize): void {
  let found = -1;
  let smallest: f64 = 0;
  for (let start = 0, length = 0; start < n; start += length) {
    length = chunkOf(p, q, n, start, work);
    for (let i = 0; i < length; i++) {
      const t = load<f64>(work + (<usize>i << 3), T);
      if (t < smallest) {
        smallest = t;
        found = start + i;
      }
    }
  }
  store<i32>(work, found, LARGEST);
}

/** D's slopes at order ∞, those of log p/q of one class; for the classes from `start` on in the work area. */
export function slopesOfLargest(start: i32, count: i32, work: usize): void {
  memory.fill(work + LOG_P, 0, <usize>count << 3);
  memory.fill(work + LOG_Q, 0, <usize>count << 3);
  const at = load<i32>(work, LARGEST) - start;
  if (at < 0 || at >= count) return;
  store<f64>(work + (<usize>at << 3), 1, LOG_P);
  store<f64>(work + (<usize>at << 3), -1, LOG_Q);
  store<f64>(work, 1, SLOPES_P);
  store<f64>(work, -1, SLOPES_Q);
}
