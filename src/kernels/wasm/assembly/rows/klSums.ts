// The sums behind KL(P‖Q) from float32 logits a of P and b of Q, four at a time: with m ≥ a any offset,
// c any number, and T the temperature,
//
//     w = exp((a − m)/T),  u = ((b − a) − c)/T,  g(u) = eᵘ − 1 − u,
//     Z = Σ w,  U = Σ w·u,  G = Σ w·g(u).
//
// From these (see kl.ts) follow KL and both normalisers, without cancellation however close the rows are.
//
// A lane may be a column of one row (lanes are added up later) or a row of its own. `weights` and `gaps`
// are two loops over the same short block, so that the constants of each stay in registers.
//
// Two precisions. The plain one rounds b − a and a − m, which is harmless unless the rows differ by a
// constant that is large against what else they differ by, or exponents are beyond ±16. The careful one
// carries the rounding errors of both differences along and reduces exponents with ln 2 as a sum.

import {
  constant,
  EXP2,
  GAP,
  GAP2,
  LN2,
  LN2_HIGH,
  LN2_LOW,
  LOG2E,
  multiplyAdd,
  ONE,
  ROUND,
  ROUND_TO_POWER,
} from "./exp32";

/** Offsets in the work area of the numbers that the loops share; each is four float32 numbers. */
export const OFFSET: usize = 0; // m
export const SHIFT: usize = 16; // c, rounded to float32
export const SHIFT_LOW: usize = 32; // what the rounding of c left
export const SCALE: usize = 48; // 1/T
export const FACTOR: usize = 64; // log₂e/T
/** Z, U and G in float64: four numbers each, one for each lane. */
export const TOTALS: usize = 80;

/** Bytes after which float32 sums are added to the totals: 32 numbers in a lane keep their rounding small. */
const RUN: usize = 32 * 16;

/** Adds the lanes of a float32 sum to the four totals at `at`. */
@inline
export function addTo(at: usize, sum: v128): void {
  const high = v128.shuffle<f32>(sum, sum, 2, 3, 0, 1);
  v128.store(at, f64x2.add(v128.load(at), f64x2.promote_low_f32x4(sum)));
  v128.store(at, f64x2.add(v128.load(at, 16), f64x2.promote_low_f32x4(high)), 16);
}

/** The rounding error of difference = fl(a − b), exactly (Knuth, TAOCP 2, §4.2.2, theorem B). */
@inline
export function differenceError(a: v128, b: v128, difference: v128): v128 {
  const bVirtual = f32x4.sub(a, difference);
  return f32x4.add(f32x4.sub(a, f32x4.add(difference, bVirtual)), f32x4.sub(bVirtual, b));
}

/**
 * w of the `bytes`/16 vectors at `a`, written to `w`, and Z added to the four float64 totals at `total`.
 *
 * In base 2: y = (a − m)·log₂e/T = k + f with |f| ≤ ½, and 2^f by a polynomial, to whose exponent k is added.
 */
export function weights(a: usize, bytes: usize, w: usize, total: usize, work: usize): void {
  const m = v128.load(work, OFFSET);
  const factor = v128.load(work, FACTOR);
  const round = constant(ROUND);
  const one = constant(ONE);
  const c1 = constant(EXP2);
  const c2 = constant(EXP2 + 1);
  const c3 = constant(EXP2 + 2);
  const c4 = constant(EXP2 + 3);
  const c5 = constant(EXP2 + 4);
  const end = a + bytes;
  while (a < end) {
    let sum = f32x4.splat(0);
    for (const stop = min(a + RUN, end); a < stop; a += 16, w += 16) {
      const y = f32x4.mul(f32x4.sub(v128.load(a), m), factor);
      const t = f32x4.add(y, round);
      const f = f32x4.sub(y, f32x4.sub(t, round));
      const f2 = f32x4.mul(f, f);
      const high = multiplyAdd(f2, multiplyAdd(c5, f, c4), multiplyAdd(c3, f, c2));
      const power = multiplyAdd(f2, high, multiplyAdd(c1, f, one));
      const weight = i32x4.add(power, i32x4.shl(t, 23));
      v128.store(w, weight);
      sum = f32x4.add(sum, weight);
    }
    addTo(total, sum);
  }
}

/** `weights` in the careful precision. */
export function weightsCarefully(a: usize, bytes: usize, w: usize, total: usize, work: usize): void {
  const m = v128.load(work, OFFSET);
  const scale = v128.load(work, SCALE);
  const log2e = constant(LOG2E);
  const round = constant(ROUND_TO_POWER);
  const ln2High = constant(LN2_HIGH);
  const ln2Low = constant(LN2_LOW);
  const one = constant(ONE);
  const end = a + bytes;
  while (a < end) {
    let sum = f32x4.splat(0);
    for (const stop = min(a + RUN, end); a < stop; a += 16, w += 16) {
      const value = v128.load(a);
      const difference = f32x4.sub(value, m);
      const error = f32x4.mul(differenceError(value, m, difference), scale);
      const x = f32x4.mul(difference, scale);
      const t = f32x4.add(f32x4.mul(x, log2e), round);
      const k = f32x4.sub(t, round);
      const r = f32x4.add(f32x4.sub(f32x4.sub(x, f32x4.mul(k, ln2High)), f32x4.mul(k, ln2Low)), error);
      const power = f32x4.add(one, f32x4.add(r, f32x4.mul(f32x4.mul(r, r), gapPolynomial(r))));
      const weight = f32x4.mul(power, i32x4.shl(t, 23));
      v128.store(w, weight);
      sum = f32x4.add(sum, weight);
    }
    addTo(total, sum);
  }
}

