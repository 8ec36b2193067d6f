// Elementwise operations on float32 and float64.
//
// An operation is chosen by its place in the lists of ../elementwise.ts, outside of the loop. Operands of two
// arguments are seen as rows of n elements: element i of row r lies at pointer + r·row + i·step bytes, so that
// a row, a column or a number that is broadcast has a 0 there. Rows first … last − 1 are done. `scratch` has
// room for two vectors.

import { exp, expm1 } from "./exp";
import { klDiv32 } from "./klDiv";
import { log, log1p } from "./log";
import { loadSplat, storeTail, upper } from "./simd";

/** 1/(1 + e⁻ˣ), from e^−|x| so that small results keep their digits. */
@inline
function sigmoid<T>(x: v128): v128 {
  const one = v128.splat<T>(1);
  const e = exp<T>(v128.neg<T>(v128.abs<T>(x)));
  const large = v128.div<T>(one, v128.add<T>(one, e));
  return v128.bitselect(v128.mul<T>(large, e), large, v128.lt<T>(x, v128.splat<T>(0)));
}

/** tanh x = −t/(t + 2) with t = expm1(−2x), for |x|, with the sign of x. */
@inline
function tanh<T>(x: v128): v128 {
  const sign = v128.and(x, v128.splat<T>(<T>-0.0));
  const two = v128.splat<T>(2);
  const t = expm1<T>(v128.mul<T>(v128.splat<T>(-2), v128.abs<T>(x)));
  return v128.or(v128.abs<T>(v128.div<T>(t, v128.add<T>(t, two))), sign);
}

@inline
function unaryOf<T>(operation: i32, x: v128): v128 {
  if (operation == 0) return v128.neg<T>(x);
  if (operation == 1) return v128.abs<T>(x);
  if (operation == 2) return v128.sqrt<T>(x);
  if (operation == 3) return v128.max<T>(x, v128.splat<T>(0));
  if (operation == 4) return exp<T>(x);
  if (operation == 5) return expm1<T>(x);
  if (operation == 6) return log<T>(x);
  if (operation == 7) return log1p<T>(x);
  if (operation == 8) return sigmoid<T>(x);
  return tanh<T>(x);
}

/** Stores a vector, or what of it lies before `end`. */
@inline
function storeUpTo(end: usize, out: usize, vector: v128): void {
  const rest = end - out;
  if (rest >= 16) v128.store(out, vector);
  else storeTail(out, rest, vector);
}

/** A loop for one operation, known when this is compiled. */
@inline
function unaryLoop<T>(operation: i32, x: usize, out: usize, bytes: usize): void {
  for (const end = out + bytes; out < end; x += 16, out += 16) {
    storeUpTo(end, out, unaryOf<T>(operation, v128.load(x)));
  }
}

@inline
function unary<T>(x: usize, out: usize, operation: i32, first: i32, last: i32): void {
  x += first * sizeof<T>();
  out += first * sizeof<T>();
  const bytes = (last - first) * sizeof<T>();
  switch (operation) {
    case 0:
      unaryLoop<T>(0, x, out, bytes);
      return;
    case 1:
      unaryLoop<T>(1, x, out, bytes);
      return;
    case 2:
      unaryLoop<T>(2, x, out, bytes);
      return;
    case 3:
      unaryLoop<T>(3, x, out, bytes);
      return;
    case 4:
      unaryLoop<T>(4, x, out, bytes);
      return;
    case 5:
      unaryLoop<T>(5, x, out, bytes);
      return;
    case 6:
      unaryLoop<T>(6, x, out, bytes);
      return;
    case 7:
      unaryLoop<T>(7, x, out, bytes);
      return;
    case 8:
      unaryLoop<T>(8, x, out, bytes);
      return;
    case 9:
      unaryLoop<T>(9, x, out, bytes);
      return;
  }
}

@inline
function square<T>(x: v128): v128 {
  return v128.mul<T>(x, x);
}

/** x·log y, and 0 where x is 0 and y a number. */
@inline
function xlogy<T>(x: v128, y: v128): v128 {
  const isZero = v128.and(v128.eq<T>(x, v128.splat<T>(0)), v128.eq<T>(y, y));
  return v128.andnot(v128.mul<T>(x, log<T>(y)), isZero);
}

// The losses below go by float64 also for float32: where t is near e^x the digits of the terms cancel.

/** t·log t − t·x, where 0·log 0 is 0. */
@inline
function klDiv<T>(x: v128, t: v128): v128 {
  if (sizeof<T>() == 4) return klDiv32(x, t);
  return f64x2.sub(xlogy<f64>(t, t), f64x2.mul(t, x));
}

/** eᵗ·(t − x). */
@inline
function klDivLogTarget<T>(x: v128, t: v128): v128 {
  if (sizeof<T>() == 8) return f64x2.mul(exp<f64>(t), f64x2.sub(t, x));
  const low = klDivLogTarget<f64>(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(t));
  const high = klDivLogTarget<f64>(f64x2.promote_low_f32x4(upper(x)), f64x2.promote_low_f32x4(upper(t)));
  return v128.shuffle<u64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
}

@inline
function binaryOf<T>(operation: i32, a: v128, b: v128): v128 {
  if (operation == 0) return v128.add<T>(a, b);
  if (operation == 1) return v128.sub<T>(a, b);
  if (operation == 2) return v128.mul<T>(a, b);
  if (operation == 3) return v128.div<T>(a, b);
  if (operation == 4) return v128.max<T>(a, b);
  if (operation == 5) return v128.min<T>(a, b);
  if (operation == 6) return xlogy<T>(a, b);
  if (operation == 7) return square<T>(v128.sub<T>(a, b));
  if (operation == 8) return klDiv<T>(a, b);
  if (operation == 9) return klDivLogTarget<T>(a, b);
  return v128.andnot(b, v128.le<T>(a, v128.splat<T>(0)));
}

