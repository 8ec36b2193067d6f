// Gradients of upstream · KL(P‖Q) by float32 logits, from what `klRows32` saved of each row: with
// p = exp((a − m)/T)/Z and t = log q − log p = ((b − a) − c)/T,
//
//     ∂KL/∂b = (q − p)/T = p·(eᵗ − 1)/T,     ∂KL/∂a = −p·(t + KL)/T.
//
// The second form of ∂KL/∂b keeps its accuracy where the rows are close; where they are not, q − p is more
// accurate, and faster.

import {
  constant,
  EXP2,
  GAP2,
  LN2,
  multiplyAdd,
  ONE,
  ROUND,
  ROUND_TO_POWER,
} from "./exp32";
import { differenceError } from "./klSums";

/** Rows with a larger KL take q − p. */
const FAR: f64 = 0.5;
/** Rows with a larger KL carry rounding errors along in ∂/∂a. */
const VERY_FAR: f64 = 4;
/** How far q may be from summing to 1. */
const UNBALANCED: f64 = 3e-7;
/** Rows with a smaller KL, over (c/T)², carry the rounding error of b − a. */
const SHIFTED: f64 = 1e-3;

// The work area: four float32 numbers each, and three short rows.
const MAX_A: usize = 0; // m
const MAX_B: usize = 16; // m + c, so that q = exp((b − m − c)/T)/Z
const SHIFT: usize = 32; // c as a sum
const SHIFT_LOW: usize = 48;
const FACTOR: usize = 64; // log₂e/T
const WEIGHT: usize = 80; // upstream/(T·Z), negative for ∂/∂a
const WEIGHT_Q: usize = 96; // WEIGHT, times e to what the rounding of MAX_B took
const SUM_OF_P: usize = 112; // upstream/T, what the weighted p sum to
const SHORT_ROWS: usize = 128;

/** ∂/∂a, to `out`. Rows that `klRows32` left are not written. */
export function klGradientP32(
  a: usize,
  b: usize,
  saved: usize,
  upstream: usize,
  out: usize,
  n: i32,
  temperature: f64,
  first: i32,
  last: i32,
  work: usize,
): void {
  for (let row = <usize>first; row < <usize>last; row++) {
    const start = row * (<usize>n << 2);
    const at = saved + row * 32;
    const kl = load<f64>(at, 24);
    if (!prepare(at, load<f64>(upstream + row * 8), -1, out + start, n, temperature, work)) continue;
    // So that the differences below are t + KL.
    setShift(load<f64>(at, 8) - temperature * kl, work);
    const kind = kl > VERY_FAR || isShifted(at, temperature) ? P_CAREFUL : P;
    rowOfP(kind, a + start, b + start, out + start, n, work);
    if (kl > FAR) {
      // Far from Q, KL is not known well enough for the gradient to sum to 0.
      const excess = sumOf(out + start, n) / load<f64>(work, SUM_OF_P);
      if (Math.abs(excess) > UNBALANCED) {
        setShift(load<f64>(at, 8) - temperature * (kl - excess), work);
        rowOfP(kind, a + start, b + start, out + start, n, work);
      }
    }
    if (isSure(at)) balance(a + start, out + start, n, load<f32>(work, MAX_A));
  }
}

function rowOfP(kind: i32, a: usize, b: usize, out: usize, n: i32, work: usize): void {
  if (kind === P) gradientRow(P, a, b, out, n, work);
  else gradientRow(P_CAREFUL, a, b, out, n, work);
}

/** ∂/∂b, in the same way. */
export function klGradientQ32(
  a: usize,
  b: usize,
  saved: usize,
  upstream: usize,
  out: usize,
  n: i32,
  temperature: f64,
  first: i32,
  last: i32,
  work: usize,
): void {
  for (let row = <usize>first; row < <usize>last; row++) {
    const start = row * (<usize>n << 2);
    const at = saved + row * 32;
    if (!prepare(at, load<f64>(upstream + row * 8), 1, out + start, n, temperature, work)) continue;
    setShift(load<f64>(at, 8), work);
    if (load<f64>(at, 24) > FAR) farRow(a + start, b + start, out + start, n, work);
    else if (isShifted(at, temperature)) gradientRow(Q_CAREFUL, a + start, b + start, out + start, n, work);
    else gradientRow(Q, a + start, b + start, out + start, n, work);
    if (isSure(at)) balance(a + start, out + start, n, load<f32>(work, MAX_A));
  }
}

@inline
function setShift(c: f64, work: usize): void {
  splat(work + SHIFT, c);
  splat(work + SHIFT_LOW, c - <f64>(<f32>c));
}

@inline
function isShifted(saved: usize, temperature: f64): bool {
  const c = load<f64>(saved, 8) / temperature;
  return load<f64>(saved, 24) < SHIFTED * c * c;
}

