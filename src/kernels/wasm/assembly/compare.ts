// Comparisons of float32 and float64 to bytes of 0 and 1, and the choice between two operands by such bytes.
//
// Operands lie as in elementwise.ts: element i of row r at pointer + r·row + i·step·sizeof<T>(), where `row` is in
// bytes and `step` 1, or 0 for a number that is broadcast. `scratch` has room for two vectors.

import { loadSplat } from "./simd";

const EQUAL: i32 = 0;
const DIFFERENT: i32 = 1;
const LESS: i32 = 2;
const LESS_OR_EQUAL: i32 = 3;

/** Four comparisons, a vector of 32-bit ones and zeros; `next` is where the other two of float64 lie. */
@inline
function compareFour<T>(operation: i32, a: usize, aNext: usize, b: usize, bNext: usize): v128 {
  const first = compareVectors<T>(operation, v128.load(a), v128.load(b));
  if (sizeof<T>() == 4) return first;
  const second = compareVectors<T>(operation, v128.load(a + aNext), v128.load(b + bNext));
  return v128.shuffle<u32>(first, second, 0, 2, 4, 6);
}

@inline
function compareVectors<T>(operation: i32, a: v128, b: v128): v128 {
  if (operation == EQUAL) return v128.eq<T>(a, b);
  if (operation == DIFFERENT) return v128.ne<T>(a, b);
  if (operation == LESS) return v128.lt<T>(a, b);
  return v128.le<T>(a, b);
}

@inline
function compareNumbers<T>(operation: i32, a: T, b: T): bool {
  if (operation == EQUAL) return a == b;
  if (operation == DIFFERENT) return a != b;
  if (operation == LESS) return a < b;
  return a <= b;
}

/** A row for one operation, known when this is compiled. */
@inline
function compareRow<T>(operation: i32, a: usize, aStep: usize, b: usize, bStep: usize, out: usize, n: i32): void {
  const ones = i8x16.splat(1);
  const aNext = aStep << 4;
  const bNext = bStep << 4;
  const aFour = aStep * 4 * sizeof<T>();
  const bFour = bStep * 4 * sizeof<T>();
  let i = 0;
  for (; i + 16 <= n; i += 16, out += 16) {
    const m0 = compareFour<T>(operation, a, aNext, b, bNext);
    const m1 = compareFour<T>(operation, a + aFour, aNext, b + bFour, bNext);
    a += 2 * aFour;
    b += 2 * bFour;
    const m2 = compareFour<T>(operation, a, aNext, b, bNext);
    const m3 = compareFour<T>(operation, a + aFour, aNext, b + bFour, bNext);
    a += 2 * aFour;
    b += 2 * bFour;
    const bytes = i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(m0, m1), i16x8.narrow_i32x4_s(m2, m3));
    v128.store(out, v128.and(bytes, ones));
  }
  for (; i < n; i++, out++, a += aStep * sizeof<T>(), b += bStep * sizeof<T>()) {
    store<u8>(out, u8(compareNumbers<T>(operation, load<T>(a), load<T>(b))));
  }
}

@inline
function compareRows<T>(
  operation: i32, a: usize, b: usize, out: usize,
  n: i32, aRow: usize, aStep: usize, bRow: usize, bStep: usize, rows: i32, scratch: usize,
): void {
  for (; rows > 0; rows--, a += aRow, b += bRow, out += n) {
    if (!aStep) v128.store(scratch, loadSplat<T>(a));
    if (!bStep) v128.store(scratch, loadSplat<T>(b), 16);
    compareRow<T>(operation, aStep ? a : scratch, aStep, bStep ? b : scratch + 16, bStep, out, n);
  }
}

@inline
function compare<T>(
  a: usize, b: usize, out: usize, operation: i32,
  n: i32, aRow: usize, aStep: usize, bRow: usize, bStep: usize, first: i32, last: i32, scratch: usize,
): void {
  a += first * aRow;
  b += first * bRow;
  out += first * n;
  let rows = last - first;
  // Rows without gaps are one long row.
  if (aRow == aStep * n * sizeof<T>() && bRow == bStep * n * sizeof<T>()) {
    n *= rows;
    rows = 1;
  }
  if (operation == EQUAL) compareRows<T>(EQUAL, a, b, out, n, aRow, aStep, bRow, bStep, rows, scratch);
  else if (operation == DIFFERENT) compareRows<T>(DIFFERENT, a, b, out, n, aRow, aStep, bRow, bStep, rows, scratch);
  else if (operation == LESS) compareRows<T>(LESS, a, b, out, n, aRow, aStep, bRow, bStep, rows, scratch);
  else compareRows<T>(LESS_OR_EQUAL, a, b, out, n, aRow, aStep, bRow, bStep, rows, scratch);
}

