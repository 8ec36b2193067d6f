// Measures as the kernels know them, and their sums over a chunk of classes.

import { sumOfLanes } from "../simd";
import { select, zero } from "./math64";
import { LOG_P, LOG_Q, P, Q, T } from "./pair/index";
import {
  CHI2,
  GENERALIZED_JS,
  HELLINGER,
  JEFFREYS,
  KL,
  REVERSE_KL,
  SKEW_KL,
  summand,
  TOTAL_VARIATION,
} from "./summands";

/**
 * A measure is four float64 numbers: the code of its summand, that one's weight, a factor, and 1 for √(factor ·
 * Σ h), 0 for factor · Σ h.
 */
export const MEASURE_BYTES: usize = 32;

/** Σ h over the `count` classes in the work area. */
@inline
function sumChunkOf(code: i32, weight: f64, count: i32, work: usize): f64 {
  const w = f64x2.splat(weight);
  let sum = zero();
  for (const end = work + (<usize>count << 3); work < end; work += 16) {
    const t = v128.load(work, T);
    const qSmaller = f64x2.le(t, zero());
    const m = select(v128.load(work, P), v128.load(work, Q), qSmaller);
    const logM = select(v128.load(work, LOG_P), v128.load(work, LOG_Q), qSmaller);
    sum = f64x2.add(sum, summand(code, w, m, f64x2.neg(f64x2.abs(t)), logM, qSmaller));
  }
  return sumOfLanes(sum);
}

export function sumChunk(code: i32, weight: f64, count: i32, work: usize): f64 {
  if (code === KL) return sumChunkOf(KL, weight, count, work);
  if (code === REVERSE_KL) return sumChunkOf(REVERSE_KL, weight, count, work);
  if (code === JEFFREYS) return sumChunkOf(JEFFREYS, weight, count, work);
  if (code === GENERALIZED_JS) return sumChunkOf(GENERALIZED_JS, weight, count, work);
  if (code === SKEW_KL) return sumChunkOf(SKEW_KL, weight, count, work);
  if (code === TOTAL_VARIATION) return sumChunkOf(TOTAL_VARIATION, weight, count, work);
  if (code === HELLINGER) return sumChunkOf(HELLINGER, weight, count, work);
  return sumChunkOf(CHI2, weight, count, work);
}
