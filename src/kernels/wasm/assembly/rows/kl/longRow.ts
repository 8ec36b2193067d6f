// Rows of more than a few classes, one at a time.

import { largestLane, smallestLane, sumOfLanes } from "../../simd";
import {
  exponents,
  FAR_SQUARE,
  HIGH,
  LOW,
  OFFSET,
  SHIFT,
  SHIFT_LOW,
  watchAnew,
  watchedExponents,
} from "./exponents";
import {
  areSettled,
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
} from "./slopes";
import { addTo, gaps, RUN, SIDE_P, SIDE_Q, weights } from "./sums";
import {
  areNormalised,
  BLOCK_BYTES,
  clearTotals,
  conclude,
  EXPONENTS,
  KL,
  LOG_EXCESS,
  setShift,
  TOTALS,
  UNUSED,
  vanishes,
  WEIGHTS,
  WIDEST,
} from "./totals";

/** Classes after which a row is looked at, to see whether its c is a good one. */
const PILOT: i32 = 128;

/** The largest exponent of b, in units of ln 2 and squared, that the plain precision takes: 16 nats. */
const FARTHEST: f32 = 532.8;

/** How far m, over T, may be below the largest a. */
const HIGHER: f64 = 8;

/** How often a row is summed; what is not done by then is left to the general kernel. */
const MOST_TURNS: i32 = 10;

/** In the work area: the largest number seen in a and in b. */
const SEEN_A: usize = 416;
const SEEN_B: usize = 420;

/** In the work area: Z, S, G of all lanes together. */
const ROW_TOTALS: usize = 176;

/** The largest of the n ≥ 8 numbers at `x`, to `out`, less the smallest. NaN is passed over. */
function extremes(x: usize, n: i32, out: usize): f64 {
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
  const largest = largestLane<f32>(high);
  store<f32>(out, largest);
  return <f64>largest - smallestLane(low);
}

/** KL of one long row, and its gradients; NaN if it needs the general kernel. See `klRows32`. */
export function oneRow(
  a: usize, b: usize, gp: usize, gq: usize, sides: i32,
  n: i32, scale: f64, temperature: f64, tolerance: f64, work: usize,
): f64 {
  const totals = work + ROW_TOTALS;
  const bytes = <usize>n << 2;
  const widest = (WIDEST - Math.log(<f64>n)) * temperature;
  // The first classes tell m and c; how far the others reach is seen while they are summed.
  let pilot = n > 3 * PILOT;
  const looked = pilot ? PILOT : n;
  extremes(a, looked, work + SEEN_A);
  let m: f64 = load<f32>(work, SEEN_A);
  extremes(b, looked, work + SEEN_B);
  let c = <f64>load<f32>(work, SEEN_B) - m;
  let careful = false;
  for (let turn = 0; ; turn++) {
    if (turn === MOST_TURNS) return NaN;
    v128.store(work, f32x4.splat(<f32>m), OFFSET);
    if (!careful) c = <f64>(<f32>c);
    setShift(0, c, 1 / temperature, work);
    v128.store(work, v128.load32_splat(work, SHIFT), SHIFT);
    v128.store(work, v128.load32_splat(work, SHIFT_LOW), SHIFT_LOW);
    clearTotals(work);
    watchAnew(work);
    const done = pilot ? PILOT << 2 : bytes;
    rowSums(a, b, gp, gq, sides, 0, done, careful, work);
    let again = judge(careful, work);
    if (pilot && again === 0) {
      rowSums(a, b, gp, gq, sides, done, bytes, careful, work);
      again = judge(careful, work);
    }
    pilot = false;
    const excess = load<f64>(work, LOG_EXCESS) * temperature;
    if (again >= CAREFULLY) {
      careful = true;
      const rangeA = extremes(a, n, work + SEEN_A);
      const rangeB = extremes(b, n, work + SEEN_B);
      if (!(rangeA <= widest && rangeB <= widest)) return NaN;
      m = load<f32>(work, SEEN_A);
      c = again === CAREFULLY ? c + excess : <f64>load<f32>(work, SEEN_B) - m;
      continue;
    }
    if (!careful) {
      // Weights out of their range make sums that mean nothing.
      if (!(m - smallestLane(v128.load(work, LOW)) <= widest)) return NaN;
      const high: f64 = largestLane<f32>(v128.load(work, HIGH));
      if (high - m > HIGHER * temperature) {
        m = high;
        continue;
      }
    }
    if (isNaN(excess)) return NaN;
    c += excess;
    if (again === 0) break;
  }
  const kl = load<f64>(work, KL);
  const z = load<f64>(totals);
  const s = load<f64>(totals, 32);
  if (vanishes(kl, s) || !areNormalised(m, c, z, tolerance)) return NaN;
  if (sides === 0) return kl;
  const g = load<f64>(totals, 64);
  const w = work + ROW_WEIGHTS;
  setSlopes(v128.load(totals), v128.load(totals, 32), v128.load(totals, 64), f64x2.splat(scale), work);
  if (kl > FAR && (sides & SIDE_P) !== 0) {
    recentre(0, z, s, g, temperature, work);
    store<f32>(work, <f32>(farRow(a, b, w, bytes, gp, work) / z), MEAN_P);
  }
  if ((sides & SIDE_P) !== 0) centreRow(gp, w, bytes, load<f32>(work, MEAN_P), load<f32>(work, FACTOR_P));
  if ((sides & SIDE_Q) !== 0) centreRow(gq, w, bytes, load<f32>(work, MEAN_Q), load<f32>(work, FACTOR_Q));
  const max: f64 = careful ? m : largestLane<f32>(v128.load(work, HIGH));
  if (!areSettled(z * Math.exp((m - max) / temperature), scale)) settle(sides, a, gp, gq, n, max, scale);
  return kl;
}

