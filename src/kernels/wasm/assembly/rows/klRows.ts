// KL(P‖Q) of rows of float32 logits, and what its gradients need.
//
// With Z, U and G of klSums.ts and E = (U + G)/Z = E_p[eᵘ] − 1:
//
//     KL = G/Z − (E − log(1 + E)),     log q − log p = u − log(1 + E).
//
// That holds for every c; c = max b − max a is a good first choice. Where G/Z is much larger than KL, or c
// large against what else the rows differ by, the row is done once more, carefully, with c += log(1 + E).

import { one, xMinusLog1p } from "./math64";
import {
  addTo,
  FACTOR,
  gaps,
  gapsCarefully,
  OFFSET,
  SCALE,
  SHIFT,
  SHIFT_LOW,
  TOTALS,
  weights,
  weightsCarefully,
} from "./klSums";

/** Rows of up to this many classes are done four at a time, one in each lane. */
const SHORT = 128;
/** The part of a row that the two loops take turns at. */
const BLOCK_BYTES: usize = 512 * 4;
/** The largest distance between two logits, over T, plus log n, that float32 exponentials can take. */
const WIDEST: f64 = 86;
/** The largest such distance for the plain precision. */
const WIDE: f64 = 16;

/** Classes after which a long row is looked at, to see whether its c is a good one. */
const PILOT_BYTES: usize = 128 * 4;

// The work area, behind what klSums.ts keeps there. Four numbers each, one for each lane.
const ROW_TOTALS: usize = 176; // Z, U, G of all lanes together
const CENTRE: usize = 272; // c/T
const KL: usize = 304;
const LOG_EXCESS: usize = 336; // log(1 + E)
const HIGHEST: usize = 368; // max a, min a, max b, min b as float32
const UNUSED: usize = 432;
const WEIGHTS: usize = 512;
const COLUMNS: usize = WEIGHTS + BLOCK_BYTES;

const limits: usize = memory.data<f64>([4.0, 1e-3, 1e-7, 1e-7 - 1, 0.0, 1e-30]);
const singleLimits: usize = memory.data<f32>([81, 16]); // WIDEST − log SHORT, WIDE
const SHORT_WIDEST: usize = 0;
const SHORT_WIDE: usize = 1;

@inline
function single(index: usize): v128 {
  return v128.load32_splat(singleLimits + index * 4);
}

@inline
function limit(index: usize): v128 {
  return v128.load64_splat(limits + index * 8);
}

/**
 * KL and log(1 + E) of lanes 2·pair and 2·pair + 1 from the totals, in which U is to be multiplied by `unit`.
 * Returns two bits that say which of the two need a better c, two that say which need more care, and two for
 * those whose KL is NaN or next to 0.
 */
