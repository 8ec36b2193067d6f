// What is to be known of a row of P or Q by itself: its extremes, its faults, its sum, its likeliest class.

import { sumOfLanes } from "../../../simd";
import { exp } from "../../../math64";
import { element, elements, MINUS_INFINITY, number, PLUS_INFINITY, ZERO } from "./elements";
import { DTYPE, MAX_P, MAX_Q, PROBS } from "./layout";

/** Faults of a row: places in the list of ../../../../divergence/statistics.ts, from 1. */
const NAN: i32 = 1;
const INFINITE: i32 = 2;
const NEGATIVE: i32 = 3;
export const SUM: i32 = 4;
const EMPTY: i32 = 5;

/** The largest and the smallest element; or the fault of the first element that has one. */
export function scan(row: usize, n: i32, dtype: i32, from: i32, largestTo: usize, smallestTo: usize): i32 {
  let min = number(PLUS_INFINITY);
  let max = from === PROBS ? number(ZERO) : number(MINUS_INFINITY);
  const pad: f64 = from === PROBS ? 0 : -Infinity;
  let bad = number(ZERO);
  for (let i = 0; i + 1 < n; i += 2) {
    const x = elements(row, i, n, dtype, pad);
    bad = v128.or(bad, f64x2.ne(x, x));
    min = f64x2.pmin(min, x);
    max = f64x2.pmax(max, x);
  }
  if ((n & 1) !== 0) {
    const x = f64x2.splat(element(row, n - 1, dtype));
    bad = v128.or(bad, f64x2.ne(x, x));
    min = f64x2.pmin(min, x);
    max = f64x2.pmax(max, x);
  }
  const low = lesser(f64x2.extract_lane(min, 0), f64x2.extract_lane(min, 1));
  const largest = -lesser(-f64x2.extract_lane(max, 0), -f64x2.extract_lane(max, 1));
  if (v128.any_true(bad) || largest === Infinity || (from === PROBS && low < 0)) {
    return firstFault(row, n, dtype, from);
  }
  store<f64>(largestTo, largest);
  store<f64>(smallestTo, low);
  return largest === (from === PROBS ? 0 : -Infinity) ? EMPTY : 0;
}

@inline
function lesser(a: f64, b: f64): f64 {
  return a < b ? a : b;
}

function firstFault(row: usize, n: i32, dtype: i32, from: i32): i32 {
  for (let i = 0; i < n; i++) {
    const x = element(row, i, dtype);
    if (isNaN(x)) return NAN;
    if (x === Infinity || (from === PROBS && x === -Infinity)) return INFINITE;
    if (from === PROBS && x < 0) return NEGATIVE;
  }
  return 0;
}

/** Σ x, or Σ eˣ. */
export function sumOf(row: usize, n: i32, dtype: i32, from: i32): f64 {
  let sum = number(ZERO);
  for (let i = 0; i < n; i += 2) {
    if (from === PROBS) sum = f64x2.add(sum, elements(row, i, n, dtype, 0));
    else sum = f64x2.add(sum, exp(elements(row, i, n, dtype, -Infinity)));
  }
  return sumOfLanes(sum);
}

/** The first class with the largest number. */
export function argmax(row: usize, n: i32, isQ: bool, work: usize): i32 {
  const dtype = load<i32>(work, DTYPE);
  const max = isQ ? load<f64>(work, MAX_Q) : load<f64>(work, MAX_P);
  const wanted = f64x2.splat(max);
  let i = 0;
  while (i + 1 < n && !v128.any_true(f64x2.eq(elements(row, i, n, dtype, 0), wanted))) i += 2;
  return element(row, i, dtype) === max ? i : i + 1;
}
