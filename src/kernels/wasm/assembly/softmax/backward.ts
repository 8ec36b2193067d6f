// Gradients of softmax, log-softmax and log-sum-exp of packed rows of T; forward.ts says how they lie.

import { exp32, exp64, expConstant, expScale, SCALED } from "../exp";
import { storeTail } from "../simd";
import { sumRow } from "./row";

/** out = y·(g − Σ g·y) for y = softmax x. */
@inline
function softmaxBackward<T>(y: usize, g: usize, out: usize, length: i32, first: i32, last: i32): void {
  const bytes = <usize>length * sizeof<T>();
  const skip = first * bytes;
  y += skip;
  g += skip;
  out += skip;
  for (let row = first; row < last; row++) {
    const mean = v128.splat<T>(<T>sumRow<T>(y, g, bytes));
    const whole = y + (bytes & ~15);
    for (; y < whole; y += 16, g += 16, out += 16) {
      v128.store(out, v128.mul<T>(v128.load(y), v128.sub<T>(v128.load(g), mean)));
    }
    const rest = bytes & 15;
    if (rest) storeTail(out, rest, v128.mul<T>(v128.load(y), v128.sub<T>(v128.load(g), mean)));
    y += rest;
    g += rest;
    out += rest;
  }
}

/** factor·e^x of a vector; `unscale` is 1/expScale. */
@inline
function timesExponential<T>(
  x: v128, unscale: v128, factor: v128,
  k0: v128, k1: v128, k2: v128, k3: v128, k4: v128, k5: v128, k6: v128, k7: v128, k8: v128,
  one: v128, lowest: v128,
): v128 {
  const w = sizeof<T>() == 4
    ? exp32(x, true, k0, k1, k2, k3, k4, k5, k6, k7, k8, one, lowest)
    : exp64(x, true);
  return v128.mul<T>(v128.mul<T>(w, unscale), factor);
}

/** out[i] = factor·e^(x[i] − shift) if `shifted`, else g[i] + factor·e^x[i]. */
@inline
function addExponentials<T>(
  shifted: bool, x: usize, g: usize, bytes: usize, shift: T, factor: T, out: usize,
): void {
  const whole = x + (bytes & ~15);
  const s = v128.splat<T>(shift);
  const f = v128.splat<T>(factor);
  const unscale = v128.splat<T>(<T>(1 / expScale<T>()));
  const k0 = expConstant(0), k1 = expConstant(SCALED), k2 = expConstant(2), k3 = expConstant(3);
  const k4 = expConstant(4), k5 = expConstant(5), k6 = expConstant(6), k7 = expConstant(7), k8 = expConstant(8);
  const one = expConstant(9), lowest = expConstant(10);
  for (; x < whole; x += 16, out += 16) {
    const d = shifted ? v128.sub<T>(v128.load(x), s) : v128.load(x);
    const w = timesExponential<T>(d, unscale, f, k0, k1, k2, k3, k4, k5, k6, k7, k8, one, lowest);
    v128.store(out, shifted ? w : v128.add<T>(v128.load(g), w));
    if (!shifted) g += 16;
  }
  if (bytes & 15) {
    const d = shifted ? v128.sub<T>(v128.load(x), s) : v128.load(x);
    const w = timesExponential<T>(d, unscale, f, k0, k1, k2, k3, k4, k5, k6, k7, k8, one, lowest);
    storeTail(out, bytes & 15, shifted ? w : v128.add<T>(v128.load(g), w));
  }
}

/** out = g − e^y·Σ g for y = log-softmax x. */
@inline
function logSoftmaxBackward<T>(y: usize, g: usize, out: usize, length: i32, first: i32, last: i32): void {
  const bytes = <usize>length * sizeof<T>();
  const skip = first * bytes;
  y += skip;
  g += skip;
  out += skip;
  for (let row = first; row < last; row++, y += bytes, g += bytes, out += bytes) {
    addExponentials<T>(false, y, g, bytes, 0, <T>-sumRow<T>(g, 0, bytes), out);
  }
}

/** out = g·e^(x − y) for y = log-sum-exp x, one g and one y for each row; 0 for a row of −∞ alone. */
@inline
function logSumExpBackward<T>(
  x: usize, y: usize, g: usize, out: usize, length: i32, first: i32, last: i32,
): void {
  const bytes = <usize>length * sizeof<T>();
  x += first * bytes;
  out += first * bytes;
  for (let row = first; row < last; row++, x += bytes, out += bytes) {
    const at = row * sizeof<T>();
    const shift = load<T>(y + at);
    addExponentials<T>(true, x, 0, bytes, shift == <T>-Infinity ? 0 : shift, load<T>(g + at), out);
  }
}

export function softmaxBackward32(y: usize, g: usize, out: usize, length: i32, first: i32, last: i32): void {
  softmaxBackward<f32>(y, g, out, length, first, last);
}

export function softmaxBackward64(y: usize, g: usize, out: usize, length: i32, first: i32, last: i32): void {
  softmaxBackward<f64>(y, g, out, length, first, last);
}

export function logSoftmaxBackward32(y: usize, g: usize, out: usize, length: i32, first: i32, last: i32): void {
  logSoftmaxBackward<f32>(y, g, out, length, first, last);
}

export function logSoftmaxBackward64(y: usize, g: usize, out: usize, length: i32, first: i32, last: i32): void {
  logSoftmaxBackward<f64>(y, g, out, length, first, last);
}

export function logSumExpBackward32(
  x: usize, y: usize, g: usize, out: usize, length: i32, first: i32, last: i32,
): void {
  logSumExpBackward<f32>(x, y, g, out, length, first, last);
}

export function logSumExpBackward64(
  x: usize, y: usize, g: usize, out: usize, length: i32, first: i32, last: i32,
): void {
  logSumExpBackward<f64>(x, y, g, out, length, first, last);
}
