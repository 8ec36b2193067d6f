// Statistics of row pairs of logits: what `rowStatistics` of ../../../divergence/statistics.ts says, in float64.
//
// A row pair is gone through three times: for the maxima (scan.ts), for the exponentials, which stay in scratch
// memory (exponentials.ts), and for the sums (sums.ts). Rows that need more care, because P and Q leave out
// different classes or numbers are beyond 1e9, are left to the general kernel of ../rows/general/statistics.ts.

import { log, log1p } from "../math64";
import { codedRow, codedRowBytes } from "./codes";
import { decodeHalves, widenRow } from "./decode";
import { exponentials, LOWEST } from "./exponentials";
import {
  columnBytes, COLUMNS, LIKELIEST, LIKELIEST_BYTES, LOG_TOTAL, MAX, MIN, REST, SIDE_BYTES, SPREAD, TOTAL,
} from "./layout";
import { likeliest, rankOf } from "./likeliest";
import { elementAt } from "./load";
import { firstWith, leaveOutTheSame, scan } from "./scan";
import { divergences } from "./sums";

/** Status of a row that is left to the general kernel. */
const LEFT: i32 = 255;

/** Numbers beyond this are left to the general kernel. */
const LARGE: f64 = 1e9;

// dtypes of rows.
const FLOAT64: i32 = 1;
const FLOAT16: i32 = 2;
const BFLOAT16: i32 = 3;
const CODED: i32 = 4;

// The columns of `out`, in float64.
const STATUS: usize = 0;
const ARGMAX: usize = 8; // of P and Q
const TOP: usize = 24;
const LABEL: usize = 40;
const ENTROPY: usize = 56;
const RANK: usize = 72;
const VALUES: usize = 80; // KL, reverse KL, JS, TV
const OVERLAP: usize = 112; // for k = 1…
const OUT_BYTES: usize = 112;

@inline
function rowBytesOf(n: i32, dtype: i32): usize {
  if (dtype === CODED) return codedRowBytes(n);
  return dtype === FLOAT64 ? <usize>n << 3 : dtype >= FLOAT16 ? <usize>n << 1 : <usize>n << 2;
}

/**
 * The numbers of each of the rows `first` to `last` − 1 of P at `a` and Q at `b`, of dtypes `dtypeA` and `dtypeB`
 * (0 float32, 1 float64, 2 float16, 3 bfloat16, 4 coded), to `out`: see the columns above. Logits, or, with tolerances ≥ 0,
 * log-probabilities, the sums of whose exponentials may be off 1 by that much. `labels` holds a class for each row.
 * `overlap` is how many numbers of OVERLAP there are; `entropies` and `rank` say whether those columns are wanted.
 */
export function statistics(
  a: usize, b: usize, labels: usize, out: usize,
  dtypeA: i32, dtypeB: i32, n: i32, toleranceA: f64, toleranceB: f64, entropies: i32, overlap: i32, rank: i32,
  first: i32, last: i32, work: usize,
): void {
  const bytesA = rowBytesOf(n, dtypeA);
  const bytesB = rowBytesOf(n, dtypeB);
  const outBytes = OUT_BYTES + (<usize>overlap << 3);
  const codedA = dtypeA === CODED;
  const codedB = dtypeB === CODED;
  const wide = dtypeA === FLOAT64 || dtypeB === FLOAT64 || codedA || codedB;
  const columns = work + COLUMNS;
  const decoded = columns + 2 * columnBytes(n, 8);
  for (let row = <usize>first; row < <usize>last; row++) {
    const rowA = a + row * bytesA;
    const rowB = b + row * bytesB;
    const p = inMemory(rowA, n, dtypeA, wide, decoded);
    const q = inMemory(rowB, n, dtypeB, wide, decoded + columnBytes(n, wide ? 8 : 4));
    const to = out + row * outBytes;
    const label = load<f64>(labels + (row << 3));
    const status = wide
      ? rowPair<f64>(
          p, q, n, codedA ? rowA : 0, codedB ? rowB : 0, toleranceA, toleranceB, entropies !== 0, label, columns, work, to,
        )
      : rowPair<f32>(p, q, n, 0, 0, toleranceA, toleranceB, entropies !== 0, label, columns, work, to);
    store<f64>(to, <f64>status);
    if (status !== 0) continue;
    if (rank !== 0) store<f64>(to, <f64>(wide ? rankOfTop<f64>(q, n, to) : rankOfTop<f32>(q, n, to)), RANK);
    if (overlap > 0) {
      if (wide) overlaps<f64>(p, q, n, overlap, work, to + OVERLAP);
      else overlaps<f32>(p, q, n, overlap, work, to + OVERLAP);
    }
  }
}

/** A row as float32 or, if `wide`, float64 numbers: itself, or decoded to `column`; a coded row not yet. */
@inline
function inMemory(row: usize, n: i32, dtype: i32, wide: bool, column: usize): usize {
  if (dtype === FLOAT64 || (dtype === 0 && !wide)) return row;
  if (dtype === 0) {
    widenRow(row, n, column);
  } else if (dtype === CODED) {
    return column;
  } else if (!wide) {
    decodeHalves(row, n, dtype === BFLOAT16, column);
  } else {
    // Into the upper half of the column, and from there widened from the front.
    const halves = column + (<usize>((n + 7) & ~7) << 2);
    decodeHalves(row, n, dtype === BFLOAT16, halves);
    widenRow(halves, n, column);
  }
  return column;
}

@inline
function rankOfTop<T>(q: usize, n: i32, out: usize): i32 {
  return rankOf<T>(q, n, <i32>load<f64>(out, ARGMAX));
}

