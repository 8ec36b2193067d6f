// Rows of few classes, four at a time, one in each lane.

import { exponents, OFFSET, SCALE, SHIFT, SHIFT_LOW } from "./exponents";
import {
  centre,
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
import { gaps, SIDE_P, SIDE_Q, weights } from "./klSums";
import {
  areNormalised,
  CENTRE,
  clearTotals,
  conclude,
  EXPONENTS,
  HIGHEST,
  KL,
  LOG_EXCESS,
  setShift,
  TOTALS,
  vanishes,
} from "./klTotals";
import { transpose, transposeBack } from "./transpose";

/** Rows of up to this many classes are done four at a time. */
export const SHORT: i32 = 128;

/** In the work area: columns of the rows' classes, of what their gradients need, and the rows of upstream/T. */
const COLUMN_BYTES: usize = SHORT * 16;
const COLUMNS_A: usize = ROW_WEIGHTS + COLUMN_BYTES;
const COLUMNS_B: usize = COLUMNS_A + COLUMN_BYTES;
const COLUMNS_P: usize = COLUMNS_B + COLUMN_BYTES;
const COLUMNS_Q: usize = COLUMNS_P + COLUMN_BYTES;
const FAR_SUMS: usize = COLUMNS_Q + COLUMN_BYTES;

const limits: usize = memory.data<f32>([81, 16]); // WIDEST − log SHORT, WIDE

@inline
function limit(index: usize): v128 {
  return v128.load32_splat(limits + index * 4);
}

/**
 * Rows `row` … `row` + count − 1, count ≤ 4, one in each lane; the last one fills the lanes that are left. A
 * row's numbers do not depend on its neighbours. See `klRows32`.
 */
export function fourRows(
  a: usize, b: usize, upstream: usize, out: usize, gp: usize, gq: usize, sides: i32,
  row: i32, count: i32, n: i32, temperature: f64, tolerance: f64, work: usize,
): void {
  // From here on rows are counted from the first of the four.
  const bytes = <usize>n << 2;
  const start = <usize>row * bytes;
  a += start;
  b += start;
  gp += start;
  gq += start;
  upstream += <usize>row << 3;
  out += <usize>row << 3;
  transpose(a, count, bytes, work + COLUMNS_A, work + HIGHEST);
  transpose(b, count, bytes, work + COLUMNS_B, work + HIGHEST + 32);
  const highA = v128.load(work, HIGHEST);
  const rangeA = f32x4.mul(f32x4.sub(highA, v128.load(work, HIGHEST + 16)), v128.load(work, SCALE));
  const highB = v128.load(work, HIGHEST + 32);
  const rangeB = f32x4.mul(f32x4.sub(highB, v128.load(work, HIGHEST + 48)), v128.load(work, SCALE));
  const bothWithin = v128.and(f32x4.le(rangeA, limit(0)), f32x4.le(rangeB, limit(0)));
  const wide = v128.or(f32x4.gt(rangeA, limit(1)), f32x4.gt(rangeB, limit(1)));
  const general = ~i32x4.bitmask(bothWithin) & 15;
  const careful = i32x4.bitmask(wide);
  v128.store(work, highA, OFFSET);
  const shift = f32x4.sub(highB, highA);
  v128.store(work, shift, SHIFT);
  v128.store(work, f32x4.splat(0), SHIFT_LOW);
  const scale = f64x2.splat(1 / temperature);
  v128.store(work, f64x2.mul(f64x2.promote_low_f32x4(shift), scale), CENTRE);
  const shiftHigh = v128.shuffle<f32>(shift, shift, 2, 3, 0, 1);
  v128.store(work, f64x2.mul(f64x2.promote_low_f32x4(shiftHigh), scale), CENTRE + 16);

  let done = 0;
  if ((general | careful) === 0 && tolerance < 0) {
    sums(false, sides, n, work);
    const first = conclude(work + TOTALS, 0, work);
    const second = conclude(work + TOTALS, 1, work);
    if ((first | second) === 0) {
      for (let i: usize = 0; i < <usize>count; i++) store<f64>(out + (i << 3), load<f64>(work + (i << 3), KL));
      if (sides !== 0) slopes(15, a, upstream, gp, gq, sides, count, n, temperature, work);
      return;
    }
  }
  let todo = ~general & 15;
  let precise = careful;
  for (let turn = 0; turn < 12 && todo !== 0; turn++) {
    // Lanes of plain precision first.
    const plainly = (todo & ~precise) !== 0;
    const lanes = plainly ? todo & ~precise : todo;
    sums(!plainly, sides, n, work);
    const first = conclude(work + TOTALS, 0, work);
    const second = conclude(work + TOTALS, 1, work);
    const off = (first & 3) | ((second & 3) << 2);
    const shifted = plainly ? (first >> 2) | (second & 12) : 0;
    let ready = 0;
    for (let lane: usize = 0; lane < 4; lane++) {
      const bit = 1 << <i32>lane;
      if ((lanes & bit) === 0) continue;
      const at = work + (lane << 3);
      const excess = load<f64>(at, LOG_EXCESS);
      const c = (load<f64>(at, CENTRE) + excess) * temperature;
      const kl = load<f64>(at, KL);
      if (isNaN(excess) || vanishes(kl, load<f64>(at, TOTALS + 32))) {
        todo &= ~bit;
      } else if (((off | shifted) & bit) !== 0 && turn < 8) {
        precise |= shifted & bit;
        setShift(lane, plainly && (precise & bit) === 0 ? <f64>(<f32>c) : c, 1 / temperature, work);
      } else {
        todo &= ~bit;
        const max = load<f32>(work + (lane << 2), HIGHEST);
        if (!areNormalised(max, c, load<f64>(at, TOTALS), tolerance)) continue;
        ready |= bit;
        if (<i32>lane < count) store<f64>(out + (lane << 3), kl);
      }
    }
    done |= ready;
    if (sides !== 0 && ready !== 0) slopes(ready, a, upstream, gp, gq, sides, count, n, temperature, work);
  }
  for (let i = 0; i < count; i++) if (((done >> i) & 1) === 0) store<f64>(out + (<usize>i << 3), NaN);
}

/** Z, S and G of the four rows, and what their gradients need of each class. */
function sums(careful: bool, sides: i32, n: i32, work: usize): void {
  const from = work + EXPONENTS;
  const bytes = <usize>n << 4;
  const w = work + ROW_WEIGHTS;
  clearTotals(work);
  exponents(careful, work + COLUMNS_A, work + COLUMNS_B, bytes, from, work);
  weights(from, bytes, w, work + TOTALS);
  gaps(sides, from, bytes, w, work + TOTALS + 32, work + COLUMNS_P, work + COLUMNS_Q);
}

/** The gradients of the rows in some lanes, from what `sums` kept. */
function slopes(
  lanes: i32, a: usize, upstream: usize, gp: usize, gq: usize, sides: i32,
  count: i32, n: i32, temperature: f64, work: usize,
): void {
  const columnBytes = <usize>n << 4;
  const bytes = <usize>n << 2;
  const w = work + ROW_WEIGHTS;
  let far = 0;
  for (let lane: usize = 0; lane < 4; lane++) {
    const at = work + TOTALS + (lane << 3);
    far |= i32(load<f64>(work + (lane << 3), KL) > FAR) << <i32>lane;
    const scale = load<f64>(upstream + (<usize>min(<i32>lane, count - 1) << 3)) / temperature;
    setSlopes(lane, load<f64>(at), load<f64>(at, 32), load<f64>(at, 64), scale, work);
  }
  if ((sides & SIDE_P) !== 0) {
    centre(work + COLUMNS_P, w, columnBytes, v128.load(work, MEAN_P), v128.load(work, FACTOR_P));
    transposeBack(work + COLUMNS_P, lanes & ~far, gp, count, bytes);
    far &= lanes;
    if (far !== 0) farLanes(far, gp, count, n, temperature, work);
  }
  if ((sides & SIDE_Q) !== 0) {
    centre(work + COLUMNS_Q, w, columnBytes, v128.load(work, MEAN_Q), v128.load(work, FACTOR_Q));
    transposeBack(work + COLUMNS_Q, lanes, gq, count, bytes);
  }
  for (let lane: usize = 0; lane < <usize>count; lane++) {
    if (((lanes >> <i32>lane) & 1) === 0) continue;
    const z = load<f64>(work + (lane << 3), TOTALS);
    const max = load<f32>(work + (lane << 2), HIGHEST);
    const at = lane * bytes;
    settle(sides, a + at, gp + at, gq + at, n, max, z, load<f64>(upstream + (lane << 3)));
  }
}

/** The gradients by P of rows that are far from each other. */
function farLanes(lanes: i32, gp: usize, count: i32, n: i32, temperature: f64, work: usize): void {
  const columnBytes = <usize>n << 4;
  const columns = work + COLUMNS_P;
  const w = work + ROW_WEIGHTS;
  const shift = v128.load(work, SHIFT);
  const shiftLow = v128.load(work, SHIFT_LOW);
  const sums = work + FAR_SUMS;
  for (let lane: usize = 0; lane < 4; lane++) {
    const at = work + TOTALS + (lane << 3);
    recentre(lane, load<f64>(at), load<f64>(at, 32), load<f64>(at, 64), temperature, work);
    store<f64>(sums + (lane << 3), 0);
  }
  farSlopes(work + COLUMNS_A, work + COLUMNS_B, w, columnBytes, columns, sums, work);
  for (let lane: usize = 0; lane < 4; lane++) {
    const mean = load<f64>(sums + (lane << 3)) / load<f64>(work + TOTALS + (lane << 3));
    store<f32>(work + (lane << 2), <f32>mean, MEAN_P);
  }
  centre(columns, w, columnBytes, v128.load(work, MEAN_P), v128.load(work, FACTOR_P));
  transposeBack(columns, lanes, gp, count, <usize>n << 2);
  v128.store(work, shift, SHIFT);
  v128.store(work, shiftLow, SHIFT_LOW);
}
