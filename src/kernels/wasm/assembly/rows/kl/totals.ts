// What the sums of sums.ts say of a row.
//
// With Z, S and G of sums.ts and E = S/Z = E_p[eᵘ] − 1:
//
//     KL = G/Z − (E − log(1 + E)),     log q − log p = u − log(1 + E).
//
// That holds for every c; c = max b − max a is a good first choice. Where G/Z is much larger than KL, or c
// large against what else the rows differ by, the row is done once more, carefully, with c += log(1 + E).

import { SHIFT, SHIFT_LOW } from "./exponents";
import { one, xMinusLog1p } from "../../math64";

/** The largest distance between two logits, over T, plus log n, that float32 exponentials can take. */
export const WIDEST: f64 = 86;

/** The part of a row that the loops take turns at. */
export const BLOCK_BYTES: usize = 256 * 4;

// The work area, behind what exponents.ts keeps there. Four numbers each, one for each lane.
/** Z, S and G in float64. */
export const TOTALS: usize = 80;
export const CENTRE: usize = 272; // c/T
export const KL: usize = 304;
export const LOG_EXCESS: usize = 336; // log(1 + E)
export const UNUSED: usize = 432;
/** Weights and exponents of a block (slopes.ts has numbers before them); behind them room for what only some need. */
export const WEIGHTS: usize = 576;
export const EXPONENTS: usize = WEIGHTS + BLOCK_BYTES;
export const FREE: usize = EXPONENTS + 4 * BLOCK_BYTES;

const limits: usize = memory.data<f64>([4.0, 1e-3, 1e-7, 1e-7 - 1, 0.0, 1e-30, 0.6931471805599453]);

@inline
function limit(index: usize): v128 {
  return v128.load64_splat(limits + index * 8);
}

/**
 * KL and log(1 + E) of lanes 2·pair and 2·pair + 1 from the totals.
 * Returns two bits that say which of the two need a better c, two that say which need more care, and two for
 * those whose KL is NaN or next to 0.
 */
export function conclude(totals: usize, pair: usize, work: usize): i32 {
  totals += pair * 16;
  work += pair * 16;
  const z = v128.load(totals);
  const unit = f64x2.div(limit(6), z);
  const g = f64x2.mul(v128.load(totals, 64), unit);
  const e = f64x2.mul(v128.load(totals, 32), unit);
  const sum = f64x2.pmax(f64x2.add(one(), e), limit(2));
  const gap = xMinusLog1p(f64x2.pmax(e, limit(3)), sum);
  const kl = f64x2.sub(g, gap);
  const c = v128.load(work, CENTRE);
  v128.store(work, f64x2.pmax(kl, limit(4)), KL);
  v128.store(work, f64x2.sub(e, gap), LOG_EXCESS);
  const off = f64x2.gt(g, f64x2.mul(f64x2.mul(limit(0), kl), f64x2.pmin(sum, one())));
  const shifted = f64x2.lt(kl, f64x2.mul(limit(1), f64x2.mul(c, c)));
  const faint = v128.not(f64x2.ge(kl, limit(5)));
  return i64x2.bitmask(off) | (i64x2.bitmask(shifted) << 2) | (i64x2.bitmask(faint) << 4);
}

@inline
export function setShift(lane: usize, c: f64, scale: f64, work: usize): void {
  const high = <f32>c;
  store<f32>(work + lane * 4, high, SHIFT);
  store<f32>(work + lane * 4, <f32>(c - <f64>high), SHIFT_LOW);
  store<f64>(work + lane * 8, c * scale, CENTRE);
}

/** Whether exp(a) and exp(b) sum to 1 within a tolerance; a negative one lets any sum pass. */
@inline
export function areNormalised(max: f64, c: f64, z: f64, tolerance: f64): bool {
  if (tolerance < 0) return true;
  const off = Math.max(Math.abs(z * Math.exp(max) - 1), Math.abs(z * Math.exp(max + c) - 1));
  return off <= tolerance;
}

/** Whether KL is too small for float32 although the rows differ. */
@inline
export function vanishes(kl: f64, sumS: f64): bool {
  return kl < 1e-30 && sumS !== 0;
}

@inline
export function clearTotals(work: usize): void {
  for (let k: usize = 0; k < 96; k += 16) v128.store(work + TOTALS + k, f64x2.splat(0));
}
