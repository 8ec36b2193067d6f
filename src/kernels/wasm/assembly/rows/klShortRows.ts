// Rows of few classes, four at a time, one in each lane.

import { CAREFUL, exponents, OFFSET, PLAIN, SCALE, SHIFT, SHIFT_LOW } from "./exponents";
import { gaps, weights } from "./klSums";
import {
  CENTRE,
  clearTotals,
  conclude,
  EXPONENTS,
  FREE,
  HIGHEST,
  KL,
  LOG_EXCESS,
  save,
  setShift,
  TOTALS,
  vanishes,
  WEIGHTS,
} from "./klTotals";

/** Rows of up to this many classes are done four at a time. */
export const SHORT: i32 = 128;

/** In the work area: the rows, transposed. */
const COLUMNS: usize = FREE;

const limits: usize = memory.data<f32>([81, 16]); // WIDEST − log SHORT, WIDE

@inline
function limit(index: usize): v128 {
  return v128.load32_splat(limits + index * 4);
}

/**
 * Rows `row` … `row` + count − 1, count ≤ 4, one in each lane; the last one fills the lanes that are left. A
 * row's numbers do not depend on its neighbours.
 */
export function fourRows(
  a: usize,
  b: usize,
  row: i32,
  count: i32,
  n: i32,
  temperature: f64,
  out: usize,
  saved: usize,
  work: usize,
): void {
  const columnsA = work + COLUMNS;
  const columnsB = columnsA + SHORT * 16;
  const bytes = <usize>n * 16;
  const scale = 1 / temperature;
  transpose(a, row, count, n, columnsA, work + HIGHEST);
  transpose(b, row, count, n, columnsB, work + HIGHEST + 32);
  const highA = v128.load(work, HIGHEST);
  const rangeA = f32x4.mul(f32x4.sub(highA, v128.load(work, HIGHEST + 16)), v128.load(work, SCALE));
  const highB = v128.load(work, HIGHEST + 32);
  const rangeB = f32x4.mul(f32x4.sub(highB, v128.load(work, HIGHEST + 48)), v128.load(work, SCALE));
  const bothWithin = v128.and(
    f32x4.le(rangeA, limit(0)),
    f32x4.le(rangeB, limit(0)),
  );
  let general = ~i32x4.bitmask(bothWithin) & 15;
  let careful = i32x4.bitmask(
    v128.or(f32x4.gt(rangeA, limit(1)), f32x4.gt(rangeB, limit(1))),
  );
  v128.store(work, highA, OFFSET);
  const shift = f32x4.sub(highB, highA);
  v128.store(work, shift, SHIFT);
  v128.store(work, f32x4.splat(0), SHIFT_LOW);
  v128.store(work, f64x2.mul(f64x2.promote_low_f32x4(shift), f64x2.splat(scale)), CENTRE);
  const shiftHigh = v128.shuffle<f32>(shift, shift, 2, 3, 0, 1);
  v128.store(work, f64x2.mul(f64x2.promote_low_f32x4(shiftHigh), f64x2.splat(scale)), CENTRE + 16);

  if ((general | careful) === 0) {
    sums(PLAIN, columnsA, columnsB, bytes, work);
    const first = conclude(work + TOTALS, 0, work);
    const second = conclude(work + TOTALS, 1, work);
    if ((first | second) === 0) {
      saveTwo(out, saved, row, row + min(1, count - 1), highA, 0, temperature, work);
      const others = v128.shuffle<f32>(highA, highA, 2, 3, 0, 1);
      const last = row + count - 1;
      saveTwo(out, saved, min(row + 2, last), last, others, 1, temperature, work);
      return;
    }
  }
  oneByOne(a, b, row, count, n, temperature, general, careful, out, saved, work);
}

/** Z, U and G of the four rows. */
function sums(precision: i32, columnsA: usize, columnsB: usize, bytes: usize, work: usize): void {
  const from = work + EXPONENTS;
  clearTotals(work);
  exponents(precision, columnsA, columnsB, bytes, from, work);
  weights(from, bytes, work + WEIGHTS, work + TOTALS);
  gaps(from, bytes, work + WEIGHTS, work + TOTALS + 32);
}

/** `save` for lanes 2·pair and 2·pair + 1 and the rows that they hold. */
@inline
function saveTwo(
  out: usize,
  saved: usize,
  row: i32,
  next: i32,
  max: v128,
  pair: usize,
  temperature: f64,
  work: usize,
): void {
  const lanes = work + pair * 16;
  const high = f64x2.promote_low_f32x4(max);
  const centre = f64x2.add(v128.load(lanes, CENTRE), v128.load(lanes, LOG_EXCESS));
  const c = f64x2.mul(centre, f64x2.splat(temperature));
  const z = v128.load(lanes, TOTALS);
  const kl = v128.load(lanes, KL);
  const second = saved + (<usize>next << 5);
  v128.store(second, v128.shuffle<f64>(high, c, 1, 3));
  v128.store(second, v128.shuffle<f64>(z, kl, 1, 3), 16);
  const first = saved + (<usize>row << 5);
  v128.store(first, v128.shuffle<f64>(high, c, 0, 2));
  v128.store(first, v128.shuffle<f64>(z, kl, 0, 2), 16);
  store<f64>(out + (<usize>next << 3), f64x2.extract_lane(kl, 1));
  store<f64>(out + (<usize>row << 3), f64x2.extract_lane(kl, 0));
}