/**
 * A row of q − p. Far from P, c is not known well enough for q to sum to 1: if the gradient does not sum to 0,
 * q is scaled, and the row done again.
 */
function farRow(a: usize, b: usize, out: usize, n: i32, work: usize): void {
  gradientRow(Q_FAR, a, b, out, n, work);
  const weight: f64 = load<f32>(work, WEIGHT_Q);
  const sumOfP: f64 = load<f64>(work, SUM_OF_P);
  const excess = sumOf(out, n) / sumOfP;
  if (!(Math.abs(excess) > UNBALANCED)) return;
  splat(work + WEIGHT_Q, weight / (1 + excess));
  gradientRow(Q_FAR, a, b, out, n, work);
}

/** The sum of a row. */
function sumOf(x: usize, n: i32): f64 {
  let sum = f64x2.splat(0);
  const end = x + (<usize>n << 2);
  for (; x + 16 <= end; x += 16) {
    const four = v128.load(x);
    const high = v128.shuffle<f32>(four, four, 2, 3, 0, 1);
    sum = f64x2.add(sum, f64x2.add(f64x2.promote_low_f32x4(four), f64x2.promote_low_f32x4(high)));
  }
  let total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  for (; x < end; x += 4) total += load<f32>(x);
  return total;
}

/** Whether one class has more than half of P. */
@inline
function isSure(saved: usize): bool {
  return load<f64>(saved, 16) < 2;
}

/**
 * Sets the component of the one class with a = max so that the gradient sums to 0, as it must. By itself that
 * component, next to p = 1, would have a rounding error large against all the others.
 */
function balance(a: usize, out: usize, n: i32, max: f32): void {
  let place: usize = 0;
  while (load<f32>(a + place) !== max) place += 4;
  store<f32>(out + place, 0);
  store<f32>(out + place, <f32>-sumOf(out, n));
}

@inline
function splat(at: usize, value: f64): void {
  v128.store(at, f32x4.splat(<f32>value));
}

/** Sets up the work area; false where there is nothing left to do. */
function prepare(
  saved: usize,
  upstream: f64,
  sign: f64,
  out: usize,
  n: i32,
  temperature: f64,
  work: usize,
): bool {
  if (upstream === 0) {
    memory.fill(out, 0, <usize>n << 2);
    return false;
  }
  if (isNaN(load<f64>(saved, 24))) return false;
  const max = load<f64>(saved);
  const c = load<f64>(saved, 8);
  splat(work + MAX_A, max);
  splat(work + MAX_B, max + c);
  splat(work + FACTOR, 1.4426950408889634 / temperature);
  const weight = (sign * upstream) / (temperature * load<f64>(saved, 16));
  store<f64>(work, (sign * upstream) / temperature, SUM_OF_P);
  splat(work + WEIGHT, weight);
  splat(work + WEIGHT_Q, weight * (1 + (<f64>(<f32>(max + c)) - (max + c)) / temperature));
  return true;
}

// What a row's loop writes.
const P: i32 = 0;
const P_CAREFUL: i32 = 1;
const Q: i32 = 2;
const Q_CAREFUL: i32 = 3;
const Q_FAR: i32 = 4;

/** One row, its last vector overlapping the one before; rows of under four classes through the work area. */
@inline
function gradientRow(kind: i32, a: usize, b: usize, out: usize, n: i32, work: usize): void {
  const bytes = <usize>n << 2;
  if (n < 4) {
    const shortA = work + SHORT_ROWS;
    v128.store(shortA, v128.load(work, MAX_A));
    v128.store(shortA, v128.load(work, MAX_A), 16);
    memory.copy(shortA, a, bytes);
    memory.copy(shortA + 16, b, bytes);
    gradientLoop(kind, shortA, shortA + 16, shortA + 32, 16, work);
    memory.copy(out, shortA + 32, bytes);
    return;
  }
  const whole = bytes & ~15;
  gradientLoop(kind, a, b, out, whole, work);
  const last = bytes - 16;
  if (whole < bytes) gradientLoop(kind, a + last, b + last, out + last, 16, work);
}

@inline
function gradientLoop(kind: i32, a: usize, b: usize, out: usize, bytes: usize, work: usize): void {
  if (kind === Q_FAR) loopQFar(a, b, out, bytes, work);
  else if (kind === Q) loopQ(a, b, out, bytes, work);
  else if (kind === Q_CAREFUL) loopQCarefully(a, b, out, bytes, work);
  else if (kind === P) loopP(a, b, out, bytes, work);
  else loopPCarefully(a, b, out, bytes, work);
}

