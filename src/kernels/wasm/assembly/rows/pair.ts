// Two rows brought to p, q and t = log q − log p in float64, two classes at a time: the representation that
// all measures of summands.ts work on. The same as RowPair and RowSide of ../../../divergence, except that
// classes pass through the work area in chunks, so that rows may be of any length: a row of one chunk stays
// there, a longer one is computed once for its totals and once more for every use.

import { exp, expBounded, expm1, log1p, logPositive, one, select } from "./math64";

/** Classes in a chunk. */
export const CHUNK = 2048;

// The work area: scalars, then a chunk of each column.
const DTYPE: usize = 0; // 0 float32, 1 float64
const FROM: usize = 8; // LOGITS, PROBS
const SCALE: usize = 16; // 1/T
const MAX_P: usize = 24;
const MAX_Q: usize = 32;
const TOTAL_P: usize = 40; // Σ exp((a − max a)/T), or Σ P
const TOTAL_Q: usize = 48;
const EXCESS: usize = 56; // Σ P·(e^u − 1), see `fill`
const CENTRE: usize = 64; // log E_p[e^u]
const LOG_TOTAL_P: usize = 72;
const LOG_TOTAL_Q: usize = 80;
const CHUNKS: usize = 88; // how many chunks the row has
const ORDINARY: usize = 96; // 1 for logits without masks and without distances above 600
const SMALLEST_P: usize = 104;
const SMALLEST_Q: usize = 112;
const WORK_HEAD: usize = 256;
const COLUMN: usize = CHUNK * 8;
/** p, q and t of a chunk; log p and log q. */
export const P: usize = WORK_HEAD;
export const Q: usize = P + COLUMN;
export const T: usize = Q + COLUMN;
export const LOG_P: usize = T + COLUMN;
export const LOG_Q: usize = LOG_P + COLUMN;

export const LOGITS: i32 = 0;
export const PROBS: i32 = 1;
export const LOG_PROBS: i32 = 2;

/** Faults of a row: places in the list of ../../../divergence/statistics.ts, from 1. */
const NAN: i32 = 1;
const INFINITE: i32 = 2;
const NEGATIVE: i32 = 3;
const SUM: i32 = 4;
const EMPTY: i32 = 5;

const numbers: usize = memory.data<f64>([
  -Infinity, Infinity, 0, -1.7976931348623157e308, 5e-324, -1e300, 134217729, 0.5,
]);

@inline
function number(index: usize): v128 {
  return v128.load64_splat(numbers + index * 8);
}

const MINUS_INFINITY: usize = 0;
const PLUS_INFINITY: usize = 1;
const ZERO: usize = 2;
const LOWEST: usize = 3;
const TINIEST: usize = 4;
const HUGE: usize = 5;
const SPLITTER: usize = 6;
const HALF: usize = 7;

/** Element `i` of a row. */
@inline
function element(row: usize, i: i32, dtype: i32): f64 {
  return dtype === 0 ? <f64>load<f32>(row + (<usize>i << 2)) : load<f64>(row + (<usize>i << 3));
}

/** Distances between logits, over T, from which on their exponentials need care. */
const WIDE: f64 = 600;

/** Elements i and i + 1; where the row ends in between, `pad` for the second. */
@inline
function elements(row: usize, i: i32, n: i32, dtype: i32, pad: f64): v128 {
  if (i + 1 < n) {
    return dtype === 0
      ? f64x2.promote_low_f32x4(v128.load64_zero(row + (<usize>i << 2)))
      : v128.load(row + (<usize>i << 3));
  }
  return f64x2.replace_lane(f64x2.splat(pad), 0, element(row, i, dtype));
}

@inline
function sumOfLanes(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}

/** The largest and the smallest element; or the fault of the first element that has one. */
function scan(row: usize, n: i32, dtype: i32, from: i32, largestTo: usize, smallestTo: usize): i32 {
  let min = number(PLUS_INFINITY);
  let max = from === PROBS ? number(ZERO) : number(MINUS_INFINITY);
  const pad: f64 = from === PROBS ? 0 : -Infinity;
  let bad = number(ZERO);
  for (let i = 0; i + 1 < n; i += 2) {
    const x = elements(row, i, n, dtype, pad);
    bad = v128.or(bad, f64x2.ne(x, x));
    min = f64x2.pmin(min, x);
    max = f64x2.pmax(max, x);
  }
  if ((n & 1) !== 0) {
    const x = f64x2.splat(element(row, n - 1, dtype));
    bad = v128.or(bad, f64x2.ne(x, x));
    min = f64x2.pmin(min, x);
    max = f64x2.pmax(max, x);
  }
  const low = lesser(f64x2.extract_lane(min, 0), f64x2.extract_lane(min, 1));
  const largest = -lesser(-f64x2.extract_lane(max, 0), -f64x2.extract_lane(max, 1));
  if (v128.any_true(bad) || largest === Infinity || (from === PROBS && low < 0)) {
    return firstFault(row, n, dtype, from);
  }
  store<f64>(largestTo, largest);
  store<f64>(smallestTo, low);
  return largest === (from === PROBS ? 0 : -Infinity) ? EMPTY : 0;
}