/**
 * All but ranks and overlaps; returns the status. A coded row is at `codesA` or `codesB`, which are 0 for others, and
 * goes to `a` or `b`.
 */
function rowPair<T>(
  a: usize, b: usize, n: i32, codesA: usize, codesB: usize, toleranceA: f64, toleranceB: f64, entropies: bool,
  label: f64, columns: usize, work: usize, out: usize,
): i32 {
  const wp = columns;
  const wq = columns + columnBytes(n, 8);
  const sideB = work + SIDE_BYTES;
  if (sizeof<T>() === 8 && codesA !== 0) {
    if (!codedRow(codesA, n, a, wp, entropies, work, work)) return LEFT;
  } else if (scan<T>(a, n, work) !== 0) {
    return LEFT;
  }
  if (sizeof<T>() === 8 && codesB !== 0) {
    if (!codedRow(codesB, n, b, wq, entropies, work, sideB)) return LEFT;
  } else if (scan<T>(b, n, sideB) !== 0) {
    return LEFT;
  }
  const maxA = load<f64>(work, MAX);
  const maxB = load<f64>(sideB, MAX);
  if (Math.abs(maxA) > LARGE || Math.abs(maxB) > LARGE) return LEFT;
  const lowestA = maxA + LOWEST;
  const lowestB = maxB + LOWEST;
  const wide = load<f64>(work, MIN) < lowestA || load<f64>(sideB, MIN) < lowestB;
  if (wide && !leaveOutTheSame<T>(a, b, n, lowestA, lowestB)) return LEFT;
  if (codesA === 0) exponentials<T>(a, n, maxA, wp, work, wide, entropies);
  if (codesB === 0) exponentials<T>(b, n, maxB, wq, sideB, wide, entropies);
  const topA = firstWith<T>(a, n, maxA);
  const topB = firstWith<T>(b, n, maxB);
  finishSide(wp, n, topA, work);
  finishSide(wq, n, topB, sideB);
  if (!sumsToOne(maxA, toleranceA, work) || !sumsToOne(maxB, toleranceB, sideB)) return LEFT;
  store<f64>(out, <f64>topA, ARGMAX);
  store<f64>(out, <f64>topB, ARGMAX + 8);
  store<f64>(out, 1 / load<f64>(work, TOTAL), TOP);
  store<f64>(out, 1 / load<f64>(sideB, TOTAL), TOP + 8);
  const found = label >= 0 && label < <f64>n && Math.floor(label) === label;
  store<f64>(out, found ? logOf<T>(a, <i32>label, work) : NaN, LABEL);
  store<f64>(out, found ? logOf<T>(b, <i32>label, sideB) : NaN, LABEL + 8);
  if (entropies) {
    store<f64>(out, entropyOf(work), ENTROPY);
    store<f64>(out, entropyOf(sideB), ENTROPY + 8);
  }
  divergences<T>(a, b, n, wp, wq, wide, work, out + VALUES);
  return 0;
}

/** Below this, Z − 1 is added up by itself, because the 1 has taken its digits. */
const NEARLY_SURE: f64 = 1.01;

/** Z − 1 and log Z. */
function finishSide(w: usize, n: i32, top: i32, side: usize): void {
  const total = load<f64>(side, TOTAL);
  if (total > NEARLY_SURE) {
    store<f64>(side, total - 1, REST);
    store<f64>(side, f64x2.extract_lane(log(f64x2.splat(total)), 0), LOG_TOTAL);
    return;
  }
  let rest: f64 = 0;
  for (let i = 0; i < n; i++) if (i !== top) rest += load<f64>(w + (<usize>i << 3));
  store<f64>(side, rest, REST);
  store<f64>(side, f64x2.extract_lane(log1p(f64x2.splat(rest), f64x2.splat(1 + rest)), 0), LOG_TOTAL);
}

/** Whether Σ eˣ = Z·e^max is 1 up to a tolerance; a negative tolerance does not ask. */
@inline
function sumsToOne(max: f64, tolerance: f64, side: usize): bool {
  return tolerance < 0 || Math.abs(Math.exp(max + load<f64>(side, LOG_TOTAL)) - 1) <= tolerance;
}

/** log p of one class. */
@inline
function logOf<T>(row: usize, i: i32, side: usize): f64 {
  return elementAt<T>(row, i) - load<f64>(side, MAX) - load<f64>(side, LOG_TOTAL);
}

/** H = log Z + Σ w·(max − x)/Z, of which no term is negative. */
@inline
function entropyOf(side: usize): f64 {
  return load<f64>(side, LOG_TOTAL) + load<f64>(side, SPREAD) / load<f64>(side, TOTAL);
}

/** For k = 1…`most`, how many of P's k likeliest classes are among Q's k likeliest. */
function overlaps<T>(a: usize, b: usize, n: i32, most: i32, work: usize, out: usize): void {
  const ofP = work + LIKELIEST;
  const ofQ = ofP + LIKELIEST_BYTES;
  const found = likeliest<T>(a, n, most, ofP);
  likeliest<T>(b, n, most, ofQ);
  for (let k: usize = 0; k < <usize>most; k++) store<f64>(out + (k << 3), 0);
  // A class counts from the k on from which both lists have it.
  for (let i = 0; i < found; i++) {
    const c = load<i32>(ofP + (<usize>i << 2));
    for (let j = 0; j < found; j++) {
      if (load<i32>(ofQ + (<usize>j << 2)) !== c) continue;
      for (let k = <usize>max(i, j); k < <usize>most; k++) {
        store<f64>(out + (k << 3), load<f64>(out + (k << 3)) + 1);
      }
    }
  }
}
