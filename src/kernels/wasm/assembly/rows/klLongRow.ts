// Rows of more than a few classes, one at a time.

import { sumOfLanes } from "../simd";
import { exponents, OFFSET, SHIFT, SHIFT_LOW } from "./exponents";
import {
  centreRow,
  FACTOR_P,
  FACTOR_Q,
  FAR,
  farSlopes,
  MEAN_P,
  MEAN_Q,
  ROW_WEIGHTS,
  recentre,
  setSlopes,
  settle,
} from "./klSlopes";
import { addTo, gaps, SIDE_P, SIDE_Q, weights } from "./klSums";
import {
  areNormalised,
  BLOCK_BYTES,
  clearTotals,
  conclude,
  EXPONENTS,
  HIGHEST,
  KL,
  LOG_EXCESS,
  setShift,
  TOTALS,
  UNUSED,
  vanishes,
  WEIGHTS,
  WIDE,
  WIDEST,
} from "./klTotals";

/** Classes after which a row is looked at, to see whether its c is a good one. */
const PILOT: i32 = 128;

/** In the work area: Z, S, G of all lanes together. */
const ROW_TOTALS: usize = 176;

/** The largest and the smallest of the n ≥ 8 numbers at `x`, to `out`. NaN is passed over. */
function extremes(x: usize, n: i32, out: usize): void {
  const end = x + (<usize>n << 2);
  let high = v128.load(end - 32);
  let low = high;
  let high2 = v128.load(end - 16);
  let low2 = high2;
  for (; x <= end - 32; x += 32) {
    const first = v128.load(x);
    const second = v128.load(x, 16);
    high = f32x4.pmax(high, first);
    low = f32x4.pmin(low, first);
    high2 = f32x4.pmax(high2, second);
    low2 = f32x4.pmin(low2, second);
  }
  high = f32x4.pmax(high, high2);
  low = f32x4.pmin(low, low2);
  high = f32x4.pmax(high, v128.shuffle<f32>(high, high, 2, 3, 0, 1));
  low = f32x4.pmin(low, v128.shuffle<f32>(low, low, 2, 3, 0, 1));
  high = f32x4.pmax(high, v128.shuffle<f32>(high, high, 1, 0, 3, 2));
  low = f32x4.pmin(low, v128.shuffle<f32>(low, low, 1, 0, 3, 2));
  v128.store(out, v128.shuffle<f32>(high, low, 0, 4, 1, 5));
}

/** KL of one long row, and its gradients; NaN if it needs the general kernel. See `klRows32`. */
export function oneRow(
  a: usize, b: usize, gp: usize, gq: usize, sides: i32,
  n: i32, scale: f64, temperature: f64, tolerance: f64, work: usize,
): f64 {
  extremes(a, n, work + HIGHEST);
  extremes(b, n, work + HIGHEST + 16);
  const max: f64 = load<f32>(work, HIGHEST);
  const maxB: f64 = load<f32>(work, HIGHEST + 16);
  const rangeA = (max - load<f32>(work, HIGHEST + 4)) / temperature;
  const rangeB = (maxB - load<f32>(work, HIGHEST + 20)) / temperature;
  const widest = WIDEST - Math.log(<f64>n);
  if (!(rangeA <= widest && rangeB <= widest)) return NaN;
  v128.store(work, f32x4.splat(<f32>max), OFFSET);
  const totals = work + ROW_TOTALS;
  const bytes = <usize>n << 2;
  let careful = rangeA > WIDE || rangeB > WIDE;
  let c = maxB - max;
  let pilot = n > 3 * PILOT;
  for (let turn = 0; turn < 6; turn++) {
    if (!careful) c = <f64>(<f32>c);
    setShift(0, c, 1 / temperature, work);
    v128.store(work, v128.load32_splat(work, SHIFT), SHIFT);
    v128.store(work, v128.load32_splat(work, SHIFT_LOW), SHIFT_LOW);
    clearTotals(work);
    const done = pilot ? PILOT << 2 : bytes;
    rowSums(a, b, gp, gq, sides, 0, done, careful, work);
    let again = concludeRow(work);
    if (pilot && (again & 1) === 0 && (careful || (again & 4) === 0)) {
      rowSums(a, b, gp, gq, sides, done, bytes, careful, work);
      again = concludeRow(work);
    }
    pilot = false;
    const excess = load<f64>(work, LOG_EXCESS);
    if (isNaN(excess)) return NaN;
    c += excess * temperature;
    if ((again & 4) !== 0 && !careful) careful = true;
    else if ((again & 1) === 0) break;
  }
  const kl = load<f64>(work, KL);
  const z = load<f64>(totals);
  const s = load<f64>(totals, 32);
  if (vanishes(kl, s) || !areNormalised(max, c, z, tolerance)) return NaN;
  if (sides === 0) return kl;
  const g = load<f64>(totals, 64);
  const w = work + ROW_WEIGHTS;
  setSlopes(0, z, s, g, scale, work);
  if (kl > FAR && (sides & SIDE_P) !== 0) {
    recentre(0, z, s, g, temperature, work);
    store<f32>(work, <f32>(farRow(a, b, w, bytes, gp, work) / z), MEAN_P);
  }
  if ((sides & SIDE_P) !== 0) centreRow(gp, w, bytes, load<f32>(work, MEAN_P), load<f32>(work, FACTOR_P));
  if ((sides & SIDE_Q) !== 0) centreRow(gq, w, bytes, load<f32>(work, MEAN_Q), load<f32>(work, FACTOR_Q));
  settle(sides, a, gp, gq, n, max, z, scale);
  return kl;
}

