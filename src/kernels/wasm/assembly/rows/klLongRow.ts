// Rows of more than a few classes, one at a time.

import { CAREFUL, exponents, OFFSET, PLAIN, SHIFT, SHIFT_LOW } from "./exponents";
import { addTo, gaps, weights } from "./klSums";
import {
  BLOCK_BYTES,
  clearTotals,
  conclude,
  EXPONENTS,
  HIGHEST,
  KL,
  LOG_EXCESS,
  save,
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

/** In the work area: Z, U, G of all lanes together. */
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

/** One long row; false if it needs the general kernel. */
export function oneRow(a: usize, b: usize, n: i32, temperature: f64, saved: usize, work: usize): bool {
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
  let pilot = n > 3 * PILOT;
  for (let turn = 0; turn < 6; turn++) {
    if (!careful) c = <f64>(<f32>c);
    setShift(0, c, scale, work);
    v128.store(work, v128.load32_splat(work, SHIFT), SHIFT);
    v128.store(work, v128.load32_splat(work, SHIFT_LOW), SHIFT_LOW);
    clearTotals(work);
    let done: usize = 0;
    if (pilot) {
      rowSums(a, b, 0, (PILOT << 2), careful, work);
      done = (PILOT << 2);
    } else {
      rowSums(a, b, 0, bytes, careful, work);
      done = bytes;
    }
    let again = concludeRow(work);
    if (pilot && (again & 1) === 0 && (careful || (again & 4) === 0)) {
      rowSums(a, b, done, bytes, careful, work);
      again = concludeRow(work);
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
function concludeRow(work: usize): i32 {
  for (let k: usize = 0; k < 96; k += 32) {
    const at = work + TOTALS + k;
    const total = load<f64>(at) + load<f64>(at, 8) + (load<f64>(at, 16) + load<f64>(at, 24));
    v128.store(work + ROW_TOTALS + k, f64x2.splat(total));
  }
  return conclude(work + ROW_TOTALS, 0, work);
}

/** Adds the classes from byte `start` to byte `end`, which is a multiple of 16 or the row's end. */
function rowSums(a: usize, b: usize, start: usize, end: usize, careful: bool, work: usize): void {
  const precision = careful ? CAREFUL : PLAIN;
  const w = work + WEIGHTS;
  const from = work + EXPONENTS;
  const totals = work + TOTALS;
  const whole = end & ~15;
  for (; start < whole; start += BLOCK_BYTES) {
    const length = min(BLOCK_BYTES, whole - start);
    exponents(precision, a + start, b + start, length, from, work);
    weights(from, length, w, totals);
    gaps(from, length, w, totals + 32);
  }
  if (whole === end) return;
  // The last four classes, of which those that are done already get weight 0.
  const last = end - 16;
  exponents(precision, a + last, b + last, 16, from, work);
  weights(from, 16, w, work + UNUSED);
  for (let done = last; done < whole; done += 4) store<f32>(w + (done - last), 0);
  addTo(totals, v128.load(w));
  gaps(from, 16, w, totals + 32);
}
