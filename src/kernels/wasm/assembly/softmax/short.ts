// Softmax and log-softmax of short rows of float32, four at a time, one in each lane: row.ts would spend most of its
// time on the ends of rows. A row's numbers do not depend on its neighbours.

import { exp32, expConstant, expScale, SCALED } from "../exp";
import { logPositive } from "../math64";
import { upper } from "../simd";
import { transpose, transposeBack } from "../transpose";

/** Rows of up to this many elements are done four at a time. */
export const SHORT: i32 = 48;

// The work area: maxima and minima, expScale·Z of the four rows, and their elements as columns.
const TOTALS: usize = 32;
const COLUMNS: usize = 64;

/** Adds expScale·e^(x − m) of all columns up, in float64; writes them in place of x if `store`. */
@inline
function weighColumns(columns: usize, bytes: usize, m: v128, store: bool, totals: usize): void {
  const k0 = expConstant(0), k1 = expConstant(SCALED), k2 = expConstant(2), k3 = expConstant(3);
  const k4 = expConstant(4), k5 = expConstant(5), k6 = expConstant(6), k7 = expConstant(7), k8 = expConstant(8);
  const one = expConstant(9), lowest = expConstant(10);
  let low = f64x2.splat(0);
  let high = low;
  for (const end = columns + bytes; columns < end; columns += 16) {
    const w = exp32(f32x4.sub(v128.load(columns), m), true, k0, k1, k2, k3, k4, k5, k6, k7, k8, one, lowest);
    if (store) v128.store(columns, w);
    low = f64x2.add(low, f64x2.promote_low_f32x4(w));
    high = f64x2.add(high, f64x2.promote_low_f32x4(upper(w)));
  }
  v128.store(totals, low);
  v128.store(totals, high, 16);
}

/** Two vectors of float64 as one of float32. */
@inline
function narrow(low: v128, high: v128): v128 {
  return v128.shuffle<u64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
}

export function softmaxShort(x: usize, out: usize, n: i32, first: i32, last: i32, work: usize): void {
  const bytes = <usize>n << 2;
  const columns = work + COLUMNS;
  const end = columns + (bytes << 2);
  for (let row = first; row < last; row += 4) {
    const count = min(4, last - row);
    const at = <usize>row * bytes;
    transpose(x + at, count, bytes, columns, work);
    weighColumns(columns, bytes << 2, v128.load(work), true, work + TOTALS);
    const one = f64x2.splat(1);
    const factor = narrow(
      f64x2.div(one, v128.load(work, TOTALS)),
      f64x2.div(one, v128.load(work, TOTALS + 16)),
    );
    for (let c = columns; c < end; c += 16) v128.store(c, f32x4.mul(v128.load(c), factor));
    transposeBack(columns, 15, out + at, count, bytes);
  }
}

/** log Z of two rows; NaN stays NaN, which `logPositive` does not promise. */
@inline
function logOfTotals(total: v128): v128 {
  const log = logPositive(f64x2.mul(total, f64x2.splat(1 / expScale<f32>())));
  return f64x2.add(log, f64x2.sub(total, total));
}

export function logSoftmaxShort(x: usize, out: usize, n: i32, first: i32, last: i32, work: usize): void {
  const bytes = <usize>n << 2;
  const columns = work + COLUMNS;
  const end = columns + (bytes << 2);
  for (let row = first; row < last; row += 4) {
    const count = min(4, last - row);
    const at = <usize>row * bytes;
    transpose(x + at, count, bytes, columns, work);
    const m = v128.load(work);
    weighColumns(columns, bytes << 2, m, false, work + TOTALS);
    const logTotal = narrow(
      logOfTotals(v128.load(work, TOTALS)),
      logOfTotals(v128.load(work, TOTALS + 16)),
    );
    for (let c = columns; c < end; c += 16) {
      v128.store(c, f32x4.sub(f32x4.sub(v128.load(c), m), logTotal));
    }
    transposeBack(columns, 15, out + at, count, bytes);
  }
}
