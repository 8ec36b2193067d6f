// The sums behind KL(P‖Q), four classes at a time, from the exponents (a − m)/T = (k + f)·ln 2 and
// u = ((b − a) − c)/T = (k' + f')·ln 2 of exponents.ts:
//
//     w = exp((a − m)/T),  g(u) = eᵘ − 1 − u,     Z = Σ w,  S = Σ w·(eᵘ − 1),  G = Σ w·g(u).
//
// From these follow KL and both normalisers (totals.ts), without cancellation however close the rows are, and,
// where the summands of S and of U = S − G are kept, both gradients (slopes.ts). S, G and what is kept are in
// units of ln 2. A lane may be a column of one row (lanes are added up later) or a row of its own.

import { constant, EXP2, GAP2, LOG2E, multiplyAdd, ONE, ROUND_TO_POWER } from "./exp32";
import { EXPONENT_BYTES } from "./exponents";

/** Bytes of weights after which float32 sums are added to the totals: 32 in a lane keep their rounding small. */
export const RUN: usize = 32 * 16;

/** Adds the lanes of a float32 sum to the four float64 totals at `at`. */
@inline
export function addTo(at: usize, sum: v128): void {
  const high = v128.shuffle<f32>(sum, sum, 2, 3, 0, 1);
  v128.store(at, f64x2.add(v128.load(at), f64x2.promote_low_f32x4(sum)));
  v128.store(at, f64x2.add(v128.load(at, 16), f64x2.promote_low_f32x4(high)), 16);
}

/**
 * w of the exponents at `from` to the `bytes`/16 vectors at `w`, and Z added to the totals at `total`. After each `run`
 * bytes of weights float32 sums are added to the totals, and the next ones go to totals that are `step` bytes further.
 */
export function weights(from: usize, bytes: usize, w: usize, total: usize, run: usize, step: usize): void {
  const one = constant(ONE);
  const c1 = constant(EXP2);
  const c2 = constant(EXP2 + 1);
  const c3 = constant(EXP2 + 2);
  const c4 = constant(EXP2 + 3);
  const c5 = constant(EXP2 + 4);
  const end = w + bytes;
  while (w < end) {
    let sum = f32x4.splat(0);
    for (const stop = min(w + run, end); w < stop; w += 16, from += EXPONENT_BYTES) {
      // 2^f by a polynomial, to whose exponent k is added; k is held as 1.5·2²³ + k.
      const f = v128.load(from, 32);
      const f2 = f32x4.mul(f, f);
      const high = multiplyAdd(f2, multiplyAdd(c5, f, c4), multiplyAdd(c3, f, c2));
      const power = multiplyAdd(f2, high, multiplyAdd(c1, f, one));
      const weight = i32x4.add(power, i32x4.shl(v128.load(from, 48), 23));
      v128.store(w, weight);
      sum = f32x4.add(sum, weight);
    }
    addTo(total, sum);
    total += step;
  }
}

/** The sides whose gradients are wanted, as bits. */
export const SIDE_P: i32 = 1;
export const SIDE_Q: i32 = 2;

/**
 * Adds S and G to the totals at `total` and `total` + 32, from the exponents at `from` and the `bytes`/16 vectors
 * of weights at `w`. Keeps w·u at `toP` and w·(eᵘ − 1) at `toQ`, those of them that `sides` names. `run` and `step`
 * are as in `weights`.
 */
export function gaps(
  sides: i32, from: usize, bytes: usize, w: usize, total: usize, toP: usize, toQ: usize, run: usize, step: usize,
): void {
  if (sides === 0) sumGaps(false, false, from, bytes, w, total, toP, toQ, run, step);
  else if (sides === SIDE_Q) sumGaps(false, true, from, bytes, w, total, toP, toQ, run, step);
  else if (sides === SIDE_P) sumGaps(true, false, from, bytes, w, total, toP, toQ, run, step);
  else sumGaps(true, true, from, bytes, w, total, toP, toQ, run, step);
}

/**
 * eᵘ − 1 and g(u) without a branch: with u = (k + f)·ln 2, s = 2^k and 2^f = 1 + f·ln 2 + f²·ln 2·Q(f), over ln 2
 *
 *     eᵘ − 1 = s·f²·Q + (h + f),  g(u) = s·f²·Q + (h − k),     h = (s − 1)·(log₂e + f),
 *
 * where h is exactly 0 at k = 0.
 */
@inline
function sumGaps(
  keepP: bool, keepQ: bool,
  from: usize, bytes: usize, w: usize, total: usize, toP: usize, toQ: usize, run: usize, step: usize,
): void {
  const round = constant(ROUND_TO_POWER);
  const log2e = constant(LOG2E);
  const q0 = constant(GAP2);
  const q1 = constant(GAP2 + 1);
  const q2 = constant(GAP2 + 2);
  const q3 = constant(GAP2 + 3);
  const q4 = constant(GAP2 + 4);
  const end = w + bytes;
  while (w < end) {
    let sumS = f32x4.splat(0);
    let sumG = sumS;
    for (const stop = min(w + run, end); w < stop; w += 16, from += EXPONENT_BYTES) {
      const f = v128.load(from);
      const t = v128.load(from, 16);
      const k = f32x4.sub(t, round);
      const s = i32x4.shl(t, 23);
      const f2 = f32x4.mul(f, f);
      const q = multiplyAdd(f2, multiplyAdd(f2, q4, multiplyAdd(q3, f, q2)), multiplyAdd(q1, f, q0));
      const v = f32x4.add(f, log2e);
      const h = f32x4.sub(f32x4.mul(s, v), v);
      const square = f32x4.mul(f32x4.mul(s, f2), q);
      const weight = v128.load(w);
      const excess = f32x4.mul(weight, f32x4.add(square, f32x4.add(h, f)));
      if (keepP) {
        v128.store(toP, f32x4.mul(weight, f32x4.add(k, f)));
        toP += 16;
      }
      if (keepQ) {
        v128.store(toQ, excess);
        toQ += 16;
      }
      sumS = f32x4.add(sumS, excess);
      sumG = f32x4.add(sumG, f32x4.mul(weight, f32x4.add(square, f32x4.sub(h, k))));
    }
    addTo(total, sumS);
    addTo(total + 32, sumG);
    total += step;
  }
}