export function compare32(
  a: usize, b: usize, out: usize, operation: i32,
  n: i32, aRow: usize, aStep: usize, bRow: usize, bStep: usize, first: i32, last: i32, scratch: usize,
): void {
  compare<f32>(a, b, out, operation, n, aRow, aStep, bRow, bStep, first, last, scratch);
}

export function compare64(
  a: usize, b: usize, out: usize, operation: i32,
  n: i32, aRow: usize, aStep: usize, bRow: usize, bStep: usize, first: i32, last: i32, scratch: usize,
): void {
  compare<f64>(a, b, out, operation, n, aRow, aStep, bRow, bStep, first, last, scratch);
}

/** out = condition ? a : b, for a row. */
@inline
function selectRow<T>(c: usize, a: usize, aStep: usize, b: usize, bStep: usize, out: usize, n: i32): void {
  const zero = i32x4.splat(0);
  const aNext = aStep << 4;
  const bNext = bStep << 4;
  const aFour = aStep * 4 * sizeof<T>();
  const bFour = bStep * 4 * sizeof<T>();
  let i = 0;
  for (; i + 4 <= n; i += 4, c += 4, a += aFour, b += bFour, out += 4 * sizeof<T>()) {
    const words = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(c)));
    const mask = i32x4.ne(words, zero);
    if (sizeof<T>() == 4) {
      v128.store(out, v128.bitselect(v128.load(a), v128.load(b), mask));
    } else {
      v128.store(out, v128.bitselect(v128.load(a), v128.load(b), i64x2.extend_low_i32x4_s(mask)));
      const second = i64x2.extend_high_i32x4_s(mask);
      v128.store(out, v128.bitselect(v128.load(a + aNext), v128.load(b + bNext), second), 16);
    }
  }
  for (; i < n; i++, c++, a += aStep * sizeof<T>(), b += bStep * sizeof<T>(), out += sizeof<T>()) {
    store<T>(out, load<u8>(c) ? load<T>(a) : load<T>(b));
  }
}

@inline
function selectRows<T>(
  c: usize, a: usize, b: usize, out: usize,
  n: i32, cRow: usize, aRow: usize, aStep: usize, bRow: usize, bStep: usize, first: i32, last: i32, scratch: usize,
): void {
  c += first * cRow;
  a += first * aRow;
  b += first * bRow;
  out += first * n * sizeof<T>();
  let rows = last - first;
  if (cRow == n && aRow == aStep * n * sizeof<T>() && bRow == bStep * n * sizeof<T>()) {
    n *= rows;
    rows = 1;
  }
  for (; rows > 0; rows--, c += cRow, a += aRow, b += bRow, out += n * sizeof<T>()) {
    if (!aStep) v128.store(scratch, loadSplat<T>(a));
    if (!bStep) v128.store(scratch, loadSplat<T>(b), 16);
    selectRow<T>(c, aStep ? a : scratch, aStep, bStep ? b : scratch + 16, bStep, out, n);
  }
}

export function select32(
  c: usize, a: usize, b: usize, out: usize,
  n: i32, cRow: usize, aRow: usize, aStep: usize, bRow: usize, bStep: usize, first: i32, last: i32, scratch: usize,
): void {
  selectRows<f32>(c, a, b, out, n, cRow, aRow, aStep, bRow, bStep, first, last, scratch);
}

export function select64(
  c: usize, a: usize, b: usize, out: usize,
  n: i32, cRow: usize, aRow: usize, aStep: usize, bRow: usize, bStep: usize, first: i32, last: i32, scratch: usize,
): void {
  selectRows<f64>(c, a, b, out, n, cRow, aRow, aStep, bRow, bStep, first, last, scratch);
}
