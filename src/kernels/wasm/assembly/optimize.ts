// Steps of optimizers, in place, on packed arrays of T; what they compute is in ../../optimize.ts. Like there, all
// arithmetic is float64 and only what is stored is rounded to T, so that both give the same bits.

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

/** b ← kept·b + added·g, x ← x − lr·(b, or g + ahead·b if `nesterov`); without b (0): x ← x − lr·g. */
@inline
function sgd<T>(
  x: usize, g: usize, b: usize, length: i32,
  lr: f64, kept: f64, added: f64, nesterov: bool, ahead: f64,
): void {
  const rate = f64x2.splat(lr);
  const k = f64x2.splat(kept);
  const a = f64x2.splat(added);
  const look = f64x2.splat(ahead);
  for (let i = 0; i < length; i += 2) {
    const at = i * sizeof<T>();
    const both = i + 1 < length;
    let d = load2<T>(g + at);
    if (b) {
      const gradient = d;
      d = store2<T>(b + at, f64x2.add(f64x2.mul(k, load2<T>(b + at)), f64x2.mul(a, d)), both);
      if (nesterov) d = f64x2.add(gradient, f64x2.mul(look, d));
    }
    store2<T>(x + at, f64x2.sub(load2<T>(x + at), f64x2.mul(rate, d)), both);
  }
}

/**
 * m ← m + (1 − β₁)·(g − m), v ← β₂·v + (1 − β₂)·g·g, x ← x − stepSize·m/(√v/correction + eps), with the largest v
 * so far in its place if `largest` is not 0.
 */
@inline
function adam<T>(
  x: usize, g: usize, m: usize, v: usize, largest: usize, length: i32,
  beta1: f64, beta2: f64, stepSize: f64, correction: f64, eps: f64,
): void {
  const b2 = f64x2.splat(beta2);
  const rest1 = f64x2.splat(1 - beta1);
  const rest2 = f64x2.splat(1 - beta2);
  const size = f64x2.splat(stepSize);
  const scale = f64x2.splat(correction);
  const e = f64x2.splat(eps);
  for (let i = 0; i < length; i += 2) {
    const at = i * sizeof<T>();
    const both = i + 1 < length;
    const gradient = load2<T>(g + at);
    const old = load2<T>(m + at);
    const first = store2<T>(m + at, f64x2.add(old, f64x2.mul(rest1, f64x2.sub(gradient, old))), both);
    const squared = f64x2.mul(f64x2.mul(rest2, gradient), gradient);
    let second = store2<T>(v + at, f64x2.add(f64x2.mul(b2, load2<T>(v + at)), squared), both);
    if (largest) second = store2<T>(largest + at, f64x2.max(load2<T>(largest + at), second), both);
    const denominator = f64x2.add(f64x2.div(f64x2.sqrt(second), scale), e);
    store2<T>(x + at, f64x2.sub(load2<T>(x + at), f64x2.div(f64x2.mul(size, first), denominator)), both);
  }
}

export function sgd32(
  x: usize, g: usize, b: usize, length: i32, lr: f64, kept: f64, added: f64, nesterov: i32, ahead: f64,
): void {
  sgd<f32>(x, g, b, length, lr, kept, added, nesterov != 0, ahead);
}

export function sgd64(
  x: usize, g: usize, b: usize, length: i32, lr: f64, kept: f64, added: f64, nesterov: i32, ahead: f64,
): void {
  sgd<f64>(x, g, b, length, lr, kept, added, nesterov != 0, ahead);
}

export function adam32(
  x: usize, g: usize, m: usize, v: usize, largest: usize, length: i32,
  beta1: f64, beta2: f64, stepSize: f64, correction: f64, eps: f64,
): void {
  adam<f32>(x, g, m, v, largest, length, beta1, beta2, stepSize, correction, eps);
}

export function adam64(
  x: usize, g: usize, m: usize, v: usize, largest: usize, length: i32,
  beta1: f64, beta2: f64, stepSize: f64, correction: f64, eps: f64,
): void {
  adam<f64>(x, g, m, v, largest, length, beta1, beta2, stepSize, correction, eps);
}
