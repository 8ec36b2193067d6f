// Measures as the kernels know them: their sums over a chunk of classes, and what becomes of the sums.

import { sumOfLanes } from "../../simd";
import { select, zero } from "../../math64";
import { LOG_P, LOG_Q, P, Q, T } from "./pair/index";
import { sumPowers } from "./powers";
import { largestRatio, renyi } from "./renyi";
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
  UNSUPPORTED,
} from "./summands";

// A measure is six float64 numbers.

/** Which h: a code of summands.ts, or one of these. */
export const CODE: usize = 0;
/** Power divergence of the order `WEIGHT` (powers.ts). */
export const POWER: i32 = 9;
/** Not a sum: the largest log p/q (renyi.ts). */
export const LARGEST_RATIO: i32 = 10;

/** The parameter of h: β, λ or α. */
export const WEIGHT: usize = 8;
export const FACTOR: usize = 16;

/** What the measure is of factor · Σ h: that itself, its root, or the Rényi divergence whose loss it is. */
export const FINISH: usize = 24;
export const ITSELF: i32 = 0;
export const ROOT: i32 = 1;
const RENYI: i32 = 2;

/** ∂h/∂p where p = 0 < q, and ∂h/∂q where q = 0 < p; infinite where there is no finite value. */
export const EDGE_P: usize = 32;
export const EDGE_Q: usize = 40;

export const MEASURE_BYTES: usize = 48;

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

function sumChunk(code: i32, weight: f64, count: i32, work: usize): f64 {
  if (code === KL) return sumChunkOf(KL, weight, count, work);
  if (code === REVERSE_KL) return sumChunkOf(REVERSE_KL, weight, count, work);
  if (code === JEFFREYS) return sumChunkOf(JEFFREYS, weight, count, work);
  if (code === GENERALIZED_JS) return sumChunkOf(GENERALIZED_JS, weight, count, work);
  if (code === SKEW_KL) return sumChunkOf(SKEW_KL, weight, count, work);
  if (code === TOTAL_VARIATION) return sumChunkOf(TOTAL_VARIATION, weight, count, work);
  if (code === HELLINGER) return sumChunkOf(HELLINGER, weight, count, work);
  if (code === UNSUPPORTED) return sumChunkOf(UNSUPPORTED, weight, count, work);
  if (code === POWER) return sumPowers(weight, count, work);
  return sumChunkOf(CHI2, weight, count, work);
}

/** `sum` with the classes in the work area: Σ h, for order ∞ the largest log p/q so far. */
export function addChunk(measure: usize, sum: f64, count: i32, work: usize): f64 {
  const code = <i32>load<f64>(measure, CODE);
  if (code === LARGEST_RATIO) return largestRatio(sum, count, work);
  return sum + sumChunk(code, load<f64>(measure, WEIGHT), count, work);
}

/** The measure of a row pair, made of its Σ h. */
export function finish(measure: usize, sum: f64, p: usize, q: usize, n: i32, work: usize): f64 {
  const scaled = load<f64>(measure, FACTOR) * sum;
  const kind = <i32>load<f64>(measure, FINISH);
  if (kind === RENYI) return renyi(load<f64>(measure, WEIGHT), scaled, p, q, n, work);
  return kind === ROOT ? Math.sqrt(scaled) : scaled;
}