/** exp((x − max)/T), in base 2: see `weights` in klSums.ts. */
@inline
function power(x: v128, max: v128, factor: v128): v128 {
  const round = constant(ROUND);
  const y = f32x4.mul(f32x4.sub(x, max), factor);
  const t = f32x4.add(y, round);
  const f = f32x4.sub(y, f32x4.sub(t, round));
  const f2 = f32x4.mul(f, f);
  const high = multiplyAdd(
    f2,
    multiplyAdd(constant(EXP2 + 4), f, constant(EXP2 + 3)),
    multiplyAdd(constant(EXP2 + 2), f, constant(EXP2 + 1)),
  );
  const mantissa = multiplyAdd(f2, high, multiplyAdd(constant(EXP2), f, constant(ONE)));
  return i32x4.add(mantissa, i32x4.shl(t, 23));
}

/** t in base 2. */
@inline
function logRatio(a: v128, b: v128, c: v128, cLow: v128, factor: v128, careful: bool): v128 {
  const difference = f32x4.sub(b, a);
  const high = f32x4.sub(difference, c);
  if (!careful) return f32x4.mul(f32x4.sub(high, cLow), factor);
  const low = f32x4.sub(differenceError(b, a, difference), cLow);
  return f32x4.mul(f32x4.add(high, f32x4.add(low, differenceError(difference, c, high))), factor);
}

/** 2^y − 1, without cancellation: with y = k + f and s = 2^k, s·(2^f − 1) + (s − 1). */
@inline
function powerMinusOne(y: v128): v128 {
  const round = constant(ROUND_TO_POWER);
  const t = f32x4.add(y, round);
  const f = f32x4.sub(y, f32x4.sub(t, round));
  const s = i32x4.shl(t, 23);
  const f2 = f32x4.mul(f, f);
  const q = multiplyAdd(
    f2,
    multiplyAdd(f2, constant(GAP2 + 4), multiplyAdd(constant(GAP2 + 3), f, constant(GAP2 + 2))),
    multiplyAdd(constant(GAP2 + 1), f, constant(GAP2)),
  );
  const fraction = multiplyAdd(f2, q, f32x4.mul(f, constant(LN2)));
  return multiplyAdd(s, fraction, f32x4.sub(s, constant(ONE)));
}

@inline
function loopQOf(careful: bool, a: usize, b: usize, out: usize, bytes: usize, work: usize): void {
  const max = v128.load(work, MAX_A);
  const c = v128.load(work, SHIFT);
  const cLow = v128.load(work, SHIFT_LOW);
  const factor = v128.load(work, FACTOR);
  const weight = v128.load(work, WEIGHT);
  for (const end = a + bytes; a < end; a += 16, b += 16, out += 16) {
    const x = v128.load(a);
    const p = f32x4.mul(power(x, max, factor), weight);
    const t = logRatio(x, v128.load(b), c, cLow, factor, careful);
    v128.store(out, f32x4.mul(p, powerMinusOne(t)));
  }
}

function loopQ(a: usize, b: usize, out: usize, bytes: usize, work: usize): void {
  loopQOf(false, a, b, out, bytes, work);
}

function loopQCarefully(a: usize, b: usize, out: usize, bytes: usize, work: usize): void {
  loopQOf(true, a, b, out, bytes, work);
}

function loopQFar(a: usize, b: usize, out: usize, bytes: usize, work: usize): void {
  const maxA = v128.load(work, MAX_A);
  const maxB = v128.load(work, MAX_B);
  const factor = v128.load(work, FACTOR);
  const weight = v128.load(work, WEIGHT);
  const weightQ = v128.load(work, WEIGHT_Q);
  for (const end = a + bytes; a < end; a += 16, b += 16, out += 16) {
    const p = f32x4.mul(power(v128.load(a), maxA, factor), weight);
    const q = f32x4.mul(power(v128.load(b), maxB, factor), weightQ);
    v128.store(out, f32x4.sub(q, p));
  }
}

@inline
function loopPOf(careful: bool, a: usize, b: usize, out: usize, bytes: usize, work: usize): void {
  const max = v128.load(work, MAX_A);
  const c = v128.load(work, SHIFT);
  const cLow = v128.load(work, SHIFT_LOW);
  const factor = v128.load(work, FACTOR);
  const weight = v128.load(work, WEIGHT);
  for (const end = a + bytes; a < end; a += 16, b += 16, out += 16) {
    const x = v128.load(a);
    const p = f32x4.mul(power(x, max, factor), weight);
    const t = logRatio(x, v128.load(b), c, cLow, factor, careful);
    v128.store(out, f32x4.mul(p, f32x4.mul(t, constant(LN2))));
  }
}

function loopP(a: usize, b: usize, out: usize, bytes: usize, work: usize): void {
  loopPOf(false, a, b, out, bytes, work);
}

function loopPCarefully(a: usize, b: usize, out: usize, bytes: usize, work: usize): void {
  loopPOf(true, a, b, out, bytes, work);
}