function conclude(totals: usize, pair: usize, unit: f64, work: usize): i32 {
  totals += pair * 16;
  work += pair * 16;
  const z = v128.load(totals);
  const g = f64x2.div(v128.load(totals, 64), z);
  const e = f64x2.add(f64x2.div(f64x2.mul(v128.load(totals, 32), f64x2.splat(unit)), z), g);
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
function setShift(lane: usize, c: f64, scale: f64, work: usize): void {
  const high = <f32>c;
  store<f32>(work + lane * 4, high, SHIFT);
  store<f32>(work + lane * 4, <f32>(c - <f64>high), SHIFT_LOW);
  store<f64>(work + lane * 8, c * scale, CENTRE);
}

/** max a, log q − log p = ((b − a) − c)/T with this c, Z, and KL: what a row's gradients need. */
@inline
function save(saved: usize, max: f64, c: f64, z: f64, kl: f64): void {
  store<f64>(saved, max);
  store<f64>(saved, c, 8);
  store<f64>(saved, z, 16);
  store<f64>(saved, kl, 24);
}

/**
 * KL(P‖Q) to `out` (float64), and four float64 numbers a row (max a, c, Z, KL) to `saved`, for rows of `n` ≥ 1 classes at `a`
 * and `b`. Rows that need the general kernel get NaN: those with masks, numbers that are not finite, or
 * distances above 86 − log n, and those so close that their KL is not to be had in float32.
 */
export function klRows32(
  a: usize,
  b: usize,
  out: usize,
  saved: usize,
  n: i32,
  temperature: f64,
  first: i32,
  last: i32,
  work: usize,
): void {
  v128.store(work, f32x4.splat(<f32>(1 / temperature)), SCALE);
  v128.store(work, f32x4.splat(<f32>(1.4426950408889634 / temperature)), FACTOR);
  if (n <= SHORT) {
    for (let row = first; row < last; row += 4) {
      fourRows(a, b, row, min(4, last - row), n, temperature, out, saved, work);
    }
    return;
  }
  const bytes = <usize>n * 4;
  for (let row = <usize>first; row < <usize>last; row++) {
    const at = saved + row * 32;
    const done = oneRow(a + row * bytes, b + row * bytes, n, temperature, at, work);
    if (!done) store<f64>(at, NaN, 24);
    store<f64>(out + row * 8, load<f64>(at, 24));
  }
}

/** Whether KL is too small for float32 although the rows differ. */
@inline
function vanishes(kl: f64, sumU: f64): bool {
  return kl < 1e-30 && sumU !== 0;
}

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

/** One long row; false if it needs the general kernel. */
function oneRow(a: usize, b: usize, n: i32, temperature: f64, saved: usize, work: usize): bool {
  extremes(a, n, work + HIGHEST);
  extremes(b, n, work + HIGHEST + 16);
  const max: f64 = load<f32>(work, HIGHEST);
  const maxB: f64 = load<f32>(work, HIGHEST + 16);
  const scale = 1 / temperature;
  const rangeA = (max - load<f32>(work, HIGHEST + 4)) * scale;
  const rangeB = (maxB - load<f32>(work, HIGHEST + 20)) * scale;
  const widest = WIDEST - Math.log(<f64>n);
  if (!(rangeA <= widest && rangeB <= widest)) return false;
  v128.store(work, f32x4.splat(<f32>max), OFFSET);
  const totals = work + ROW_TOTALS;
  const bytes = <usize>n * 4;
  let careful = rangeA > WIDE || rangeB > WIDE;
  let c = maxB - max;
  let pilot = n > 3 * SHORT;
  for (let turn = 0; turn < 6; turn++) {
    if (!careful) c = <f64>(<f32>c);
    setShift(0, c, scale, work);
    v128.store(work, v128.load32_splat(work, SHIFT), SHIFT);
    v128.store(work, v128.load32_splat(work, SHIFT_LOW), SHIFT_LOW);
    clearTotals(work);
    let done: usize = 0;
    if (pilot) {
      rowSums(a, b, 0, PILOT_BYTES, careful, work);
      done = PILOT_BYTES;
    } else {
      rowSums(a, b, 0, bytes, careful, work);
      done = bytes;
    }
    let again = concludeRow(careful, work);
    if (pilot && (again & 1) === 0 && (careful || (again & 4) === 0)) {
      rowSums(a, b, done, bytes, careful, work);
      again = concludeRow(careful, work);
    }
    pilot = false;
    const excess = load<f64>(work, LOG_EXCESS);
    if (isNaN(excess)) return false;
    c += excess * temperature;
    if ((again & 4) !== 0 && !careful) careful = true;
    else if ((again & 1) === 0) break;
  }
  const kl = load<f64>(work, KL);
  if (vanishes(kl, load<f64>(totals, 32))) return false;
  save(saved, max, c, load<f64>(totals), kl);
  return true;
}

@inline
function concludeRow(careful: bool, work: usize): i32 {
  for (let k: usize = 0; k < 96; k += 32) {
    const at = work + TOTALS + k;
    const total = load<f64>(at) + load<f64>(at, 8) + (load<f64>(at, 16) + load<f64>(at, 24));
    v128.store(work + ROW_TOTALS + k, f64x2.splat(total));
  }
  return conclude(work + ROW_TOTALS, 0, unitOf(careful), work);
}

/** The unit of U in the totals. */
@inline
function unitOf(careful: bool): f64 {
  return careful ? 1 : 0.6931471805599453;
}

/** Adds the classes from byte `start` to byte `end`, which is a multiple of 16 or the row's end. */
function rowSums(a: usize, b: usize, start: usize, end: usize, careful: bool, work: usize): void {
  const w = work + WEIGHTS;
  const total = work + TOTALS;
  const whole = end & ~15;
  for (; start < whole; start += BLOCK_BYTES) {
    const length = min(BLOCK_BYTES, whole - start);
    if (careful) {
      weightsCarefully(a + start, length, w, total, work);
      gapsCarefully(a + start, b + start, length, w, work);
    } else {
      weights(a + start, length, w, total, work);
      gaps(a + start, b + start, length, w, work);
    }
  }
  if (whole === end) return;
  // The last four classes, of which those that are done already get weight 0.
  const last = end - 16;
  if (careful) weightsCarefully(a + last, 16, w, work + UNUSED, work);
  else weights(a + last, 16, w, work + UNUSED, work);
  for (let done = last; done < whole; done += 4) store<f32>(w + (done - last), 0);
  addTo(total, v128.load(w));
  if (careful) gapsCarefully(a + last, b + last, 16, w, work);
  else gaps(a + last, b + last, 16, w, work);
}

@inline
function clearTotals(work: usize): void {
  for (let k: usize = 0; k < 96; k += 16) v128.store(work + TOTALS + k, f64x2.splat(0));
}

/**
 * Rows `row` … `row` + count − 1, count ≤ 4, one in each lane; the last one fills the lanes that are left. A
 * row's numbers do not depend on its neighbours.
 */
function fourRows(
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
    f32x4.le(rangeA, single(SHORT_WIDEST)),
    f32x4.le(rangeB, single(SHORT_WIDEST)),
  );
  let general = ~i32x4.bitmask(bothWithin) & 15;
  let careful = i32x4.bitmask(
    v128.or(f32x4.gt(rangeA, single(SHORT_WIDE)), f32x4.gt(rangeB, single(SHORT_WIDE))),
  );
  v128.store(work, highA, OFFSET);
  const shift = f32x4.sub(highB, highA);
  v128.store(work, shift, SHIFT);
  v128.store(work, f32x4.splat(0), SHIFT_LOW);
  v128.store(work, f64x2.mul(f64x2.promote_low_f32x4(shift), f64x2.splat(scale)), CENTRE);
  const shiftHigh = v128.shuffle<f32>(shift, shift, 2, 3, 0, 1);
  v128.store(work, f64x2.mul(f64x2.promote_low_f32x4(shiftHigh), f64x2.splat(scale)), CENTRE + 16);

  if ((general | careful) === 0) {
    plainSums(columnsA, columnsB, bytes, work);
    const first = conclude(work + TOTALS, 0, unitOf(false), work);
    const second = conclude(work + TOTALS, 1, unitOf(false), work);
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

function plainSums(columnsA: usize, columnsB: usize, bytes: usize, work: usize): void {
  clearTotals(work);
  weights(columnsA, bytes, work + WEIGHTS, work + TOTALS, work);
  gaps(columnsA, columnsB, bytes, work + WEIGHTS, work);
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
  const w = work + WEIGHTS;
  const scale = 1 / temperature;
  let todo = ~general & 15;
  for (let turn = 0; turn < 12 && todo !== 0; turn++) {
    // Lanes of plain precision first.
    const plainly = (todo & ~careful) !== 0;
    const lanes = plainly ? todo & ~careful : todo;
    if (plainly) {
      plainSums(columnsA, columnsB, bytes, work);
    } else {
      clearTotals(work);
      weightsCarefully(columnsA, bytes, w, work + TOTALS, work);
      gapsCarefully(columnsA, columnsB, bytes, w, work);
    }
    const unit = unitOf(!plainly);
    const first = conclude(work + TOTALS, 0, unit, work);
    const second = conclude(work + TOTALS, 1, unit, work);
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

/** Writes column j of the rows to columns + 16·j, and their maxima and minima to `limits`. */
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
