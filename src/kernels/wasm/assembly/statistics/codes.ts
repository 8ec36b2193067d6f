// Rows of llama.cpp's `_logits_` files: x = scale·code + minimum, the code in 16 bits.
//
// x is linear in the code, so w = exp(x − max) = A[d >> 8]·B[d & 255] with d how far the code is below the row's
// largest, A[j] = exp(−256·scale·j) and B[j] = exp(−scale·j): 512 exponentials a row, whatever its length.

import { expPair, FILL } from "./exponentials";
import { MAX, MIN, SPREAD, TABLES, TOTAL } from "./layout";
import { sumOfLanes } from "./load";

/** Where a row's codes begin, behind the scale and the minimum. */
const CODES: usize = 8;

/** The largest code, and how many of its values one table has. */
const LARGEST: i32 = 65535;
const ENTRIES: i32 = 256;
const TABLE_BYTES: usize = 2048;

/** Bytes of a row of `n` classes. */
@inline
export function codedRowBytes(n: i32): usize {
  return CODES + (<usize>((n + 1) & ~1) << 1);
}

/**
 * Puts x into the column `out` and w into the column `w`; and the largest and the smallest x, Z = Σ w and, if `spread`,
 * Σ w·(max − x) into `side`. Says whether it could: not if the row's numbers are not finite, or x − max may be less
 * than −690.
 */
export function codedRow(row: usize, n: i32, out: usize, w: usize, spread: bool, work: usize, side: usize): bool {
  const scale = <f64>load<f32>(row);
  const minimum = <f64>load<f32>(row, 4);
  if (!(scale >= 0 && scale * <f64>LARGEST <= FILL && Math.abs(minimum) < Infinity)) return false;
  const codes = row + CODES;
  const largest = extremes(codes, n, scale, minimum, side);
  fillTables(scale, work);
  decode(codes, n, scale, minimum, largest, out, w, spread, work + TABLES, side);
  return true;
}

/** Finds the largest and the smallest number; returns the largest code. */
function extremes(codes: usize, n: i32, scale: f64, minimum: f64, side: usize): i32 {
  let largest = 0;
  let smallest = LARGEST;
  let i = 0;
  let maxima = i16x8.splat(0);
  let minima = i16x8.splat(-1);
  for (; i + 8 <= n; i += 8) {
    const eight = v128.load(codes + (<usize>i << 1));
    maxima = i16x8.max_u(maxima, eight);
    minima = i16x8.min_u(minima, eight);
  }
  for (; i < n; i++) {
    const one = i16x8.splat(load<i16>(codes + (<usize>i << 1)));
    maxima = i16x8.max_u(maxima, one);
    minima = i16x8.min_u(minima, one);
  }
  for (let lane = 0; lane < 8; lane++) {
    largest = max(largest, <i32>i16x8.extract_lane_u(maxima, 0));
    smallest = min(smallest, <i32>i16x8.extract_lane_u(minima, 0));
    maxima = v128.shuffle<i16>(maxima, maxima, 1, 2, 3, 4, 5, 6, 7, 0);
    minima = v128.shuffle<i16>(minima, minima, 1, 2, 3, 4, 5, 6, 7, 0);
  }
  store<f64>(side, scale * <f64>largest + minimum, MAX);
  store<f64>(side, scale * <f64>smallest + minimum, MIN);
  return largest;
}

/** The table A, then B. */
function fillTables(scale: f64, work: usize): void {
  const two = f64x2.replace_lane(f64x2.splat(0), 1, -scale);
  for (let j = 0; j < ENTRIES; j += 2) {
    const x = f64x2.add(f64x2.splat(-scale * <f64>j), two);
    const to = work + TABLES + (<usize>j << 3);
    v128.store(to, expPair(f64x2.mul(x, f64x2.splat(<f64>ENTRIES))));
    v128.store(to, expPair(x), TABLE_BYTES);
  }
}

/** The entries of a table for two codes, each a multiple of 8. */
@inline
function entriesAt(table: usize, first: u32, second: u32): v128 {
  return v128.load64_lane(table + <usize>second, v128.load64_zero(table + <usize>first), 1);
}

@inline
function powerOf(below: u32, tables: usize): f64 {
  return load<f64>(tables + <usize>((below >> 8) << 3)) * load<f64>(tables + <usize>((below & 255) << 3), TABLE_BYTES);
}

@inline
function decode(
  codes: usize, n: i32, scale: f64, minimum: f64, largest: i32, out: usize, w: usize, spread: bool, tables: usize,
  side: usize,
): void {
  const scales = f64x2.splat(scale);
  const minima = f64x2.splat(minimum);
  const m = f64x2.splat(scale * <f64>largest + minimum);
  let total = f64x2.splat(0);
  let spreads = f64x2.splat(0);
  let i = 0;
  for (; i + 2 <= n; i += 2, out += 16, w += 16) {
    const both = load<u32>(codes + (<usize>i << 1));
    const first = <u32>largest - (both & 0xffff);
    const second = <u32>largest - (both >> 16);
    const whole = i32x4.extend_low_i16x8_u(i32x4.replace_lane(i32x4.splat(0), 0, both));
    const x = f64x2.add(f64x2.mul(f64x2.convert_low_i32x4_s(whole), scales), minima);
    const high = entriesAt(tables, (first >> 5) & 0x7f8, (second >> 5) & 0x7f8);
    const low = entriesAt(tables + TABLE_BYTES, (first << 3) & 0x7f8, (second << 3) & 0x7f8);
    const power = f64x2.mul(high, low);
    v128.store(out, x);
    v128.store(w, power);
    total = f64x2.add(total, power);
    if (spread) spreads = f64x2.add(spreads, f64x2.mul(power, f64x2.sub(x, m)));
  }
  if (i < n) {
    const code = load<u16>(codes + (<usize>i << 1));
    const x = scale * <f64>code + minimum;
    const filled = f64x2.splat(f64x2.extract_lane(m, 0) - FILL);
    const rest = expPair(f64x2.splat(-FILL));
    const power = f64x2.replace_lane(rest, 0, powerOf(<u32>largest - <u32>code, tables));
    v128.store(out, f64x2.replace_lane(filled, 0, x));
    v128.store(w, power);
    total = f64x2.add(total, power);
    if (spread) spreads = f64x2.add(spreads, f64x2.mul(power, f64x2.sub(v128.load(out), m)));
  }
  store<f64>(side, sumOfLanes(total), TOTAL);
  store<f64>(side, -sumOfLanes(spreads), SPREAD);
}