@inline
function concludeRow(work: usize): i32 {
  for (let k: usize = 0; k < 96; k += 32) {
    const at = work + TOTALS + k;
    const total = load<f64>(at) + load<f64>(at, 8) + (load<f64>(at, 16) + load<f64>(at, 24));
    v128.store(work + ROW_TOTALS + k, f64x2.splat(total));
  }
  return conclude(work + ROW_TOTALS, 0, work);
}

/** `farSlopes` of a row of any length; returns the sum. */
function farRow(a: usize, b: usize, w: usize, bytes: usize, out: usize, work: usize): f64 {
  v128.store(work, v128.load32_splat(work, SHIFT), SHIFT);
  v128.store(work, v128.load32_splat(work, SHIFT_LOW), SHIFT_LOW);
  const totals = work + TOTALS;
  clearTotals(work);
  const whole = bytes & ~15;
  farSlopes(a, b, w, whole, out, totals, work);
  const sums = f64x2.add(v128.load(totals), v128.load(totals, 16));
  let sum = sumOfLanes(sums);
  if (whole === bytes) return sum;
  // The last four classes; those of them that are done already get the same numbers.
  const last = bytes - 16;
  farSlopes(a + last, b + last, w + last, 16, out + last, work + UNUSED, work);
  for (let at = whole; at < bytes; at += 4) sum += load<f32>(out + at);
  return sum;
}

/**
 * Adds the classes from byte `start` to byte `end`, which is a multiple of 16 or the row's end. What the gradients
 * need of each class goes to `gp`, `gq` and the row's weights.
 */
function rowSums(
  a: usize, b: usize, gp: usize, gq: usize, sides: i32,
  start: usize, end: usize, careful: bool, work: usize,
): void {
  const from = work + EXPONENTS;
  const totals = work + TOTALS;
  const row = work + ROW_WEIGHTS;
  const whole = end & ~15;
  for (; start < whole; start += BLOCK_BYTES) {
    const length = min(BLOCK_BYTES, whole - start);
    const w = sides === 0 ? work + WEIGHTS : row + start;
    exponents(careful, a + start, b + start, length, from, work);
    weights(from, length, w, totals);
    gaps(sides, from, length, w, totals + 32, gp + start, gq + start);
  }
  if (whole === end) return;
  // The last four classes, of which those that are done already get weight 0.
  const last = end - 16;
  const w = work + WEIGHTS;
  exponents(careful, a + last, b + last, 16, from, work);
  weights(from, 16, w, work + UNUSED);
  const done = whole - last;
  memory.fill(w, 0, done);
  addTo(totals, v128.load(w));
  gaps(sides, from, 16, w, totals + 32, w + 16, w + 32);
  if (sides === 0) return;
  memory.copy(row + whole, w + done, 16 - done);
  if ((sides & SIDE_P) !== 0) memory.copy(gp + whole, w + 16 + done, 16 - done);
  if ((sides & SIDE_Q) !== 0) memory.copy(gq + whole, w + 32 + done, 16 - done);
}
