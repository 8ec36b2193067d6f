// Measures of row pairs of any dtype and kind: values, statistics and gradients in float64.

import { half, select } from "./math64";
import { argmax, chunkOf, loadPair, LOG_P, LOG_Q, logOf, P, Q, T } from "./pair";
import {
  CHI2,
  GENERALIZED_JS,
  HELLINGER,
  JEFFREYS,
  KL,
  largerSlope,
  REVERSE_KL,
  SKEW_KL,
  smallerSlope,
  summand,
  TOTAL_VARIATION,
} from "./summands";

const ZERO: usize = memory.data<f64>([0, Infinity]);

/**
 * A measure is four float64 numbers: the code of its summand, that one's weight, a factor, and 1 for √(factor ·
 * Σ h), 0 for factor · Σ h.
 */
const MEASURE_BYTES: usize = 32;

@inline
function zero(): v128 {
  return v128.load64_splat(ZERO);
}

@inline
function sumOfLanes(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}

/** Σ h over the `count` classes in the work area. */
@inline
function sumChunkOf(code: i32, weight: f64, count: i32, work: usize): f64 {
  const w = f64x2.splat(weight);
  let sum = zero();
  for (const end = work + (<usize>count << 3); work < end; work += 16) {
    const t = v128.load(work, T);
    const qSmaller = f64x2.le(t, zero());
    const m = select(v128.load(work, P), v128.load(work, Q), qSmaller);
    const logM = select(v128.load(work, LOG_P), v128.load(work, LOG_Q), qSmaller);
    sum = f64x2.add(sum, summand(code, w, m, f64x2.neg(f64x2.abs(t)), logM, qSmaller));
  }
  return sumOfLanes(sum);
}

function sumChunk(code: i32, weight: f64, count: i32, work: usize): f64 {
  if (code === KL) return sumChunkOf(KL, weight, count, work);
  if (code === REVERSE_KL) return sumChunkOf(REVERSE_KL, weight, count, work);
  if (code === JEFFREYS) return sumChunkOf(JEFFREYS, weight, count, work);
  if (code === GENERALIZED_JS) return sumChunkOf(GENERALIZED_JS, weight, count, work);
  if (code === SKEW_KL) return sumChunkOf(SKEW_KL, weight, count, work);
  if (code === TOTAL_VARIATION) return sumChunkOf(TOTAL_VARIATION, weight, count, work);
  if (code === HELLINGER) return sumChunkOf(HELLINGER, weight, count, work);
  return sumChunkOf(CHI2, weight, count, work);
}

/**
 * Of rows of `n` ≥ 1 classes at `a` and `b`, in float32 (`dtype` 0) or float64 (1), given as logits,
 * probabilities or log-probabilities (`from` 0, 1, 2), to `out`: columns of float64, each row's numbers
 * together: its status (see `loadPair`), the first class with the largest number in P and in Q, log p and log q
 * of the class in `labels`, log p and log q of the likeliest classes, and the values of the `count` measures. A `tolerance` ≥ 0 is for the sums of rows
 * of probabilities. `details` = 0 leaves out the classes and labels.
 */
export function rowStatistics64(
  a: usize,
  b: usize,
  labels: usize,
  measures: usize,
  out: usize,
  count: i32,
  details: i32,
  dtype: i32,
  from: i32,
  n: i32,
  temperature: f64,
  tolerance: f64,
  first: i32,
  last: i32,
  work: usize,
): void {
  const rowBytes = <usize>n << (dtype === 0 ? 2 : 3);
  for (let row = <usize>first; row < <usize>last; row++) {
    const p = a + row * rowBytes;
    const q = b + row * rowBytes;
    const to = out + row * (<usize>(count + 7) << 3);
    const status = loadPair(p, q, n, dtype, from, temperature, tolerance, work);
    store<f64>(to, <f64>status);
    if (details !== 0) {
      const label = load<f64>(labels + (row << 3));
      const found = status === 0 && label >= 0 && label < <f64>n && Math.floor(label) === label;
      store<f64>(to, (status & 15) === 0 ? <f64>argmax(p, n, false, work) : -1, 8);
      store<f64>(to, status >> 4 === 0 ? <f64>argmax(q, n, true, work) : -1, 16);
      store<f64>(to, found ? logOf(p, <i32>label, false, work) : NaN, 24);
      store<f64>(to, found ? logOf(q, <i32>label, true, work) : NaN, 32);
      store<f64>(to, status === 0 ? logOf(p, <i32>load<f64>(to, 8), false, work) : NaN, 40);
      store<f64>(to, status === 0 ? logOf(q, <i32>load<f64>(to, 16), true, work) : NaN, 48);
    }
    values(status === 0, p, q, n, measures, count, to + 56, work);
  }
}

