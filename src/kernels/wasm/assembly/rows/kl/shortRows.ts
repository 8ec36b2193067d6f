// Rows of few classes, four at a time, one in each lane.
//
// Of such a group each step is short and waits for the step before it. So some groups take each step in turn, and
// a processor that looks ahead works on one while another waits.

import { exponents, FACTOR, OFFSET, SCALE, SHIFT, SHIFT_LOW } from "./exponents";
import {
  areSettled,
  centre,
  FACTOR_P,
  FACTOR_Q,
  FAR,
  farSlopes,
  MEAN_P,
  MEAN_Q,
  recentre,
  setSlopes,
  settle,
} from "./slopes";
import { gaps, RUN, SIDE_P, SIDE_Q, weights } from "./sums";
import {
  areNormalised,
  CENTRE,
  clearTotals,
  conclude,
  KL,
  LOG_EXCESS,
  setShift,
  TOTALS,
  vanishes,
} from "./totals";
import { transpose, transposeBack } from "./transpose";

/** Rows of up to this many classes are done four at a time. */
export const SHORT: i32 = 128;

/** Classes, of all groups that take turns together, whose numbers stay in the first-level cache. */
const TOGETHER: i32 = 64;

/** The most groups that take turns. */
const MOST_GROUPS: i32 = 4;

// A group has a head, which begins as totals.ts has it and holds, besides, which lanes need the general kernel, which
// need care, and what `conclude` said of the sums in plain precision, or −1 without such; four float64 sums; and where
// its columns are, of four numbers a class: weights, four for the exponents, a, b, and what the gradients by a and b
// need. Columns of a kind lie one group's after another's.
const GENERAL: usize = 528;
const CAREFUL: usize = 532;
const VERDICT: usize = 536;
const FAR_SUMS: usize = 544;
const W: usize = 576;
const FROM: usize = 580;
const A: usize = 584;
const B: usize = 588;
const P_SLOPES: usize = 592;
const Q_SLOPES: usize = 596;
const HEAD_BYTES: usize = 640;

// Of both rows, here: max a, min a, max b, min b.
const HIGHEST: usize = 368;

/** WIDEST − log SHORT, and the largest distance over T for the plain precision. */
const limits: usize = memory.data<f32>([81, 16]);

@inline
function limit(index: usize): v128 {
  return v128.load32_splat(limits + index * 4);
}

/** Rows `first` to `last` − 1 of up to SHORT classes. A row's numbers do not depend on its neighbours. See `klRows32`. */
export function shortRows(
  a: usize, b: usize, upstream: usize, step: usize, out: usize, gp: usize, gq: usize, sides: i32, n: i32,
  temperature: f64, tolerance: f64, first: i32, last: i32, work: usize,
): void {
  const groups = max(1, min(MOST_GROUPS, TOGETHER / n));
  const rowBytes = <usize>n << 2;
  const columnBytes = rowBytes << 2;
  const end = work + <usize>groups * HEAD_BYTES;
  prepare(work, end, columnBytes);
  // With more than one group, the columns of each are few enough for one float32 sum.
  const run = groups === 1 ? RUN : columnBytes;
  const next: usize = groups === 1 ? 0 : HEAD_BYTES;
  for (let row = first; row < last; row += 4 * groups) {
    const count = min(groups, (last - row + 3) >> 2);
    const stop = work + <usize>count * HEAD_BYTES;
    const start = <usize>row * rowBytes;
    let place = start;
    let left = last - row;
    for (let at = work; at < stop; at += HEAD_BYTES, place += columnBytes, left -= 4) {
      begin(a + place, b + place, min(4, left), n, temperature, at);
    }
    const bytes = <usize>count * columnBytes;
    const from = load<usize>(work, FROM);
    const w = load<usize>(work, W);
    weights(from, bytes, w, work + TOTALS, run, next);
    const toP = load<usize>(work, P_SLOPES);
    const toQ = load<usize>(work, Q_SLOPES);
    gaps(sides, from, bytes, w, work + TOTALS + 32, toP, toQ, run, next);
    for (let at = work; at < stop; at += HEAD_BYTES) {
      if (load<i32>(at, VERDICT) === 0) concludeFour(at);
    }
    place = start;
    left = last - row;
    let index = <usize>row;
    for (let at = work; at < stop; at += HEAD_BYTES, place += columnBytes, left -= 4, index += 4) {
      finish(
        a + place, upstream + index * step, step, out + (index << 3), gp + place, gq + place, sides,
        min(4, left), n, temperature, tolerance, at,
      );
    }
  }
}

/** What stays the same in the heads at `work` up to `end`. */
function prepare(work: usize, end: usize, columnBytes: usize): void {
  const all = ((end - work) / HEAD_BYTES) * columnBytes;
  let w = end;
  for (let at = work; at < end; at += HEAD_BYTES, w += columnBytes) {
    v128.store(at, v128.load(work, SCALE), SCALE);
    v128.store(at, v128.load(work, FACTOR), FACTOR);
    const before = w - end;
    store<usize>(at, w, W);
    store<usize>(at, end + all + 4 * before, FROM);
    store<usize>(at, w + 5 * all, A);
    store<usize>(at, w + 6 * all, B);
    store<usize>(at, w + 7 * all, P_SLOPES);
    store<usize>(at, w + 8 * all, Q_SLOPES);
  }
}