@inline
function lesser(a: f64, b: f64): f64 {
  return a < b ? a : b;
}

function firstFault(row: usize, n: i32, dtype: i32, from: i32): i32 {
  for (let i = 0; i < n; i++) {
    const x = element(row, i, dtype);
    if (isNaN(x)) return NAN;
    if (x === Infinity || (from === PROBS && x === -Infinity)) return INFINITE;
    if (from === PROBS && x < 0) return NEGATIVE;
  }
  return 0;
}

/** Σ x, or Σ eˣ. */
function sumOf(row: usize, n: i32, dtype: i32, from: i32): f64 {
  let sum = number(ZERO);
  for (let i = 0; i < n; i += 2) {
    if (from === PROBS) sum = f64x2.add(sum, elements(row, i, n, dtype, 0));
    else sum = f64x2.add(sum, exp(elements(row, i, n, dtype, -Infinity)));
  }
  return sumOfLanes(sum);
}

/** The first class with the largest number. */
export function argmax(row: usize, n: i32, isQ: bool, work: usize): i32 {
  const dtype = load<i32>(work, DTYPE);
  const max = isQ ? load<f64>(work, MAX_Q) : load<f64>(work, MAX_P);
  const wanted = f64x2.splat(max);
  let i = 0;
  while (i + 1 < n && !v128.any_true(f64x2.eq(elements(row, i, n, dtype, 0), wanted))) i += 2;
  return element(row, i, dtype) === max ? i : i + 1;
}

/** log p and log q of one class. */
export function logOf(row: usize, i: i32, isQ: bool, work: usize): f64 {
  const x = element(row, i, load<i32>(work, DTYPE));
  const logTotal = isQ ? load<f64>(work, LOG_TOTAL_Q) : load<f64>(work, LOG_TOTAL_P);
  if (load<i32>(work, FROM) === PROBS) {
    return x === 0 ? -Infinity : f64x2.extract_lane(logPositive(f64x2.splat(x)), 0) - logTotal;
  }
  return (x - (isQ ? load<f64>(work, MAX_Q) : load<f64>(work, MAX_P))) * load<f64>(work, SCALE) - logTotal;
}

/**
 * Reads a row of P at `a` and one of Q at `b`. Returns 0, or the fault of P plus 16 times that of Q. A
 * `tolerance` ≥ 0 says how far sums of probabilities may be off 1.
 */
export function loadPair(
  a: usize,
  b: usize,
  n: i32,
  dtype: i32,
  from: i32,
  temperature: f64,
  tolerance: f64,
  work: usize,
): i32 {
  store<i32>(work, dtype, DTYPE);
  store<i32>(work, from, FROM);
  store<f64>(work, 1 / temperature, SCALE);
  store<i32>(work, (n + CHUNK - 1) / CHUNK, CHUNKS);
  let faultP = scan(a, n, dtype, from, work + MAX_P, work + SMALLEST_P);
  let faultQ = scan(b, n, dtype, from, work + MAX_Q, work + SMALLEST_Q);
  if (tolerance >= 0) {
    if (faultP === 0 && !(Math.abs(sumOf(a, n, dtype, from) - 1) <= tolerance)) faultP = SUM;
    if (faultQ === 0 && !(Math.abs(sumOf(b, n, dtype, from) - 1) <= tolerance)) faultQ = SUM;
  }
  if ((faultP | faultQ) !== 0) return faultP | (faultQ << 4);
  if (from === PROBS) {
    store<f64>(work, sumOf(a, n, dtype, PROBS), TOTAL_P);
    store<f64>(work, sumOf(b, n, dtype, PROBS), TOTAL_Q);
  } else {
    store<f64>(work, 0, TOTAL_P);
    store<f64>(work, 0, TOTAL_Q);
  }
  store<f64>(work, 0, EXCESS);
  const rangeP = (load<f64>(work, MAX_P) - load<f64>(work, SMALLEST_P)) / temperature;
  const rangeQ = (load<f64>(work, MAX_Q) - load<f64>(work, SMALLEST_Q)) / temperature;
  store<i32>(work, from !== PROBS && rangeP < WIDE && rangeQ < WIDE ? 1 : 0, ORDINARY);
  for (let start = 0; start < n; start += CHUNK) {
    fill(a, b, start, min(start + CHUNK, n), true, work);
  }
  // t = u − log E_p[e^u], and E_p[e^u] − 1 is a sum of numbers as small as u.
  const totalP = load<f64>(work, TOTAL_P);
  const totalQ = load<f64>(work, TOTAL_Q);
  const excess = load<f64>(work, EXCESS) / totalP;
  const mean = from === PROBS ? 1 + excess : totalQ / totalP;
  store<f64>(work, f64x2.extract_lane(log1p(f64x2.splat(excess), f64x2.splat(mean)), 0), CENTRE);
  store<f64>(work, f64x2.extract_lane(logPositive(f64x2.splat(totalP)), 0), LOG_TOTAL_P);
  store<f64>(work, f64x2.extract_lane(logPositive(f64x2.splat(totalQ)), 0), LOG_TOTAL_Q);
  if (n <= CHUNK) normalize(n, work);
  return 0;
}

