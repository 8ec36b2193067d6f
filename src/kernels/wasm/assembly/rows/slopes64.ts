// Derivatives of measures over a chunk of classes, and gradients by logits made of them.

import { sumOfLanes } from "../simd";
import { half, select, zero } from "./math64";
import { LOG_P, LOG_Q, P, Q, T } from "./pair/index";
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
} from "./summands";

const INFINITE: usize = memory.data<f64>([Infinity]);

// The work area of gradients, in the head that pair/layout.ts leaves free.
export const SLOPES_P: usize = 128; // Σ ∂h/∂log p
export const SLOPES_Q: usize = 136;
/** Of each side: the sum of the gradient without the class that has more than half, and where that one is. */
export const REST: usize = 144;
export const REST_Q: usize = 160;

/** Puts ∂h/∂log p and ∂h/∂log q of the classes in the work area in place of log p and log q. */
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

export function slopesChunk(code: i32, weight: f64, count: i32, work: usize): void {
  if (code === KL) slopesOfChunk(KL, weight, count, work);
  else if (code === REVERSE_KL) slopesOfChunk(REVERSE_KL, weight, count, work);
  else if (code === JEFFREYS) slopesOfChunk(JEFFREYS, weight, count, work);
  else if (code === GENERALIZED_JS) slopesOfChunk(GENERALIZED_JS, weight, count, work);
  else if (code === SKEW_KL) slopesOfChunk(SKEW_KL, weight, count, work);
  else if (code === TOTAL_VARIATION) slopesOfChunk(TOTAL_VARIATION, weight, count, work);
  else if (code === HELLINGER) slopesOfChunk(HELLINGER, weight, count, work);
  else slopesOfChunk(CHI2, weight, count, work);
}

/**
 * out = factor · (slope − share·total): the gradient by logits. An infinite slope stays infinite, and a class
 * without probability has its slope. What `balance` needs goes to `rest`.
 */
export function writeGradient(
  shares: usize,
  slopes: usize,
  count: i32,
  total: f64,
  factor: f64,
  out: usize,
  dtype: i32,
  rest: usize,
): void {
  const totals = f64x2.splat(total);
  const factors = f64x2.splat(factor);
  const infinity = v128.load64_splat(INFINITE);
  let sum = zero();
  for (; count > 0; count -= 2, shares += 16, slopes += 16) {
    const slope = v128.load(slopes);
    const share = v128.load(shares);
    const ordinary = v128.and(f64x2.gt(share, zero()), f64x2.lt(f64x2.abs(slope), infinity));
    const centred = select(f64x2.sub(slope, f64x2.mul(share, totals)), slope, ordinary);
    const gradient = f64x2.mul(centred, factors);
    const sure = f64x2.gt(share, half());
    sum = f64x2.add(sum, v128.andnot(gradient, sure));
    if (v128.any_true(sure)) store<i32>(rest, <i32>out + (i64x2.bitmask(sure) >> 1) * (4 << dtype), 8);
    if (dtype === 0) {
      const narrow = f32x4.demote_f64x2_zero(gradient);
      if (count === 1) v128.store32_lane(out, narrow, 0);
      else v128.store64_lane(out, narrow, 0);
      out += 8;
    } else {
      if (count === 1) v128.store64_lane(out, gradient, 0);
      else v128.store(out, gradient);
      out += 16;
    }
  }
  store<f64>(rest, load<f64>(rest) + sumOfLanes(sum));
}

/**
 * Makes the gradient of a side sum to 0, as it must, by the class that has more than half of the probability:
 * by itself its component is a small difference of large numbers.
 */
export function balance(rest: usize, dtype: i32): void {
  const sum = load<f64>(rest);
  const place = <usize>load<i32>(rest, 8);
  if (place === 0 || !isFinite(sum)) return;
  if (dtype === 0) {
    if (isFinite(load<f32>(place))) store<f32>(place, <f32>-sum);
  } else if (isFinite(load<f64>(place))) {
    store<f64>(place, -sum);
  }
}
