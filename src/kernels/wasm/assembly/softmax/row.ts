// What softmax, log-softmax and log-sum-exp do with one row of T, of so many bytes.

import { exp32, exp64, expConstant, expScale, SCALED } from "../exp";
import { keepFirst, largestLane, loadTail, storeTail, sumOfLanes, widen } from "../simd";

/** Bytes of float32 that are added up in float32 before they go to the float64 total. */
const BLOCK: usize = 512;

/** The largest of `bytes` at x; NaN is passed over, −∞ if nothing else is there. */
@inline
export function rowMaximum<T>(x: usize, bytes: usize): T {
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
export function weigh<T>(x: usize, bytes: usize, max: T, store: bool, out: usize): f64 {
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
    // Two at a time: V8 looks at the stack's limit in each round of a loop.
    for (; x + 32 <= stop; x += 32) {
      const v = exp32(f32x4.sub(v128.load(x), m), true, k0, k1, k2, k3, k4, k5, k6, k7, k8, one, lowest);
      const w = exp32(f32x4.sub(v128.load(x, 16), m), true, k0, k1, k2, k3, k4, k5, k6, k7, k8, one, lowest);
      if (store) {
        v128.store(out, v);
        v128.store(out, w, 16);
        out += 32;
        sum = f32x4.add(f32x4.add(sum, v), w);
      } else {
        total = f64x2.add(f64x2.add(total, widen<f32>(v)), widen<f32>(w));
      }
    }
    if (x < stop) {
      const w = exp32(f32x4.sub(v128.load(x), m), true, k0, k1, k2, k3, k4, k5, k6, k7, k8, one, lowest);
      if (store) {
        v128.store(out, w);
        out += 16;
        sum = f32x4.add(sum, w);
      } else {
        total = f64x2.add(total, widen<f32>(w));
      }
      x += 16;
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
export function scaleRow<T>(out: usize, bytes: usize, factor: T): void {
  const f = v128.splat<T>(factor);
  const whole = out + (bytes & ~15);
  for (; out < whole; out += 16) v128.store(out, v128.mul<T>(v128.load(out), f));
  if (bytes & 15) storeTail(out, bytes & 15, v128.mul<T>(v128.load(out), f));
}

/** out[i] = (x[i] − first) − second. */
@inline
export function subtractRow<T>(x: usize, bytes: usize, first: T, second: T, out: usize): void {
  const a = v128.splat<T>(first);
  const b = v128.splat<T>(second);
  const whole = x + (bytes & ~15);
  for (; x < whole; x += 16, out += 16) v128.store(out, v128.sub<T>(v128.sub<T>(v128.load(x), a), b));
  if (bytes & 15) storeTail(out, bytes & 15, v128.sub<T>(v128.sub<T>(v128.load(x), a), b));
}

/** Σ x[i]·y[i], or Σ x[i] if `y` is 0; float32 in blocks as in weigh. */
@inline
export function sumRow<T>(x: usize, y: usize, bytes: usize): f64 {
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

export function hasNaN<T>(x: usize, bytes: usize): bool {
  for (const end = x + bytes; x < end; x += sizeof<T>()) {
    if (isNaN(load<T>(x))) return true;
  }
  return false;
}

/** log Z of weights that add up to expScale·Z. */
@inline
export function logOfTotal<T>(total: f64): f64 {
  return Math.log(total / expScale<T>());
}