/** (eʳ − 1 − r)/r² for |r| ≤ ½·ln 2. */
@inline
function gapPolynomial(r: v128): v128 {
  const r2 = f32x4.mul(r, r);
  const high = multiplyAdd(r2, constant(GAP + 4), multiplyAdd(constant(GAP + 3), r, constant(GAP + 2)));
  return multiplyAdd(r2, high, multiplyAdd(constant(GAP + 1), r, constant(GAP)));
}

/**
 * Adds U and G to the totals, over `bytes`/16 vectors with the weights at `w`; U comes in base 2, that is
 * times log₂e.
 *
 * g(u) without a branch: u·log₂e = y = k + f, s = 2^k, 2^f = 1 + f·ln 2 + f²·Q(f), so
 * g = s·f²·Q + ((s − 1)·(1 + f·ln 2) − k·ln 2), where the bracket is exactly 0 at k = 0.
 */
export function gaps(a: usize, b: usize, bytes: usize, w: usize, work: usize): void {
  const c = v128.load(work, SHIFT);
  const factor = v128.load(work, FACTOR);
  const round = constant(ROUND_TO_POWER);
  const ln2 = constant(LN2);
  const one = constant(ONE);
  const q0 = constant(GAP2);
  const q1 = constant(GAP2 + 1);
  const q2 = constant(GAP2 + 2);
  const q3 = constant(GAP2 + 3);
  const q4 = constant(GAP2 + 4);
  const end = a + bytes;
  while (a < end) {
    let sumU = f32x4.splat(0);
    let sumG = sumU;
    for (const stop = min(a + RUN, end); a < stop; a += 16, b += 16, w += 16) {
      const y = f32x4.mul(f32x4.sub(f32x4.sub(v128.load(b), v128.load(a)), c), factor);
      const t = f32x4.add(y, round);
      const k = f32x4.sub(t, round);
      const f = f32x4.sub(y, k);
      const s = i32x4.shl(t, 23);
      const f2 = f32x4.mul(f, f);
      const q = multiplyAdd(f2, multiplyAdd(f2, q4, multiplyAdd(q3, f, q2)), multiplyAdd(q1, f, q0));
      const power = f32x4.mul(f32x4.sub(s, one), multiplyAdd(f, ln2, one));
      const g = multiplyAdd(f32x4.mul(s, f2), q, f32x4.sub(power, f32x4.mul(k, ln2)));
      const weight = v128.load(w);
      sumU = f32x4.add(sumU, f32x4.mul(weight, y));
      sumG = f32x4.add(sumG, f32x4.mul(weight, g));
    }
    addTo(work + TOTALS + 32, sumU);
    addTo(work + TOTALS + 64, sumG);
  }
}

/** `gaps` in the careful precision; U comes as it is. */
export function gapsCarefully(a: usize, b: usize, bytes: usize, w: usize, work: usize): void {
  const c = v128.load(work, SHIFT);
  const cLow = v128.load(work, SHIFT_LOW);
  const scale = v128.load(work, SCALE);
  const log2e = constant(LOG2E);
  const round = constant(ROUND_TO_POWER);
  const ln2High = constant(LN2_HIGH);
  const ln2Low = constant(LN2_LOW);
  const one = constant(ONE);
  const end = a + bytes;
  while (a < end) {
    let sumU = f32x4.splat(0);
    let sumG = sumU;
    for (const stop = min(a + RUN, end); a < stop; a += 16, b += 16, w += 16) {
      const p = v128.load(a);
      const q = v128.load(b);
      const difference = f32x4.sub(q, p);
      const error = f32x4.sub(differenceError(q, p, difference), cLow);
      // d − c is exact where it is small; its own rounding error is added back where it is not.
      const high = f32x4.sub(difference, c);
      const low = f32x4.mul(f32x4.add(differenceError(difference, c, high), error), scale);
      const x = f32x4.mul(high, scale);
      const u = f32x4.add(x, low);
      const t = f32x4.add(f32x4.mul(u, log2e), round);
      const k = f32x4.sub(t, round);
      const r = f32x4.add(f32x4.sub(f32x4.sub(x, f32x4.mul(k, ln2High)), f32x4.mul(k, ln2Low)), low);
      const s = i32x4.shl(t, 23);
      const bracket = f32x4.sub(
        f32x4.mul(f32x4.sub(s, one), f32x4.add(one, r)),
        f32x4.add(f32x4.mul(k, ln2High), f32x4.mul(k, ln2Low)),
      );
      const g = f32x4.add(f32x4.mul(f32x4.mul(s, f32x4.mul(r, r)), gapPolynomial(r)), bracket);
      const weight = v128.load(w);
      sumU = f32x4.add(sumU, f32x4.mul(weight, u));
      sumG = f32x4.add(sumG, f32x4.mul(weight, g));
    }
    addTo(work + TOTALS + 32, sumU);
    addTo(work + TOTALS + 64, sumG);
  }
}