function values(
  inOrder: bool,
  p: usize,
  q: usize,
  n: i32,
  measures: usize,
  count: i32,
  out: usize,
  work: usize,
): void {
  const end = out + (<usize>count << 3);
  for (let to = out; to < end; to += 8) store<f64>(to, inOrder ? 0 : NaN);
  if (!inOrder) return;
  for (let start = 0; start < n; ) {
    const length = chunkOf(p, q, n, start, work);
    for (let to = out, m = measures; to < end; to += 8, m += MEASURE_BYTES) {
      store<f64>(to, load<f64>(to) + sumChunk(<i32>load<f64>(m), load<f64>(m, 8), length, work));
    }
    start += length;
  }
  for (let to = out, m = measures; to < end; to += 8, m += MEASURE_BYTES) {
    const scaled = load<f64>(m, 16) * load<f64>(to);
    store<f64>(to, load<f64>(m, 24) !== 0 ? Math.sqrt(scaled) : scaled);
  }
}

// The work area of gradients, in the head that pair.ts leaves free.
const SLOPES_P: usize = 128; // Σ ∂h/∂log p
const SLOPES_Q: usize = 136;
/** Of each side: the sum of the gradient without the class that has more than half, and where that one is. */
const REST: usize = 144;
const REST_Q: usize = 160;

/** Puts ∂h/∂log p and ∂h/∂log q of the classes in the work area in place of log p and log q. */
@inline
function slopesOfChunk(code: i32, weight: f64, count: i32, work: usize): void {
  const w = f64x2.splat(weight);
  let sumP = zero();
  let sumQ = zero();
  const head = work;
  for (const end = work + (<usize>count << 3); work < end; work += 16) {
    const t = v128.load(work, T);
    const qSmaller = f64x2.le(t, zero());
    const m = select(v128.load(work, P), v128.load(work, Q), qSmaller);
    const logM = select(v128.load(work, LOG_P), v128.load(work, LOG_Q), qSmaller);
    const s = f64x2.neg(f64x2.abs(t));
    const larger = largerSlope(code, w, m, s, logM, qSmaller);
    const smaller = smallerSlope(code, w, m, s, logM, qSmaller);
    const p = select(larger, smaller, qSmaller);
    const q = select(smaller, larger, qSmaller);
    sumP = f64x2.add(sumP, p);
    sumQ = f64x2.add(sumQ, q);
    v128.store(work, p, LOG_P);
    v128.store(work, q, LOG_Q);
  }
  store<f64>(head, load<f64>(head, SLOPES_P) + sumOfLanes(sumP), SLOPES_P);
  store<f64>(head, load<f64>(head, SLOPES_Q) + sumOfLanes(sumQ), SLOPES_Q);
}

function slopesChunk(code: i32, weight: f64, count: i32, work: usize): void {
  if (code === KL) slopesOfChunk(KL, weight, count, work);
  else if (code === REVERSE_KL) slopesOfChunk(REVERSE_KL, weight, count, work);
  else if (code === JEFFREYS) slopesOfChunk(JEFFREYS, weight, count, work);
  else if (code === GENERALIZED_JS) slopesOfChunk(GENERALIZED_JS, weight, count, work);
  else if (code === SKEW_KL) slopesOfChunk(SKEW_KL, weight, count, work);
  else if (code === TOTAL_VARIATION) slopesOfChunk(TOTAL_VARIATION, weight, count, work);
  else if (code === HELLINGER) slopesOfChunk(HELLINGER, weight, count, work);
  else slopesOfChunk(CHI2, weight, count, work);
}

/**
 * out = factor · (slope − share·total): the gradient by logits. An infinite slope stays infinite, and a class
 * without probability has its slope. What `balance` needs goes to `rest`.
 */
function writeGradient(
  shares: usize,
  slopes: usize,
  count: i32,
  total: f64,
  factor: f64,
  out: usize,
  dtype: i32,
  rest: usize,
): void {
  const totals = f64x2.splat(total);
  const factors = f64x2.splat(factor);
  const infinity = v128.load64_splat(ZERO, 8);
  let sum = zero();
  for (; count > 0; count -= 2, shares += 16, slopes += 16) {
    const slope = v128.load(slopes);
    const share = v128.load(shares);
    const ordinary = v128.and(f64x2.gt(share, zero()), f64x2.lt(f64x2.abs(slope), infinity));
    const centred = select(f64x2.sub(slope, f64x2.mul(share, totals)), slope, ordinary);
    const gradient = f64x2.mul(centred, factors);
    const sure = f64x2.gt(share, half());
    sum = f64x2.add(sum, v128.andnot(gradient, sure));
    if (v128.any_true(sure)) store<i32>(rest, <i32>out + (i64x2.bitmask(sure) >> 1) * (4 << dtype), 8);
    if (dtype === 0) {
      const narrow = f32x4.demote_f64x2_zero(gradient);
      if (count === 1) v128.store32_lane(out, narrow, 0);
      else v128.store64_lane(out, narrow, 0);
      out += 8;
    } else {
      if (count === 1) v128.store64_lane(out, gradient, 0);
      else v128.store(out, gradient);
      out += 16;
    }
  }
  store<f64>(rest, load<f64>(rest) + sumOfLanes(sum));
}

