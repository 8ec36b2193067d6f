// Gradients of upstream · KL(P‖Q) by float32 logits, from what `klRows32` saved of each row: with
// p = exp((a − m)/T)/Z and t = log q − log p = ((b − a) − c)/T,
//
//     ∂KL/∂b = (q − p)/T = p·(eᵗ − 1)/T,     ∂KL/∂a = −p·(t + KL)/T.
//
// The second form of ∂KL/∂b keeps its accuracy where the rows are close; where they are not, q − p is more
// accurate, and faster.

import { constant, EXP2, GAP2, LN2, multiplyAdd, ONE, ROUND, ROUND_TO_POWER } from "./exp32";
import {
  CAREFUL,
  EXPONENT_BYTES,
  exponents,
  exponentsOf,
  FACTOR,
  FINER,
  OFFSET,
  SCALE,
  SHIFT,
  SHIFT_LOW,
} from "./exponents";
import { powerOf, weights } from "./klSums";
import { BLOCK_BYTES, EXPONENTS, FREE, UNUSED, WEIGHTS } from "./klTotals";

/** Rows with a larger KL take q − p. */
const FAR: f64 = 0.5;
/** Rows with a larger KL carry rounding errors along in ∂/∂a. */
const VERY_FAR: f64 = 4;
/** How far p and q may be from summing to 1. */
const UNBALANCED: f64 = 3e-7;
/** Rows with a smaller KL, over (c/T)², carry the rounding error of b − a. */
const SHIFTED: f64 = 1e-3;

// The work area, behind what exponents.ts keeps there: four float32 numbers each.
const OFFSET_Q: usize = 80; // m + c, so that q = exp((b − m − c)/T)/Z
const WEIGHT: usize = 96; // upstream/(T·Z)
const WEIGHT_Q: usize = 112; // WEIGHT, times e to what the rounding of OFFSET_Q took
const WEIGHT_P: usize = 128; // −WEIGHT·ln 2
const KL: usize = 144; // what is to be added to t, over ln 2
/** Weights of q, and short rows. */
const WEIGHTS_Q: usize = FREE;
const SHORT_ROWS: usize = FREE + BLOCK_BYTES;

/** Rows of up to this many classes are done in one loop. */
const FEW: i32 = 64;

/** The sides whose gradients are wanted, as bits. */
const SIDE_P: i32 = 1;
const SIDE_Q: i32 = 2;

/**
 * ∂/∂a to `gp` and ∂/∂b to `gq`, those of them that `sides` names: 1 P, 2 Q, 3 both. Rows that `klRows32` left
 * are not written.
 */
export function klGradients32(
  a: usize,
  b: usize,
  saved: usize,
  upstream: usize,
  gp: usize,
  gq: usize,
  sides: i32,
  n: i32,
  temperature: f64,
  first: i32,
  last: i32,
  work: usize,
): void {
  const bytes = <usize>n << 2;
  v128.store(work, f32x4.splat(<f32>(1 / temperature)), SCALE);
  v128.store(work, f32x4.splat(<f32>(1.4426950408889634 / temperature)), FACTOR);
  for (let row = <usize>first; row < <usize>last; row++) {
    const start = row * bytes;
    const at = saved + (row << 5);
    const scale = load<f64>(upstream + (row << 3)) / temperature;
    if (scale === 0) {
      if ((sides & SIDE_P) !== 0) memory.fill(gp + start, 0, bytes);
      if ((sides & SIDE_Q) !== 0) memory.fill(gq + start, 0, bytes);
    } else if (!isNaN(load<f64>(at, 24))) {
      oneRow(a + start, b + start, at, scale, gp + start, gq + start, sides, n, temperature, work);
    }
  }
}

@inline
function splat(at: usize, value: f64): void {
  v128.store(at, f32x4.splat(<f32>value));
}

@inline
function setShift(c: f64, work: usize): void {
  splat(work + SHIFT, c);
  splat(work + SHIFT_LOW, c - <f64>(<f32>c));
}

