// Steps of optimizers, in place, on packed arrays of T; what they compute, and in what precision, is in
// ../../optimize.ts: both give the same bits.

import { storeTail, upper } from "./simd";

/** Stores a vector, or its first `bytes` if they are fewer than it has. */
@inline
function put(pointer: usize, value: v128, bytes: usize): void {
  if (bytes >= 16) v128.store(pointer, value);
  else storeTail(pointer, bytes, value);
}

/** A vector of T times float64 numbers, rounded once. */
@inline
function scaled<T>(vector: v128, factor: v128): v128 {
  if (sizeof<T>() == 8) return f64x2.mul(vector, factor);
  const low = f32x4.demote_f64x2_zero(f64x2.mul(f64x2.promote_low_f32x4(vector), factor));
  const high = f32x4.demote_f64x2_zero(f64x2.mul(f64x2.promote_low_f32x4(upper(vector)), factor));
  return v128.shuffle<u64>(low, high, 0, 2);
}

/** Two numbers of T as float64. */
@inline
function load2<T>(pointer: usize): v128 {
  return sizeof<T>() == 4 ? f64x2.promote_low_f32x4(v128.load64_zero(pointer)) : v128.load(pointer);
}

/** Stores two float64 numbers as T, or the first alone; returns them as rounded. */
@inline
function store2<T>(pointer: usize, value: v128, both: bool): v128 {
  const stored = sizeof<T>() == 4 ? f32x4.demote_f64x2_zero(value) : value;
  if (both) {
    if (sizeof<T>() == 4) v128.store64_lane(pointer, stored, 0);
    else v128.store(pointer, stored);
  } else {
    if (sizeof<T>() == 4) v128.store32_lane(pointer, stored, 0);
    else v128.store64_lane(pointer, stored, 0);
  }
  return sizeof<T>() == 4 ? f64x2.promote_low_f32x4(stored) : stored;
}

/**
 * d = sign·g + decay·x; b ← kept·b + added·d, x ← x − lr·(b, or d + ahead·b if `nesterov`); without b (0):
 * x ← x − lr·d. Arithmetic is float64.
 */
@inline
function sgd<T>(
  x: usize, g: usize, b: usize, length: i32, sign: f64, decay: f64,
  lr: f64, kept: f64, added: f64, nesterov: bool, ahead: f64,
): void {
  const s = f64x2.splat(sign);
  const pull = f64x2.splat(decay);
  const rate = f64x2.splat(lr);
  const k = f64x2.splat(kept);
  const a = f64x2.splat(added);
  const look = f64x2.splat(ahead);
  for (let i = 0; i < length; i += 2) {
    const at = i * sizeof<T>();
    const both = i + 1 < length;
    const old = load2<T>(x + at);
    let d = f64x2.mul(s, load2<T>(g + at));
    if (decay != 0) d = f64x2.add(d, f64x2.mul(pull, old));
    if (b) {
      const gradient = d;
      d = store2<T>(b + at, f64x2.add(f64x2.mul(k, load2<T>(b + at)), f64x2.mul(a, d)), both);
      if (nesterov) d = f64x2.add(gradient, f64x2.mul(look, d));
    }
    store2<T>(x + at, f64x2.sub(old, f64x2.mul(rate, d)), both);
  }
}

/**
 * d = sign·g + decay·x; m ← m + (1 − β₁)·(d − m), v ← β₂·v + (1 − β₂)·d·d,
 * x ← shrink·x − stepSize·m/(√v/correction + eps), with the largest v so far in its place if `largest` is not 0.
 * Arithmetic is of T, but for the product with `shrink`, whose errors would all be of one sign.
 */
@inline
function adam<T>(
  x: usize, g: usize, m: usize, v: usize, largest: usize, length: i32, sign: f64, decay: f64, shrink: f64,
  beta1: f64, beta2: f64, stepSize: f64, correction: f64, eps: f64,
): void {
  const s = v128.splat<T>(<T>sign);
  const pull = v128.splat<T>(<T>decay);
  const kept = f64x2.splat(shrink);
  const rest1 = v128.splat<T>(<T>(1 - beta1));
  const b2 = v128.splat<T>(<T>beta2);
  const rest2 = v128.splat<T>(<T>(1 - beta2));
  const size = v128.splat<T>(<T>stepSize);
  const scale = v128.splat<T>(<T>correction);
  const e = v128.splat<T>(<T>eps);
  const end = <usize>length * sizeof<T>();
  for (let at: usize = 0; at < end; at += 16) {
    const left = end - at;
    let p = v128.load(x + at);
    let d = v128.mul<T>(s, v128.load(g + at));
    if (decay != 0) d = v128.add<T>(d, v128.mul<T>(pull, p));
    let first = v128.load(m + at);
    first = v128.add<T>(first, v128.mul<T>(rest1, v128.sub<T>(d, first)));
    put(m + at, first, left);
    let second = v128.mul<T>(b2, v128.load(v + at));
    second = v128.add<T>(second, v128.mul<T>(v128.mul<T>(rest2, d), d));
    put(v + at, second, left);
    if (largest) {
      second = v128.max<T>(v128.load(largest + at), second);
      put(largest + at, second, left);
    }
    const denominator = v128.add<T>(v128.div<T>(v128.sqrt<T>(second), scale), e);
    if (shrink != 1) p = scaled<T>(p, kept);
    put(x + at, v128.sub<T>(p, v128.div<T>(v128.mul<T>(size, first), denominator)), left);
  }
}

export function sgd32(
  x: usize, g: usize, b: usize, length: i32, sign: f64, decay: f64,
  lr: f64, kept: f64, added: f64, nesterov: i32, ahead: f64,
): void {
  sgd<f32>(x, g, b, length, sign, decay, lr, kept, added, nesterov != 0, ahead);
}

export function sgd64(
  x: usize, g: usize, b: usize, length: i32, sign: f64, decay: f64,
  lr: f64, kept: f64, added: f64, nesterov: i32, ahead: f64,
): void {
  sgd<f64>(x, g, b, length, sign, decay, lr, kept, added, nesterov != 0, ahead);
}

export function adam32(
  x: usize, g: usize, m: usize, v: usize, largest: usize, length: i32, sign: f64, decay: f64, shrink: f64,
  beta1: f64, beta2: f64, stepSize: f64, correction: f64, eps: f64,
): void {
  adam<f32>(x, g, m, v, largest, length, sign, decay, shrink, beta1, beta2, stepSize, correction, eps);
}

export function adam64(
  x: usize, g: usize, m: usize, v: usize, largest: usize, length: i32, sign: f64, decay: f64, shrink: f64,
  beta1: f64, beta2: f64, stepSize: f64, correction: f64, eps: f64,
): void {
  adam<f64>(x, g, m, v, largest, length, sign, decay, shrink, beta1, beta2, stepSize, correction, eps);
}