/** Brings the classes from `start` on, at most a chunk, to the work area. Returns how many, made even. */
export function chunkOf(a: usize, b: usize, n: i32, start: i32, work: usize): i32 {
  const count = min(CHUNK, n - start);
  if (load<i32>(work, CHUNKS) > 1) {
    fill(a, b, start, start + count, false, work);
    normalize(count, work);
  }
  return (count + 1) & ~1;
}

/** Fills the columns of a chunk with unnormalised p and q, u = log q − log p + constant, and logarithms. */
function fill(a: usize, b: usize, start: i32, end: i32, totals: bool, work: usize): void {
  if (load<i32>(work, FROM) === PROBS) fillFromProbabilities(a, b, start, end, totals, work);
  else if (load<i32>(work, ORDINARY) !== 0) fillOrdinary(a, b, start, end, totals, work);
  else fillFromLogits(a, b, start, end, totals, work, work);
}

/** The rounding error of difference = fl(a − b) (Knuth, TAOCP 2, §4.2.2, theorem B). */
@inline
function differenceError(a: v128, b: v128, difference: v128): v128 {
  const bVirtual = f64x2.sub(a, difference);
  return f64x2.add(f64x2.sub(a, f64x2.add(difference, bVirtual)), f64x2.sub(bVirtual, b));
}

/** u, or what stands for it where a class is missing from P (∞), from Q (−∞), or from both (0). */
@inline
function logRatio(u: v128, inP: v128, inQ: v128): v128 {
  const inEither = v128.or(inP, inQ);
  const edge = v128.and(select(number(MINUS_INFINITY), number(PLUS_INFINITY), inP), inEither);
  return select(u, edge, v128.and(inP, inQ));
}

/** Adds to Σ p·(e^u − 1), which is Σ (q − p) in units of P where u is large. */
@inline
function addExcess(sum: v128, p: v128, q: v128, u: v128): v128 {
  const small = f64x2.le(u, one());
  const near = f64x2.mul(p, expm1(f64x2.pmin(one(), u)));
  return f64x2.add(sum, select(near, f64x2.sub(q, p), small));
}

/**
 * With both rows relative to their maxima, the difference of two logits is known to the last bit: the rounding
 * errors of the three differences are added back. Here e^u·p = q already, with p and q relative to their maxima.
 */