/** What is to be done with a row that was summed: nothing, or sum it once more, with a better c … */
const BETTER: i32 = 1;
/** … carefully … */
const CAREFULLY: i32 = 4;
/** … or carefully and with another c, for these numbers mean nothing. */
const TOO_FAR: i32 = 8;

@inline
function judge(careful: bool, work: usize): i32 {
  const again = concludeRow(work);
  if (careful) return again & BETTER;
  const isFar = v128.any_true(f32x4.gt(v128.load(work, FAR_SQUARE), f32x4.splat(FARTHEST)));
  return isFar ? TOO_FAR : again & (BETTER | CAREFULLY);
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
  const room = work + EXPONENTS;
  farSlopes(a, b, w, whole, out, totals, room, work);
  const sums = f64x2.add(v128.load(totals), v128.load(totals, 16));
  let sum = sumOfLanes(sums);
  if (whole === bytes) return sum;
  // The last four classes; those of them that are done already get the same numbers.
  const last = bytes - 16;
  farSlopes(a + last, b + last, w + last, 16, out + last, work + UNUSED, room, work);
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
    if (careful) exponents(true, a + start, b + start, length, from, work);
    else watchedExponents(a + start, b + start, length, from, work);
    weights(from, length, w, totals, RUN, 0);
    gaps(sides, from, length, w, totals + 32, gp + start, gq + start, RUN, 0);
  }
  if (whole === end) return;
  // The last four classes, of which those that are done already get weight 0.
  const last = end - 16;
  const w = work + WEIGHTS;
  if (careful) exponents(true, a + last, b + last, 16, from, work);
  else watchedExponents(a + last, b + last, 16, from, work);
  weights(from, 16, w, work + UNUSED, RUN, 0);
  const done = whole - last;
  memory.fill(w, 0, done);
  addTo(totals, v128.load(w));
  gaps(sides, from, 16, w, totals + 32, w + 16, w + 32, RUN, 0);
  if (sides === 0) return;
  memory.copy(row + whole, w + done, 16 - done);
  if ((sides & SIDE_P) !== 0) memory.copy(gp + whole, w + 16 + done, 16 - done);
  if ((sides & SIDE_Q) !== 0) memory.copy(gq + whole, w + 32 + done, 16 - done);
}