/** A row for one operation, known when this is compiled; a step is 16, or 0 for an operand that stays. */
@inline
function binaryRow<T>(operation: i32, a: usize, aStep: usize, b: usize, bStep: usize, out: usize, bytes: usize): void {
  for (const end = out + bytes; out < end; a += aStep, b += bStep, out += 16) {
    storeUpTo(end, out, binaryOf<T>(operation, v128.load(a), v128.load(b)));
  }
}

@inline
function binaryLoop<T>(
  operation: i32,
  a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, bStep: usize, out: usize, n: i32, rows: i32,
  scratch: usize,
): void {
  const bytes = n * sizeof<T>();
  for (; rows > 0; rows--, a += aRow, b += bRow, out += bytes) {
    if (!aStep) v128.store(scratch, loadSplat<T>(a));
    if (!bStep) v128.store(scratch, loadSplat<T>(b), 16);
    binaryRow<T>(
      operation, aStep ? a : scratch, aStep ? 16 : 0, bStep ? b : scratch + 16, bStep ? 16 : 0, out, bytes,
    );
  }
}

/** Whether rows of n elements follow each other without a gap, or are all one number. */
@inline
function isFlat<T>(row: usize, step: usize, n: i32): bool {
  return row == step * n;
}

@inline
function binary<T>(
  a: usize, b: usize, out: usize,
  operation: i32, n: i32, aRow: usize, aStep: usize, bRow: usize, bStep: usize, first: i32, last: i32,
  scratch: usize,
): void {
  a += first * aRow;
  b += first * bRow;
  out += first * n * sizeof<T>();
  let rows = last - first;
  if (isFlat<T>(aRow, aStep, n) && isFlat<T>(bRow, bStep, n)) {
    n *= rows;
    rows = 1;
  }
  switch (operation) {
    case 0:
      binaryLoop<T>(0, a, aRow, aStep, b, bRow, bStep, out, n, rows, scratch);
      return;
    case 1:
      binaryLoop<T>(1, a, aRow, aStep, b, bRow, bStep, out, n, rows, scratch);
      return;
    case 2:
      binaryLoop<T>(2, a, aRow, aStep, b, bRow, bStep, out, n, rows, scratch);
      return;
    case 3:
      binaryLoop<T>(3, a, aRow, aStep, b, bRow, bStep, out, n, rows, scratch);
      return;
    case 4:
      binaryLoop<T>(4, a, aRow, aStep, b, bRow, bStep, out, n, rows, scratch);
      return;
    case 5:
      binaryLoop<T>(5, a, aRow, aStep, b, bRow, bStep, out, n, rows, scratch);
      return;
    case 6:
      binaryLoop<T>(6, a, aRow, aStep, b, bRow, bStep, out, n, rows, scratch);
      return;
    case 7:
      binaryLoop<T>(7, a, aRow, aStep, b, bRow, bStep, out, n, rows, scratch);
      return;
    case 8:
      binaryLoop<T>(8, a, aRow, aStep, b, bRow, bStep, out, n, rows, scratch);
      return;
    case 9:
      binaryLoop<T>(9, a, aRow, aStep, b, bRow, bStep, out, n, rows, scratch);
      return;
    case 10:
      binaryLoop<T>(10, a, aRow, aStep, b, bRow, bStep, out, n, rows, scratch);
      return;
  }
}

/**
 * The gradient of `upstream`·klDiv by t, (u·log t + u·t/t) − u·x, where u·log 0 counts as 0: each operation rounded as
 * it would be by itself.
 */
@inline
function klDivByTarget<T>(x: usize, t: usize, out: usize, upstream: T, first: i32, last: i32): void {
  const start = first * sizeof<T>();
  const end = out + last * sizeof<T>();
  const u = v128.splat<T>(upstream);
  const minus = v128.neg<T>(u);
  const zero = v128.splat<T>(0);
  x += start;
  t += start;
  for (out += start; out < end; x += 16, t += 16, out += 16) {
    const y = v128.load(t);
    const ofLog = v128.andnot(xlogy<T>(u, y), v128.eq<T>(y, zero));
    const both = v128.add<T>(ofLog, v128.div<T>(v128.mul<T>(u, y), y));
    storeUpTo(end, out, v128.add<T>(both, v128.mul<T>(minus, v128.load(x))));
  }
}

export function klDivByTarget32(x: usize, t: usize, out: usize, upstream: f64, first: i32, last: i32): void {
  klDivByTarget<f32>(x, t, out, <f32>upstream, first, last);
}

export function klDivByTarget64(x: usize, t: usize, out: usize, upstream: f64, first: i32, last: i32): void {
  klDivByTarget<f64>(x, t, out, upstream, first, last);
}

export function unary32(x: usize, out: usize, operation: i32, first: i32, last: i32): void {
  unary<f32>(x, out, operation, first, last);
}

export function unary64(x: usize, out: usize, operation: i32, first: i32, last: i32): void {
  unary<f64>(x, out, operation, first, last);
}

export function binary32(
  a: usize, b: usize, out: usize,
  operation: i32, n: i32, aRow: usize, aStep: usize, bRow: usize, bStep: usize, first: i32, last: i32,
  scratch: usize,
): void {
  binary<f32>(a, b, out, operation, n, aRow, aStep, bRow, bStep, first, last, scratch);
}

export function binary64(
  a: usize, b: usize, out: usize,
  operation: i32, n: i32, aRow: usize, aStep: usize, bRow: usize, bStep: usize, first: i32, last: i32,
  scratch: usize,
): void {
  binary<f64>(a, b, out, operation, n, aRow, aStep, bRow, bStep, first, last, scratch);
}