function fillFromLogits(
  a: usize,
  b: usize,
  start: i32,
  end: i32,
  totals: bool,
  at: usize,
  work: usize,
): void {
  const dtype = load<i32>(work, DTYPE);
  const scale = v128.load64_splat(work, SCALE);
  const maxP = v128.load64_splat(work, MAX_P);
  const maxQ = v128.load64_splat(work, MAX_Q);
  let totalP = number(ZERO);
  let totalQ = totalP;
  let excess = totalP;
  for (let i = start; i < end; i += 2, at += 16) {
    const x = elements(a, i, end, dtype, -Infinity);
    const y = elements(b, i, end, dtype, -Infinity);
    const inP = f64x2.gt(x, number(MINUS_INFINITY));
    const inQ = f64x2.gt(y, number(MINUS_INFINITY));
    const gapP = f64x2.pmax(number(LOWEST), f64x2.sub(x, maxP));
    const gapQ = f64x2.pmax(number(LOWEST), f64x2.sub(y, maxQ));
    const errorP = v128.and(differenceError(x, maxP, gapP), f64x2.gt(gapP, number(HUGE)));
    const errorQ = v128.and(differenceError(y, maxQ, gapQ), f64x2.gt(gapQ, number(HUGE)));
    const difference = f64x2.sub(gapQ, gapP);
    const u = logRatio(
      f64x2.mul(f64x2.add(difference, f64x2.sub(errorQ, errorP)), scale),
      inP,
      inQ,
    );
    const logP = select(f64x2.mul(gapP, scale), number(MINUS_INFINITY), inP);
    const logQ = select(f64x2.mul(gapQ, scale), number(MINUS_INFINITY), inQ);
    const p = exp(logP);
    const q = exp(logQ);
    v128.store(at, p, P);
    v128.store(at, q, Q);
    v128.store(at, u, T);
    v128.store(at, logP, LOG_P);
    v128.store(at, logQ, LOG_Q);
    if (totals) {
      totalP = f64x2.add(totalP, p);
      totalQ = f64x2.add(totalQ, q);
      excess = addExcess(excess, p, q, u);
    }
  }
  if (!totals) return;
  store<f64>(work, load<f64>(work, TOTAL_P) + sumOfLanes(totalP), TOTAL_P);
  store<f64>(work, load<f64>(work, TOTAL_Q) + sumOfLanes(totalQ), TOTAL_Q);
  store<f64>(work, load<f64>(work, EXCESS) + sumOfLanes(excess), EXCESS);
}

/** `fillFromLogits` for rows that nothing is special about. */
function fillOrdinary(a: usize, b: usize, start: i32, end: i32, totals: bool, work: usize): void {
  const even = start + ((end - start) & ~1);
  if (load<i32>(work, DTYPE) === 0) fillOrdinaryOf(0, a, b, start, even, totals, work);
  else fillOrdinaryOf(1, a, b, start, even, totals, work);
  if (even === end) return;
  const at = work + ((<usize>(even - start) >> 1) << 4);
  fillFromLogits(a, b, even, end, totals, at, work);
}

@inline
function fillOrdinaryOf(
  dtype: i32,
  a: usize,
  b: usize,
  start: i32,
  end: i32,
  totals: bool,
  work: usize,
): void {
  const scale = v128.load64_splat(work, SCALE);
  const maxP = v128.load64_splat(work, MAX_P);
  const maxQ = v128.load64_splat(work, MAX_Q);
  let totalP = number(ZERO);
  let totalQ = totalP;
  let excess = totalP;
  let at = work;
  for (let i = start; i < end; i += 2, at += 16) {
    const x = elements(a, i, end, dtype, 0);
    const y = elements(b, i, end, dtype, 0);
    const gapP = f64x2.sub(x, maxP);
    const gapQ = f64x2.sub(y, maxQ);
    const errors = f64x2.sub(differenceError(y, maxQ, gapQ), differenceError(x, maxP, gapP));
    const u = f64x2.mul(f64x2.add(f64x2.sub(gapQ, gapP), errors), scale);
    const logP = f64x2.mul(gapP, scale);
    const logQ = f64x2.mul(gapQ, scale);
    const p = expBounded(logP);
    const q = expBounded(logQ);
    v128.store(at, p, P);
    v128.store(at, q, Q);
    v128.store(at, u, T);
    v128.store(at, logP, LOG_P);
    v128.store(at, logQ, LOG_Q);
    if (totals) {
      totalP = f64x2.add(totalP, p);
      totalQ = f64x2.add(totalQ, q);
      excess = addExcess(excess, p, q, u);
    }
  }
  if (!totals) return;
  store<f64>(work, load<f64>(work, TOTAL_P) + sumOfLanes(totalP), TOTAL_P);
  store<f64>(work, load<f64>(work, TOTAL_Q) + sumOfLanes(totalQ), TOTAL_Q);
  store<f64>(work, load<f64>(work, EXCESS) + sumOfLanes(excess), EXCESS);
}

@inline
function highBits(x: v128): v128 {
  const scaled = f64x2.mul(number(SPLITTER), x);
  return f64x2.sub(scaled, f64x2.sub(scaled, x));
}

