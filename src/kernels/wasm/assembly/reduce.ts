// Sums of packed rows, in float64, by pairwise summation: the error grows with the logarithm of the length.
//
// N. J. Higham, "The accuracy of floating point summation", SIAM J. Sci. Comput. 14 (1993).

import { keepFirst, sumOfLanes, upper } from "./simd";

/** Bytes that are added up in four vectors at a time, without halving. */
const BLOCK: usize = 4096;

/** A vector's lanes 0 and 1, or of float32 2 and 3, as float64. */
@inline
function low<T>(a: v128): v128 {
  return sizeof<T>() == 4 ? f64x2.promote_low_f32x4(a) : a;
}

@inline
function high(a: v128): v128 {
  return f64x2.promote_low_f32x4(upper(a));
}

@inline
function add<T>(sum: v128, a: v128): v128 {
  return sizeof<T>() == 4 ? f64x2.add(f64x2.add(sum, low<T>(a)), high(a)) : f64x2.add(sum, a);
}

function sumOf<T>(x: usize, bytes: usize): f64 {
  if (bytes > BLOCK) {
    const half = (bytes >> 1) & ~63;
    return sumOf<T>(x, half) + sumOf<T>(x + half, bytes - half);
  }
  const zero = f64x2.splat(0);
  let a = zero, b = zero, c = zero, d = zero;
  const end = x + bytes;
  for (; x + 64 <= end; x += 64) {
    a = add<T>(a, v128.load(x));
    b = add<T>(b, v128.load(x, 16));
    c = add<T>(c, v128.load(x, 32));
    d = add<T>(d, v128.load(x, 48));
  }
  for (; x + 16 <= end; x += 16) a = add<T>(a, v128.load(x));
  if (x < end) b = add<T>(b, keepFirst(v128.load(x), end - x));
  return sumOfLanes(f64x2.add(f64x2.add(a, b), f64x2.add(c, d)));
}

@inline
function sums<T>(x: usize, out: usize, length: i32, divisor: f64, first: i32, last: i32): void {
  const bytes = <usize>length * sizeof<T>();
  x += first * bytes;
  for (let row = first; row < last; row++, x += bytes) {
    store<T>(out + row * sizeof<T>(), <T>(sumOf<T>(x, bytes) / divisor));
  }
}

/** out[row] = Σ x / divisor. */
export function sum32(x: usize, out: usize, length: i32, divisor: f64, first: i32, last: i32): void {
  sums<f32>(x, out, length, divisor, first, last);
}

export function sum64(x: usize, out: usize, length: i32, divisor: f64, first: i32, last: i32): void {
  sums<f64>(x, out, length, divisor, first, last);
}

/**
 * out[part] = the sum, in float64, of one of the 2^levels parts that the halvings of {@link sumOf} make of a row: the
 * bits of `part`, from the highest to the lowest, say which half.
 */
@inline
function sumsOfParts<T>(x: usize, out: usize, length: i32, levels: i32, first: i32, last: i32): void {
  for (let part = first; part < last; part++) {
    let at = x;
    let bytes = <usize>length * sizeof<T>();
    for (let level = levels - 1; level >= 0; level--) {
      const half = (bytes >> 1) & ~63;
      if ((part >> level) & 1) {
        at += half;
        bytes -= half;
      } else {
        bytes = half;
      }
    }
    store<f64>(out + (part << 3), sumOf<T>(at, bytes));
  }
}

export function sumParts32(x: usize, out: usize, length: i32, levels: i32, first: i32, last: i32): void {
  sumsOfParts<f32>(x, out, length, levels, first, last);
}

export function sumParts64(x: usize, out: usize, length: i32, levels: i32, first: i32, last: i32): void {
  sumsOfParts<f64>(x, out, length, levels, first, last);
}

/** Rows that are added up before what they come to is added to the total; as in ../../reduce.ts. */
const ROWS: i32 = 64;

/** out[j] = Σ x[i·columns + j] for one column. */
@inline
function sumColumn<T>(x: usize, step: usize, rows: i32): T {
  let total: f64 = 0;
  for (; rows > 0; rows -= ROWS) {
    let block: f64 = 0;
    for (let i = min(rows, ROWS); i > 0; i--, x += step) block += <f64>load<T>(x);
    total += block;
  }
  return <T>total;
}

/** The same for eight columns at a time, which are 32 or 64 bytes. */
@inline
function sumEightColumns<T>(x: usize, step: usize, rows: i32, out: usize): void {
  const zero = f64x2.splat(0);
  let a = zero, b = zero, c = zero, d = zero;
  for (; rows > 0; rows -= ROWS) {
    let e = zero, f = zero, g = zero, h = zero;
    for (let i = min(rows, ROWS); i > 0; i--, x += step) {
      e = f64x2.add(e, low<T>(v128.load(x)));
      if (sizeof<T>() == 4) {
        f = f64x2.add(f, high(v128.load(x)));
        g = f64x2.add(g, low<T>(v128.load(x, 16)));
        h = f64x2.add(h, high(v128.load(x, 16)));
      } else {
        f = f64x2.add(f, v128.load(x, 16));
        g = f64x2.add(g, v128.load(x, 32));
        h = f64x2.add(h, v128.load(x, 48));
      }
    }
    a = f64x2.add(a, e);
    b = f64x2.add(b, f);
    c = f64x2.add(c, g);
    d = f64x2.add(d, h);
  }
  if (sizeof<T>() == 4) {
    v128.store(out, v128.shuffle<u64>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 2));
    v128.store(out, v128.shuffle<u64>(f32x4.demote_f64x2_zero(c), f32x4.demote_f64x2_zero(d), 0, 2), 16);
  } else {
    v128.store(out, a);
    v128.store(out, b, 16);
    v128.store(out, c, 32);
    v128.store(out, d, 48);
  }
}

/** out[j] = Σ x[i·columns + j] for groups `first` to `last` − 1 of eight columns j. */
@inline
function columnSums<T>(x: usize, out: usize, rows: i32, columns: i32, first: i32, last: i32): void {
  const step = columns * sizeof<T>();
  const end = min(last * 8, columns);
  let j = first * 8;
  for (; j + 8 <= end; j += 8) sumEightColumns<T>(x + j * sizeof<T>(), step, rows, out + j * sizeof<T>());
  for (; j < end; j++) store<T>(out + j * sizeof<T>(), sumColumn<T>(x + j * sizeof<T>(), step, rows));
}

export function sumColumns32(x: usize, out: usize, rows: i32, columns: i32, first: i32, last: i32): void {
  columnSums<f32>(x, out, rows, columns, first, last);
}

export function sumColumns64(x: usize, out: usize, rows: i32, columns: i32, first: i32, last: i32): void {
  columnSums<f64>(x, out, rows, columns, first, last);
}
