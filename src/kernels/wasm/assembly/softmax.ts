// Softmax, log-softmax and log-sum-exp of packed rows of T, and their gradients. A row r of n elements
// starts at pointer + r·n·sizeof<T>; each kernel does rows first … last − 1.
//
// With m = max x and w = e^(x − m), Z = Σ w:
//   softmax x = w/Z, log-softmax x = (x − m) − log Z, log-sum-exp x = m + log Z.
// Weights are kept times expScale, so that they are normal numbers: w/Z rounds once, denormal or not.

import { exp32, exp64, expConstant, expScale, SCALED } from "./exp";
import { keepFirst, largestLane, loadTail, storeTail, sumOfLanes, widen } from "./simd";

/** Bytes of float32 that are added up in float32 before they go to the float64 total. */
const BLOCK: usize = 512;

/** The largest of `bytes` at x; NaN is passed over, −∞ if nothing else is there. */
@inline
function rowMaximum<T>(x: usize, bytes: usize): T {
  const lowest = v128.splat<T>(<T>-Infinity);
  let a = lowest;
  let b = lowest;
  const end = x + bytes;
  for (; x + 32 <= end; x += 32) {
    a = v128.pmax<T>(a, v128.load(x));
    b = v128.pmax<T>(b, v128.load(x, 16));
  }
  a = v128.pmax<T>(a, b);
  if (x + 16 <= end) {
    a = v128.pmax<T>(a, v128.load(x));
    x += 16;
  }
  if (x < end) a = v128.pmax<T>(a, loadTail(x, end - x, lowest));
  return largestLane<T>(a);
}

/**
 * Σ expScale·e^(x − m), each summand also stored at `out` if `store`. If `store`, float32 is added up in
 * blocks; else in float64, for log Z must keep what is small beside the weight 1 of the largest element.
 */
@inline
function weigh<T>(x: usize, bytes: usize, max: T, store: bool, out: usize): f64 {
  return sizeof<T>() == 4 ? weigh32(x, bytes, <f32>max, store, out) : weigh64(x, bytes, <f64>max, store, out);
}

@inline
function weigh32(x: usize, bytes: usize, max: f32, store: bool, out: usize): f64 {
  const m = f32x4.splat(max);
  const k0 = expConstant(0), k1 = expConstant(SCALED), k2 = expConstant(2), k3 = expConstant(3);
  const k4 = expConstant(4), k5 = expConstant(5), k6 = expConstant(6), k7 = expConstant(7), k8 = expConstant(8);
  const one = expConstant(9), lowest = expConstant(10);
  let total = f64x2.splat(0);
  const whole = x + (bytes & ~15);
  while (x < whole) {
    const stop = min(x + BLOCK, whole);
    let sum = f32x4.splat(0);
    for (; x < stop; x += 16) {
      const w = exp32(f32x4.sub(v128.load(x), m), true, k0, k1, k2, k3, k4, k5, k6, k7, k8, one, lowest);
      if (store) {
        v128.store(out, w);
        out += 16;
        sum = f32x4.add(sum, w);
      } else {
        total = f64x2.add(total, widen<f32>(w));
      }
    }
    if (store) total = f64x2.add(total, widen<f32>(sum));
  }
  if (bytes & 15) {
    const d = f32x4.sub(loadTail(x, bytes & 15, f32x4.splat(-Infinity)), m);
    const w = exp32(d, true, k0, k1, k2, k3, k4, k5, k6, k7, k8, one, lowest);
    if (store) storeTail(out, bytes & 15, w);
    total = f64x2.add(total, widen<f32>(keepFirst(w, bytes & 15)));
  }
  return sumOfLanes(total);
}

@inline
function weigh64(x: usize, bytes: usize, max: f64, store: bool, out: usize): f64 {
  const m = f64x2.splat(max);
  let total = f64x2.splat(0);
  const whole = x + (bytes & ~15);
  for (; x < whole; x += 16) {
    const w = exp64(f64x2.sub(v128.load(x), m), true);
    if (store) {
      v128.store(out, w);
      out += 16;
    }
    total = f64x2.add(total, w);
  }
  if (bytes & 15) {
    const w = exp64(f64x2.sub(loadTail(x, 8, f64x2.splat(-Infinity)), m), true);
    if (store) storeTail(out, 8, w);
    total = f64x2.add(total, keepFirst(w, 8));
  }
  return sumOfLanes(total);
}

/** out[i] = out[i]·factor. */
@inline
function scaleRow<T>(out: usize, bytes: usize, factor: T): void {
  const f = v128.splat<T>(factor);
  const whole = out + (bytes & ~15);
  for (; out < whole; out += 16) v128.store(out, v128.mul<T>(v128.load(out), f));
  if (bytes & 15) storeTail(out, bytes & 15, v128.mul<T>(v128.load(out), f));
}

/** out[i] = (x[i] − first) − second. */
@inline
function subtractRow<T>(x: usize, bytes: usize, first: T, second: T, out: usize): void {
  const a = v128.splat<T>(first);
  const b = v128.splat<T>(second);
  const whole = x + (bytes & ~15);
  for (; x < whole; x += 16, out += 16) v128.store(out, v128.sub<T>(v128.sub<T>(v128.load(x), a), b));
  if (bytes & 15) storeTail(out, bytes & 15, v128.sub<T>(v128.sub<T>(v128.load(x), a), b));
}