/**
 * Takes `count` ≤ 4 rows apart, one to a lane, the last one to the lanes that are left, finds their m and c, and takes
 * exponents.
 */
@inline
function begin(a: usize, b: usize, count: i32, n: i32, temperature: f64, work: usize): void {
  const bytes = <usize>n << 2;
  const columnsA = load<usize>(work, A);
  const columnsB = load<usize>(work, B);
  transpose(a, count, bytes, columnsA, work + HIGHEST);
  transpose(b, count, bytes, columnsB, work + HIGHEST + 32);
  const highA = v128.load(work, HIGHEST);
  const rangeA = f32x4.mul(f32x4.sub(highA, v128.load(work, HIGHEST + 16)), v128.load(work, SCALE));
  const highB = v128.load(work, HIGHEST + 32);
  const rangeB = f32x4.mul(f32x4.sub(highB, v128.load(work, HIGHEST + 48)), v128.load(work, SCALE));
  const bothWithin = v128.and(f32x4.le(rangeA, limit(0)), f32x4.le(rangeB, limit(0)));
  const wide = v128.or(f32x4.gt(rangeA, limit(1)), f32x4.gt(rangeB, limit(1)));
  const general = ~i32x4.bitmask(bothWithin) & 15;
  const careful = i32x4.bitmask(wide);
  store<i32>(work, general, GENERAL);
  store<i32>(work, careful, CAREFUL);
  store<i32>(work, (general | careful) === 15 ? -1 : 0, VERDICT);
  v128.store(work, highA, OFFSET);
  const shift = f32x4.sub(highB, highA);
  v128.store(work, shift, SHIFT);
  v128.store(work, f32x4.splat(0), SHIFT_LOW);
  const scale = f64x2.splat(1 / temperature);
  v128.store(work, f64x2.mul(f64x2.promote_low_f32x4(shift), scale), CENTRE);
  const shiftHigh = v128.shuffle<f32>(shift, shift, 2, 3, 0, 1);
  v128.store(work, f64x2.mul(f64x2.promote_low_f32x4(shiftHigh), scale), CENTRE + 16);
  clearTotals(work);
  exponents(false, columnsA, columnsB, bytes << 2, load<usize>(work, FROM), work);
}

/** Z, S and G of the four rows of a group, and what their gradients need of each class. */
function sums(careful: bool, sides: i32, n: i32, work: usize): void {
  const bytes = <usize>n << 4;
  const from = load<usize>(work, FROM);
  const w = load<usize>(work, W);
  clearTotals(work);
  exponents(careful, load<usize>(work, A), load<usize>(work, B), bytes, from, work);
  weights(from, bytes, w, work + TOTALS, RUN, 0);
  const toP = load<usize>(work, P_SLOPES);
  const toQ = load<usize>(work, Q_SLOPES);
  gaps(sides, from, bytes, w, work + TOTALS + 32, toP, toQ, RUN, 0);
}

/** `conclude` of the four rows: four bits for those that need a better c, four for more care, four for KL next to 0. */
@inline
function concludeFour(work: usize): void {
  const first = conclude(work + TOTALS, 0, work);
  const second = conclude(work + TOTALS, 1, work);
  store<i32>(work, spread(first) | (spread(second) << 2), VERDICT);
}

/** Moves three pairs of bits to the lower halves of three groups of four. */
@inline
function spread(pairs: i32): i32 {
  return (pairs & 3) | ((pairs & 12) << 2) | ((pairs & 48) << 4);
}

/** The values and gradients of a group that was summed once, or has no row for the plain precision. */
@inline
function finish(
  a: usize, upstream: usize, step: usize, out: usize, gp: usize, gq: usize, sides: i32,
  count: i32, n: i32, temperature: f64, tolerance: f64, work: usize,
): void {
  if ((load<i32>(work, VERDICT) | load<i32>(work, GENERAL) | load<i32>(work, CAREFUL)) === 0 && tolerance < 0) {
    if (count === 4) {
      v128.store(out, v128.load(work, KL));
      v128.store(out, v128.load(work, KL + 16), 16);
    } else {
      for (let i: usize = 0; i < <usize>count; i++) store<f64>(out + (i << 3), load<f64>(work + (i << 3), KL));
    }
    if (sides !== 0) slopes(15, a, upstream, step, gp, gq, sides, count, n, temperature, work);
  } else {
    repeat(a, upstream, step, out, gp, gq, sides, count, n, temperature, tolerance, work);
  }
}