/** The rounding error of product = fl(a·b) (Dekker 1971). */
@inline
function productError(a: v128, b: v128, product: v128): v128 {
  const aHigh = highBits(a);
  const aLow = f64x2.sub(a, aHigh);
  const bHigh = highBits(b);
  const bLow = f64x2.sub(b, bHigh);
  const rest = f64x2.sub(f64x2.sub(product, f64x2.mul(aHigh, bHigh)), f64x2.mul(aLow, bHigh));
  return f64x2.sub(f64x2.mul(aLow, bLow), f64x2.sub(rest, f64x2.mul(aHigh, bLow)));
}

/** With k = ΣQ/ΣP, u = log(Q/kP) = log(1 + (Q − kP)/kP), where k·P is carried as a sum of two numbers. */
function fillFromProbabilities(
  a: usize,
  b: usize,
  start: i32,
  end: i32,
  totals: bool,
  work: usize,
): void {
  const dtype = load<i32>(work, DTYPE);
  const k = f64x2.splat(load<f64>(work, TOTAL_Q) / load<f64>(work, TOTAL_P));
  const logK = logPositive(k);
  let excess = number(ZERO);
  let at = work;
  for (let i = start; i < end; i += 2, at += 16) {
    const p = elements(a, i, end, dtype, 0);
    const q = elements(b, i, end, dtype, 0);
    const inP = f64x2.gt(p, number(ZERO));
    const inQ = f64x2.gt(q, number(ZERO));
    const logP = select(logPositive(p), number(MINUS_INFINITY), inP);
    const logQ = select(logPositive(q), number(MINUS_INFINITY), inQ);
    const scaled = f64x2.mul(k, p);
    const residual = f64x2.sub(f64x2.sub(q, scaled), productError(k, p, scaled));
    const near = f64x2.lt(f64x2.abs(residual), f64x2.mul(number(HALF), scaled));
    const change = v128.and(f64x2.div(residual, scaled), near);
    const close = log1p(change, f64x2.add(one(), change));
    const far = f64x2.sub(f64x2.sub(logQ, logP), logK);
    const u = logRatio(select(close, far, near), inP, inQ);
    v128.store(at, p, P);
    v128.store(at, q, Q);
    v128.store(at, u, T);
    v128.store(at, logP, LOG_P);
    v128.store(at, logQ, LOG_Q);
    if (totals) excess = addExcess(excess, p, f64x2.div(q, k), u);
  }
  if (totals) store<f64>(work, load<f64>(work, EXCESS) + sumOfLanes(excess), EXCESS);
}

/** Brings the columns to p, q, t, log p and log q; what underflows is held at the smallest positive number. */
function normalize(count: i32, work: usize): void {
  const totalP = v128.load64_splat(work, TOTAL_P);
  const totalQ = v128.load64_splat(work, TOTAL_Q);
  const logTotalP = v128.load64_splat(work, LOG_TOTAL_P);
  const logTotalQ = v128.load64_splat(work, LOG_TOTAL_Q);
  const centre = v128.load64_splat(work, CENTRE);
  const end = work + (<usize>count << 3);
  if (load<i32>(work, ORDINARY) !== 0 && (count & 1) === 0) {
    const shareP = f64x2.div(one(), totalP);
    const shareQ = f64x2.div(one(), totalQ);
    for (; work < end; work += 16) {
      v128.store(work, f64x2.mul(v128.load(work, P), shareP), P);
      v128.store(work, f64x2.mul(v128.load(work, Q), shareQ), Q);
      v128.store(work, f64x2.sub(v128.load(work, T), centre), T);
      v128.store(work, f64x2.sub(v128.load(work, LOG_P), logTotalP), LOG_P);
      v128.store(work, f64x2.sub(v128.load(work, LOG_Q), logTotalQ), LOG_Q);
    }
    return;
  }
  for (; work < end; work += 16) {
    const logP = v128.load(work, LOG_P);
    const logQ = v128.load(work, LOG_Q);
    const inP = f64x2.gt(logP, number(MINUS_INFINITY));
    const inQ = f64x2.gt(logQ, number(MINUS_INFINITY));
    const p = f64x2.pmax(number(TINIEST), f64x2.div(v128.load(work, P), totalP));
    const q = f64x2.pmax(number(TINIEST), f64x2.div(v128.load(work, Q), totalQ));
    v128.store(work, v128.and(p, inP), P);
    v128.store(work, v128.and(q, inQ), Q);
    v128.store(work, logRatio(f64x2.sub(v128.load(work, T), centre), inP, inQ), T);
    v128.store(work, f64x2.sub(logP, logTotalP), LOG_P);
    v128.store(work, f64x2.sub(logQ, logTotalQ), LOG_Q);
  }
}