function oneRow(
  a: usize,
  b: usize,
  saved: usize,
  scale: f64,
  gp: usize,
  gq: usize,
  sides: i32,
  n: i32,
  temperature: f64,
  work: usize,
): void {
  const max = load<f64>(saved);
  const c = load<f64>(saved, 8);
  const z = load<f64>(saved, 16);
  const kl = load<f64>(saved, 24);
  const far = kl > FAR;
  const centre = c / temperature;
  const shifted = kl < SHIFTED * centre * centre;
  const precision = shifted || (kl > VERY_FAR && (sides & SIDE_P) !== 0) ? CAREFUL : FINER;
  const weight = scale / z;
  const offsetQ: f64 = <f32>(max + c);
  const weightQ: f64 = <f32>(weight * (1 + (offsetQ - (max + c)) / temperature));
  splat(work + OFFSET, max);
  splat(work + OFFSET_Q, offsetQ);
  splat(work + WEIGHT, weight);
  splat(work + WEIGHT_Q, weightQ);
  splat(work + WEIGHT_P, -weight * 0.6931471805599453);
  // Far from Q, t + KL comes from the exponents themselves, so that no digit is lost.
  setShift(far ? c - temperature * kl : c, work);
  splat(work + KL, far ? 0 : kl * 1.4426950408889634);
  gradientRow(sides, far, precision, a, b, gp, gq, n, work);
  if (far) {
    // Nor are c and KL known well enough then for gradients to sum to 0: those that do not are done again.
    let again = 0;
    const excessP = (sides & SIDE_P) !== 0 ? sumOf(gp, n) / scale : 0;
    const excessQ = (sides & SIDE_Q) !== 0 ? sumOf(gq, n) / scale : 0;
    if (Math.abs(excessP) > UNBALANCED) again |= SIDE_P;
    if (Math.abs(excessQ) > UNBALANCED) again |= SIDE_Q;
    if (again !== 0) {
      setShift(c - temperature * (kl + excessP), work);
      splat(work + WEIGHT_Q, weightQ / (1 + excessQ));
      gradientRow(again, far, precision, a, b, gp, gq, n, work);
    }
  }
  if (z < 2) {
    if ((sides & SIDE_P) !== 0) balance(a, gp, n, <f32>max);
    if ((sides & SIDE_Q) !== 0) balance(a, gq, n, <f32>max);
  }
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

/**
 * Where one class has more than half of P: sets the component of the class with a = max so that the gradient sums
 * to 0, as it must. By itself that component, next to p = 1, would have a rounding error large against all others.
 */
function balance(a: usize, out: usize, n: i32, max: f32): void {
  let place: usize = 0;
  while (load<f32>(a + place) !== max) place += 4;
  store<f32>(out + place, 0);
  store<f32>(out + place, <f32>-sumOf(out, n));
}

/** One row, its last vector overlapping the one before; rows of under four classes through the work area. */
function gradientRow(
  sides: i32,
  far: bool,
  precision: i32,
  a: usize,
  b: usize,
  gp: usize,
  gq: usize,
  n: i32,
  work: usize,
): void {
  const bytes = <usize>n << 2;
  if (n < 4) {
    const at = work + SHORT_ROWS;
    v128.store(at, v128.load(work, OFFSET));
    v128.store(at, v128.load(work, OFFSET), 16);
    memory.copy(at, a, bytes);
    memory.copy(at + 16, b, bytes);
    gradientBlock(sides, far, precision, at, at + 16, at + 32, at + 48, 16, work);
    if ((sides & SIDE_P) !== 0) memory.copy(gp, at + 32, bytes);
    if ((sides & SIDE_Q) !== 0) memory.copy(gq, at + 48, bytes);
    return;
  }
  const whole = bytes & ~15;
  const last = bytes - 16;
  if (n <= FEW && precision === FINER) {
    if (sides !== SIDE_Q) fewClasses(sides, far, a, b, gp, gq, bytes, work);
    else if (far) fewClasses(SIDE_Q, true, a, b, gp, gq, bytes, work);
    else fewClasses(SIDE_Q, false, a, b, gp, gq, bytes, work);
    return;
  }
  for (let at: usize = 0; at < whole; at += BLOCK_BYTES) {
    const length = min(BLOCK_BYTES, whole - at);
    gradientBlock(sides, far, precision, a + at, b + at, gp + at, gq + at, length, work);
  }
  if (whole < bytes) gradientBlock(sides, far, precision, a + last, b + last, gp + last, gq + last, 16, work);
}

function gradientBlock(
  sides: i32,
  far: bool,
  precision: i32,
  a: usize,
  b: usize,
  gp: usize,
  gq: usize,
  bytes: usize,
  work: usize,
): void {
  const from = work + EXPONENTS;
  const w = work + WEIGHTS;
  if (far && (sides & SIDE_P) === 0) exponentsOf(a, v128.load(work, OFFSET), bytes, from, work);
  else exponents(precision, a, b, bytes, from, work);
  weights(from, bytes, w, work + UNUSED);
  if ((sides & SIDE_P) !== 0) slopesOfP(from, w, bytes, gp, work);
  if ((sides & SIDE_Q) === 0) return;
  if (far) {
    exponentsOf(b, v128.load(work, OFFSET_Q), bytes, from, work);
    weights(from, bytes, work + WEIGHTS_Q, work + UNUSED);
    differences(w, work + WEIGHTS_Q, bytes, gq, work);
  } else {
    slopesOfQ(from, w, bytes, gq, work);
  }
}

/** `gradientRow` with the same bits, in one loop: that is faster where classes are few. */
@inline
function fewClasses(
  sides: i32,
  far: bool,
  a: usize,
  b: usize,
  gp: usize,
  gq: usize,
  bytes: usize,
  work: usize,
): void {
  const round = constant(ROUND);
  const roundToPower = constant(ROUND_TO_POWER);
  const factor = v128.load(work, FACTOR);
  for (let next: usize = 0; next < bytes; next += 16) {
    const at = min(next, bytes - 16);
    const x = v128.load(a + at);
    const y = v128.load(b + at);
    const w = power(f32x4.mul(f32x4.sub(x, v128.load(work, OFFSET)), factor), round);
    if (!far || (sides & SIDE_P) !== 0) {
      const shifted = f32x4.sub(f32x4.sub(f32x4.sub(y, x), v128.load(work, SHIFT)), v128.load(work, SHIFT_LOW));
      const t = f32x4.mul(shifted, factor);
      const k = f32x4.add(t, roundToPower);
      const f = f32x4.sub(t, f32x4.sub(k, roundToPower));
      if ((sides & SIDE_P) !== 0) {
        v128.store(gp + at, slopeOfP(w, f, k, roundToPower, v128.load(work, WEIGHT_P), v128.load(work, KL)));
      }
      if (!far && (sides & SIDE_Q) !== 0) {
        const slope = slopeOfQ(
          w, f, k, v128.load(work, WEIGHT), constant(ONE), constant(LN2),
          constant(GAP2), constant(GAP2 + 1), constant(GAP2 + 2), constant(GAP2 + 3), constant(GAP2 + 4),
        );
        v128.store(gq + at, slope);
      }
    }
    if (far && (sides & SIDE_Q) !== 0) {
      const wq = power(f32x4.mul(f32x4.sub(y, v128.load(work, OFFSET_Q)), factor), round);
      v128.store(gq + at, difference(w, wq, v128.load(work, WEIGHT), v128.load(work, WEIGHT_Q)));
    }
  }
}

/** 2^y. */
@inline
function power(y: v128, round: v128): v128 {
  const k = f32x4.add(y, round);
  const f = f32x4.sub(y, f32x4.sub(k, round));
  return powerOf(
    f, k,
    constant(ONE), constant(EXP2), constant(EXP2 + 1), constant(EXP2 + 2), constant(EXP2 + 3), constant(EXP2 + 4),
  );
}

/** −p·(t + KL), with t/ln 2 = k + f, and `weight` and `kl` those of the work area. */
@inline
function slopeOfP(w: v128, f: v128, k: v128, round: v128, weight: v128, kl: v128): v128 {
  const t = f32x4.add(f32x4.sub(k, round), f);
  return f32x4.mul(f32x4.mul(w, weight), f32x4.add(t, kl));
}

/**
 * p·(eᵗ − 1) without cancellation: with t/ln 2 = k + f and s = 2^k, eᵗ − 1 = s·(2^f − 1) + (s − 1). See `gaps`.
 */
@inline
function slopeOfQ(
  w: v128, f: v128, k: v128, weight: v128, one: v128, ln2: v128,
  q0: v128, q1: v128, q2: v128, q3: v128, q4: v128,
): v128 {
  const s = i32x4.shl(k, 23);
  const f2 = f32x4.mul(f, f);
  const q = multiplyAdd(f2, multiplyAdd(f2, q4, multiplyAdd(q3, f, q2)), multiplyAdd(q1, f, q0));
  const fraction = f32x4.mul(multiplyAdd(f2, q, f), ln2);
  return f32x4.mul(f32x4.mul(w, weight), multiplyAdd(s, fraction, f32x4.sub(s, one)));
}

/** q − p. */
@inline
function difference(w: v128, wq: v128, weight: v128, weightQ: v128): v128 {
  return f32x4.sub(f32x4.mul(wq, weightQ), f32x4.mul(w, weight));
}

function slopesOfP(from: usize, w: usize, bytes: usize, out: usize, work: usize): void {
  const round = constant(ROUND_TO_POWER);
  const weight = v128.load(work, WEIGHT_P);
  const kl = v128.load(work, KL);
  for (const end = w + bytes; w < end; w += 16, out += 16, from += EXPONENT_BYTES) {
    v128.store(out, slopeOfP(v128.load(w), v128.load(from), v128.load(from, 16), round, weight, kl));
  }
}

function slopesOfQ(from: usize, w: usize, bytes: usize, out: usize, work: usize): void {
  const weight = v128.load(work, WEIGHT);
  const one = constant(ONE);
  const ln2 = constant(LN2);
  const q0 = constant(GAP2);
  const q1 = constant(GAP2 + 1);
  const q2 = constant(GAP2 + 2);
  const q3 = constant(GAP2 + 3);
  const q4 = constant(GAP2 + 4);
  for (const end = w + bytes; w < end; w += 16, out += 16, from += EXPONENT_BYTES) {
    const f = v128.load(from);
    const k = v128.load(from, 16);
    v128.store(out, slopeOfQ(v128.load(w), f, k, weight, one, ln2, q0, q1, q2, q3, q4));
  }
}

function differences(w: usize, wq: usize, bytes: usize, out: usize, work: usize): void {
  const weight = v128.load(work, WEIGHT);
  const weightQ = v128.load(work, WEIGHT_Q);
  for (const end = w + bytes; w < end; w += 16, wq += 16, out += 16) {
    v128.store(out, difference(v128.load(w), v128.load(wq), weight, weightQ));
  }
}
