// The sums behind KL(P‖Q), four classes at a time, from the exponents (a − m)/T = (k + f)·ln 2 and
// u = ((b − a) − c)/T = (k' + f')·ln 2 of exponents.ts:
//
//     w = exp((a − m)/T),  g(u) = eᵘ − 1 − u,     Z = Σ w,  U = Σ w·u,  G = Σ w·g(u).
//
// From these (see klRows.ts) follow KL and both normalisers, without cancellation however close the rows are.
// U and G are summed in units of ln 2. A lane may be a column of one row (lanes are added up later) or a row of
// its own.

import { constant, EXP2, GAP2, LOG2E, multiplyAdd, ONE, ROUND_TO_POWER } from "./exp32";
import { EXPONENT_BYTES } from "./exponents";

/** Bytes of weights after which float32 sums are added to the totals: 32 in a lane keep their rounding small. */
const RUN: usize = 32 * 16;

/** Adds the lanes of a float32 sum to the four float64 totals at `at`. */
@inline
export function addTo(at: usize, sum: v128): void {
  const high = v128.shuffle<f32>(sum, sum, 2, 3, 0, 1);
  v128.store(at, f64x2.add(v128.load(at), f64x2.promote_low_f32x4(sum)));
  v128.store(at, f64x2.add(v128.load(at, 16), f64x2.promote_low_f32x4(high)), 16);
}

/**
 * 2^(k + f), k held as 1.5·2²³ + k: 2^f by a polynomial, to whose exponent k is added. Its coefficients, EXP2 and
 * so on, are arguments so that loops can load them once.
 */
@inline
export function powerOf(
  f: v128, k: v128,
  one: v128, c1: v128, c2: v128, c3: v128, c4: v128, c5: v128,
): v128 {
  const f2 = f32x4.mul(f, f);
  const high = multiplyAdd(f2, multiplyAdd(c5, f, c4), multiplyAdd(c3, f, c2));
  const power = multiplyAdd(f2, high, multiplyAdd(c1, f, one));
  return i32x4.add(power, i32x4.shl(k, 23));
}

/**
 * w of the exponents at `from` to the `bytes`/16 vectors at `w`, and Z added to the totals at `total`.
 */
export function weights(from: usize, bytes: usize, w: usize, total: usize): void {
  const one = constant(ONE);
  const c1 = constant(EXP2);
  const c2 = constant(EXP2 + 1);
  const c3 = constant(EXP2 + 2);
  const c4 = constant(EXP2 + 3);
  const c5 = constant(EXP2 + 4);
  const end = w + bytes;
  while (w < end) {
    let sum = f32x4.splat(0);
    for (const stop = min(w + RUN, end); w < stop; w += 16, from += EXPONENT_BYTES) {
      const weight = powerOf(v128.load(from, 32), v128.load(from, 48), one, c1, c2, c3, c4, c5);
      v128.store(w, weight);
      sum = f32x4.add(sum, weight);
    }
    addTo(total, sum);
  }
}

/**
 * Adds U and G over ln 2 to the totals at `total` and `total` + 32, from the exponents at `from` and the
 * `bytes`/16 vectors of weights at `w`.
 *
 * g(u) without a branch: s = 2^k', 2^f' = 1 + f'·ln 2 + f'²·ln 2·Q(f'), so
 * g/ln 2 = s·f'²·Q + ((s − 1)·(log₂e + f') − k'), where the bracket is exactly 0 at k' = 0.
 */
export function gaps(from: usize, bytes: usize, w: usize, total: usize): void {
  const round = constant(ROUND_TO_POWER);
  const one = constant(ONE);
  const log2e = constant(LOG2E);
  const q0 = constant(GAP2);
  const q1 = constant(GAP2 + 1);
  const q2 = constant(GAP2 + 2);
  const q3 = constant(GAP2 + 3);
  const q4 = constant(GAP2 + 4);
  const end = w + bytes;
  while (w < end) {
    let sumU = f32x4.splat(0);
    let sumG = sumU;
    for (const stop = min(w + RUN, end); w < stop; w += 16, from += EXPONENT_BYTES) {
      const f = v128.load(from);
      const t = v128.load(from, 16);
      const k = f32x4.sub(t, round);
      const s = i32x4.shl(t, 23);
      const f2 = f32x4.mul(f, f);
      const q = multiplyAdd(f2, multiplyAdd(f2, q4, multiplyAdd(q3, f, q2)), multiplyAdd(q1, f, q0));
      const bracket = f32x4.sub(f32x4.mul(f32x4.sub(s, one), f32x4.add(f, log2e)), k);
      const g = multiplyAdd(f32x4.mul(s, f2), q, bracket);
      const weight = v128.load(w);
      sumU = f32x4.add(sumU, f32x4.mul(weight, f32x4.add(k, f)));
      sumG = f32x4.add(sumG, f32x4.mul(weight, g));
    }
    addTo(total, sumU);
    addTo(total + 32, sumG);
  }
}