/**
 * Makes the gradient of a side sum to 0, as it must, by the class that has more than half of the probability:
 * by itself its component is a small difference of large numbers.
 */
function balance(rest: usize, dtype: i32): void {
  const sum = load<f64>(rest);
  const place = <usize>load<i32>(rest, 8);
  if (place === 0 || !isFinite(sum)) return;
  if (dtype === 0) {
    if (isFinite(load<f32>(place))) store<f32>(place, <f32>-sum);
  } else if (isFinite(load<f64>(place))) {
    store<f64>(place, -sum);
  }
}

/**
 * Gradients of Σ upstream·D by logits or log-probabilities of P to `gp` and of Q to `gq`, in float32 or
 * float64 (`outDtype`). `sides` says which are wanted: 1 P, 2 Q, 3 both. Rows with upstream 0 get 0, rows with a
 * fault NaN. `measure` is one measure; see MEASURE_BYTES.
 */
export function gradients64(
  a: usize,
  b: usize,
  upstream: usize,
  measure: usize,
  gp: usize,
  gq: usize,
  sides: i32,
  dtype: i32,
  outDtype: i32,
  from: i32,
  n: i32,
  temperature: f64,
  tolerance: f64,
  first: i32,
  last: i32,
  work: usize,
): void {
  const rowBytes = <usize>n << (dtype === 0 ? 2 : 3);
  const outBytes = <usize>n << (outDtype === 0 ? 2 : 3);
  for (let row = <usize>first; row < <usize>last; row++) {
    const p = a + row * rowBytes;
    const q = b + row * rowBytes;
    const scale = load<f64>(upstream + (row << 3));
    const toP = gp + row * outBytes;
    const toQ = gq + row * outBytes;
    if (scale === 0) {
      if ((sides & 1) !== 0) memory.fill(toP, 0, outBytes);
      if ((sides & 2) !== 0) memory.fill(toQ, 0, outBytes);
    } else if (loadPair(p, q, n, dtype, from, temperature, tolerance, work) !== 0) {
      if ((sides & 1) !== 0) fillNaN(toP, n, outDtype);
      if ((sides & 2) !== 0) fillNaN(toQ, n, outDtype);
    } else {
      rowGradients(p, q, n, measure, scale / temperature, sides, toP, toQ, outDtype, work);
    }
  }
}

function fillNaN(out: usize, n: i32, dtype: i32): void {
  for (let i: usize = 0; i < <usize>n; i++) {
    if (dtype === 0) store<f32>(out + (i << 2), NaN);
    else store<f64>(out + (i << 3), NaN);
  }
}

function rowGradients(
  p: usize,
  q: usize,
  n: i32,
  measure: usize,
  scale: f64,
  sides: i32,
  gp: usize,
  gq: usize,
  dtype: i32,
  work: usize,
): void {
  const code = <i32>load<f64>(measure);
  const weight = load<f64>(measure, 8);
  let factor = load<f64>(measure, 16);
  const isRoot = load<f64>(measure, 24) !== 0;
  let sum: f64 = 0;
  store<f64>(work, 0, SLOPES_P);
  store<f64>(work, 0, SLOPES_Q);
  let length = 0;
  for (let start = 0; start < n; start += length) {
    length = chunkOf(p, q, n, start, work);
    if (isRoot) sum += sumChunk(code, weight, length, work);
    slopesChunk(code, weight, length, work);
  }
  // d√(factor·Σ)/dΣ; at 0 the subgradient 0 is taken.
  if (isRoot) factor = sum > 0 ? 0.5 * Math.sqrt(factor / sum) : 0;
  const sumP = load<f64>(work, SLOPES_P);
  const sumQ = load<f64>(work, SLOPES_Q);
  for (let k: usize = 0; k < 32; k += 16) v128.store(work + REST + k, zero());
  const shift: usize = dtype === 0 ? 2 : 3;
  for (let start = 0; start < n; start += length) {
    if (length < n) {
      length = chunkOf(p, q, n, start, work);
      slopesChunk(code, weight, length, work);
    }
    const count = min(length, n - start);
    const at = <usize>start << shift;
    if ((sides & 1) !== 0) {
      writeGradient(work + P, work + LOG_P, count, sumP, factor * scale, gp + at, dtype, work + REST);
    }
    if ((sides & 2) !== 0) {
      writeGradient(work + Q, work + LOG_Q, count, sumQ, factor * scale, gq + at, dtype, work + REST_Q);
    }
  }
  balance(work + REST, dtype);
  balance(work + REST_Q, dtype);
}