/** Σ x[i]·y[i], or Σ x[i] if `y` is 0; float32 in blocks as in weigh. */
@inline
function sumRow<T>(x: usize, y: usize, bytes: usize): f64 {
  let total = f64x2.splat(0);
  const whole = x + (bytes & ~15);
  while (x < whole) {
    const stop = min(x + BLOCK, whole);
    let sum = v128.splat<T>(0);
    for (; x < stop; x += 16) {
      let v = v128.load(x);
      if (y) {
        v = v128.mul<T>(v, v128.load(y));
        y += 16;
      }
      sum = v128.add<T>(sum, v);
    }
    total = f64x2.add(total, widen<T>(sum));
  }
  if (bytes & 15) {
    let v = v128.load(x);
    if (y) v = v128.mul<T>(v, v128.load(y));
    total = f64x2.add(total, widen<T>(keepFirst(v, bytes & 15)));
  }
  return sumOfLanes(total);
}

function hasNaN<T>(x: usize, bytes: usize): bool {
  for (const end = x + bytes; x < end; x += sizeof<T>()) {
    if (isNaN(load<T>(x))) return true;
  }
  return false;
}

/** log Z of weights that add up to expScale·Z. */
@inline
function logOfTotal<T>(total: f64): f64 {
  return Math.log(total / expScale<T>());
}

@inline
function softmax<T>(x: usize, out: usize, length: i32, first: i32, last: i32): void {
  const bytes = <usize>length * sizeof<T>();
  x += first * bytes;
  out += first * bytes;
  for (let row = first; row < last; row++, x += bytes, out += bytes) {
    const total = weigh<T>(x, bytes, rowMaximum<T>(x, bytes), true, out);
    scaleRow<T>(out, bytes, <T>(1 / total));
  }
}

@inline
function logSoftmax<T>(x: usize, out: usize, length: i32, first: i32, last: i32): void {
  const bytes = <usize>length * sizeof<T>();
  x += first * bytes;
  out += first * bytes;
  for (let row = first; row < last; row++, x += bytes, out += bytes) {
    const max = rowMaximum<T>(x, bytes);
    const logTotal = logOfTotal<T>(weigh<T>(x, bytes, max, false, 0));
    subtractRow<T>(x, bytes, max, <T>logTotal, out);
  }
}

@inline
function logSumExp<T>(x: usize, out: usize, length: i32, first: i32, last: i32): void {
  const bytes = <usize>length * sizeof<T>();
  x += first * bytes;
  for (let row = first; row < last; row++, x += bytes) {
    const max = rowMaximum<T>(x, bytes);
    // Without a finite element x − m is ∞ − ∞, and the maximum is the result, unless there is a NaN.
    const result = abs(max) < <T>Infinity || hasNaN<T>(x, bytes)
      ? <f64>max + logOfTotal<T>(weigh<T>(x, bytes, max, false, 0))
      : <f64>max;
    store<T>(out + row * sizeof<T>(), <T>result);
  }
}

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

/** out[i] = a·g[i] + c·e^(x[i] − shift): g[i] if `g`, 0 else. */
@inline
function addExponentials<T>(x: usize, g: usize, bytes: usize, shift: T, factor: T, out: usize): void {
  const whole = x + (bytes & ~15);
  const s = v128.splat<T>(shift);
  const f = v128.splat<T>(factor);
  const unscale = v128.splat<T>(<T>(1 / expScale<T>()));
  const k0 = expConstant(0), k1 = expConstant(SCALED), k2 = expConstant(2), k3 = expConstant(3);
  const k4 = expConstant(4), k5 = expConstant(5), k6 = expConstant(6), k7 = expConstant(7), k8 = expConstant(8);
  const one = expConstant(9), lowest = expConstant(10);
  for (;; x += 16, out += 16) {
    const done = x >= whole;
    if (done && !(bytes & 15)) return;
    const d = v128.sub<T>(v128.load(x), s);
    let w = sizeof<T>() == 4
      ? exp32(d, true, k0, k1, k2, k3, k4, k5, k6, k7, k8, one, lowest)
      : exp64(d, true);
    w = v128.mul<T>(v128.mul<T>(w, unscale), f);
    if (g) {
      w = v128.add<T>(v128.load(g), w);
      g += 16;
    }
    if (done) {
      storeTail(out, bytes & 15, w);
      return;
    }
    v128.store(out, w);
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
    addExponentials<T>(y, g, bytes, 0, <T>-sumRow<T>(g, 0, bytes), out);
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
    addExponentials<T>(x, 0, bytes, shift == <T>-Infinity ? 0 : shift, load<T>(g + at), out);
  }
}

export function softmax32(x: usize, out: usize, length: i32, first: i32, last: i32): void {
  softmax<f32>(x, out, length, first, last);
}

export function softmax64(x: usize, out: usize, length: i32, first: i32, last: i32): void {
  softmax<f64>(x, out, length, first, last);
}

export function logSoftmax32(x: usize, out: usize, length: i32, first: i32, last: i32): void {
  logSoftmax<f32>(x, out, length, first, last);
}

export function logSoftmax64(x: usize, out: usize, length: i32, first: i32, last: i32): void {
  logSoftmax<f64>(x, out, length, first, last);
}

export function logSumExp32(x: usize, out: usize, length: i32, first: i32, last: i32): void {
  logSumExp<f32>(x, out, length, first, last);
}

export function logSumExp64(x: usize, out: usize, length: i32, first: i32, last: i32): void {
  logSumExp<f64>(x, out, length, first, last);
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
