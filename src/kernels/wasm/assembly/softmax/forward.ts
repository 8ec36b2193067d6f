// Softmax, log-softmax and log-sum-exp of packed rows of T, and their gradients. A row r of n elements
// starts at pointer + r·n·sizeof<T>; each kernel does rows first … last − 1.
//
// With m = max x and w = e^(x − m), Z = Σ w:
//   softmax x = w/Z, log-softmax x = (x − m) − log Z, log-sum-exp x = m + log Z.
// Weights are kept times expScale, so that they are normal numbers: w/Z rounds once, denormal or not.

import { hasNaN, logOfTotal, rowMaximum, scaleRow, subtractRow, weigh } from "./row";

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