/**
 * `fourRows` where some rows need more than one look; `general` and `careful` say which are to be left to the
 * general kernel or done carefully.
 */
function oneByOne(
  a: usize,
  b: usize,
  row: i32,
  count: i32,
  n: i32,
  temperature: f64,
  general: i32,
  careful: i32,
  out: usize,
  saved: usize,
  work: usize,
): void {
  const columnsA = work + COLUMNS;
  const columnsB = columnsA + SHORT * 16;
  const bytes = <usize>n * 16;
  const scale = 1 / temperature;
  let todo = ~general & 15;
  for (let turn = 0; turn < 12 && todo !== 0; turn++) {
    // Lanes of plain precision first.
    const plainly = (todo & ~careful) !== 0;
    const lanes = plainly ? todo & ~careful : todo;
    sums(plainly ? PLAIN : CAREFUL, columnsA, columnsB, bytes, work);
    const first = conclude(work + TOTALS, 0, work);
    const second = conclude(work + TOTALS, 1, work);
    const off = (first & 3) | ((second & 3) << 2);
    const shifted = plainly ? (first >> 2) | (second & 12) : 0;
    for (let lane: usize = 0; lane < 4; lane++) {
      const bit = 1 << <i32>lane;
      if ((lanes & bit) === 0) continue;
      const excess = load<f64>(work + lane * 8, LOG_EXCESS);
      const c = (load<f64>(work + lane * 8, CENTRE) + excess) * temperature;
      const kl = load<f64>(work + lane * 8, KL);
      if (isNaN(excess) || vanishes(kl, load<f64>(work + lane * 8, TOTALS + 32))) {
        general |= bit;
        todo &= ~bit;
      } else if (((off | shifted) & bit) !== 0 && turn < 8) {
        careful |= shifted & bit;
        setShift(lane, plainly && (careful & bit) === 0 ? <f64>(<f32>c) : c, scale, work);
      } else {
        save(
          saved + (<usize>(row + min(<i32>lane, count - 1)) << 5),
          load<f32>(work + lane * 4, HIGHEST),
          c,
          load<f64>(work + lane * 8, TOTALS),
          kl,
        );
        todo &= ~bit;
      }
    }
  }
  for (let i = 0; i < count; i++) {
    const at = <usize>(row + i);
    if (((general >> i) & 1) !== 0) store<f64>(saved + (at << 5), NaN, 24);
    store<f64>(out + (at << 3), load<f64>(saved + (at << 5), 24));
  }
}

/** Writes column j of the rows to columns + 16·j, and their maxima and minima to `extremes`. */
function transpose(x: usize, row: i32, count: i32, n: i32, columns: usize, extremes: usize): void {
  const bytes = <usize>n * 4;
  const x0 = x + <usize>row * bytes;
  const x1 = x + <usize>(row + min(1, count - 1)) * bytes;
  const x2 = x + <usize>(row + min(2, count - 1)) * bytes;
  const x3 = x + <usize>(row + min(3, count - 1)) * bytes;
  let high = f32x4.splat(-Infinity);
  let low = f32x4.splat(Infinity);
  let j: usize = 0;
  for (const whole = bytes & ~15; j < whole; j += 16, columns += 64) {
    const r0 = v128.load(x0 + j);
    const r1 = v128.load(x1 + j);
    const r2 = v128.load(x2 + j);
    const r3 = v128.load(x3 + j);
    const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
    const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
    const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
    const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
    const c0 = v128.shuffle<f32>(low01, low23, 0, 1, 4, 5);
    const c1 = v128.shuffle<f32>(low01, low23, 2, 3, 6, 7);
    const c2 = v128.shuffle<f32>(high01, high23, 0, 1, 4, 5);
    const c3 = v128.shuffle<f32>(high01, high23, 2, 3, 6, 7);
    v128.store(columns, c0);
    v128.store(columns, c1, 16);
    v128.store(columns, c2, 32);
    v128.store(columns, c3, 48);
    high = f32x4.pmax(high, f32x4.pmax(f32x4.pmax(c0, c1), f32x4.pmax(c2, c3)));
    low = f32x4.pmin(low, f32x4.pmin(f32x4.pmin(c0, c1), f32x4.pmin(c2, c3)));
  }
  for (; j < bytes; j += 4, columns += 16) {
    let column = v128.load32_zero(x0 + j);
    column = v128.load_lane<f32>(x1 + j, column, 1);
    column = v128.load_lane<f32>(x2 + j, column, 2);
    column = v128.load_lane<f32>(x3 + j, column, 3);
    v128.store(columns, column);
    high = f32x4.pmax(high, column);
    low = f32x4.pmin(low, column);
  }
  v128.store(extremes, high);
  v128.store(extremes, low, 16);
}