/** Sums the rows again, with a better c or carefully, until all are done. */
function repeat(
  a: usize, upstream: usize, step: usize, out: usize, gp: usize, gq: usize, sides: i32,
  count: i32, n: i32, temperature: f64, tolerance: f64, work: usize,
): void {
  let todo = ~load<i32>(work, GENERAL) & 15;
  let precise = load<i32>(work, CAREFUL);
  let summed = load<i32>(work, VERDICT) >= 0;
  let done = 0;
  for (let turn = 0; turn < 12 && todo !== 0; turn++) {
    // Lanes of plain precision first.
    const plainly = (todo & ~precise) !== 0;
    const lanes = plainly ? todo & ~precise : todo;
    if (!summed) {
      sums(!plainly, sides, n, work);
      concludeFour(work);
    }
    summed = false;
    const off = load<i32>(work, VERDICT) & 15;
    const shifted = plainly ? (load<i32>(work, VERDICT) >> 4) & 15 : 0;
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
    if (sides !== 0 && ready !== 0) slopes(ready, a, upstream, step, gp, gq, sides, count, n, temperature, work);
  }
  for (let i = 0; i < count; i++) if (((done >> i) & 1) === 0) store<f64>(out + (<usize>i << 3), NaN);
}

/** The gradients of the rows in some lanes, from what `sums` kept. */
function slopes(
  lanes: i32, a: usize, upstream: usize, step: usize, gp: usize, gq: usize, sides: i32,
  count: i32, n: i32, temperature: f64, work: usize,
): void {
  const columnBytes = <usize>n << 4;
  const bytes = <usize>n << 2;
  const w = load<usize>(work, W);
  const unit = f64x2.splat(1 / temperature);
  let far = 0;
  for (let pair: usize = 0; pair < 2; pair++) {
    const at = work + (pair << 4);
    const first = upstream + <usize>min(2 * <i32>pair, count - 1) * step;
    const second = upstream + <usize>min(2 * <i32>pair + 1, count - 1) * step;
    const scale = v128.load64_lane(second, v128.load64_zero(first), 1);
    const totals = at + TOTALS;
    setSlopes(
      v128.load(totals), v128.load(totals, 32), v128.load(totals, 64), f64x2.mul(scale, unit), work + (pair << 3),
    );
    far |= i64x2.bitmask(f64x2.gt(v128.load(at, KL), f64x2.splat(FAR))) << <i32>(2 * pair);
  }
  if ((sides & SIDE_P) !== 0) {
    const columns = load<usize>(work, P_SLOPES);
    centre(columns, w, columnBytes, v128.load(work, MEAN_P), v128.load(work, FACTOR_P));
    transposeBack(columns, lanes & ~far, gp, count, bytes);
    far &= lanes;
    if (far !== 0) farLanes(far, gp, count, n, temperature, work);
  }
  if ((sides & SIDE_Q) !== 0) {
    const columns = load<usize>(work, Q_SLOPES);
    centre(columns, w, columnBytes, v128.load(work, MEAN_Q), v128.load(work, FACTOR_Q));
    transposeBack(columns, lanes, gq, count, bytes);
  }
  for (let lane: usize = 0; lane < <usize>count; lane++) {
    if (((lanes >> <i32>lane) & 1) === 0) continue;
    const scale = load<f64>(upstream + lane * step);
    if (areSettled(load<f64>(work + (lane << 3), TOTALS), scale)) continue;
    const at = lane * bytes;
    settle(sides, a + at, gp + at, gq + at, n, load<f32>(work + (lane << 2), HIGHEST), scale);
  }
}

/** The gradients by P of rows that are far from each other. */
function farLanes(lanes: i32, gp: usize, count: i32, n: i32, temperature: f64, work: usize): void {
  const columnBytes = <usize>n << 4;
  const columns = load<usize>(work, P_SLOPES);
  const w = load<usize>(work, W);
  const shift = v128.load(work, SHIFT);
  const shiftLow = v128.load(work, SHIFT_LOW);
  const sums = work + FAR_SUMS;
  for (let lane: usize = 0; lane < 4; lane++) {
    const at = work + TOTALS + (lane << 3);
    recentre(lane, load<f64>(at), load<f64>(at, 32), load<f64>(at, 64), temperature, work);
    store<f64>(sums + (lane << 3), 0);
  }
  const columnsA = load<usize>(work, A);
  const columnsB = load<usize>(work, B);
  farSlopes(columnsA, columnsB, w, columnBytes, columns, sums, load<usize>(work, FROM), work);
  for (let lane: usize = 0; lane < 4; lane++) {
    const mean = load<f64>(sums + (lane << 3)) / load<f64>(work + TOTALS + (lane << 3));
    store<f32>(work + (lane << 2), <f32>mean, MEAN_P);
  }
  centre(columns, w, columnBytes, v128.load(work, MEAN_P), v128.load(work, FACTOR_P));
  transposeBack(columns, lanes, gp, count, <usize>n << 2);
  v128.store(work, shift, SHIFT);
  v128.store(work, shiftLow, SHIFT_LOW);
}
