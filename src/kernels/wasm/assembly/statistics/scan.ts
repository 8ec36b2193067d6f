// The first look at a row: its largest and smallest number, its faults, where its maximum is.

import { largestLane } from "../simd";
import { MAX, MIN } from "./layout";
import { elementAt } from "./load";

/** Faults of a row: places in the list of ../../../divergence/statistics.ts, from 1. */
const NAN: i32 = 1;
const INFINITE: i32 = 2;
const EMPTY: i32 = 5;

/** Finds the largest and the smallest number of a row of logits; returns its fault, or 0. */
export function scan<T>(row: usize, n: i32, side: usize): i32 {
  const step: i32 = 16 / sizeof<T>();
  let max = v128.splat<T>(<T>-Infinity);
  let min = v128.splat<T>(<T>Infinity);
  let bad = v128.splat<T>(0);
  let i = 0;
  for (let at = row; i + step <= n; i += step, at += 16) {
    const x = v128.load(at);
    max = v128.pmax<T>(max, x);
    min = v128.pmin<T>(min, x);
    bad = v128.or(bad, v128.ne<T>(x, x));
  }
  for (; i < n; i++) {
    const x = v128.splat<T>(load<T>(row + <usize>i * sizeof<T>()));
    max = v128.pmax<T>(max, x);
    min = v128.pmin<T>(min, x);
    bad = v128.or(bad, v128.ne<T>(x, x));
  }
  const largest = largestLane<T>(max);
  store<f64>(side, <f64>largest, MAX);
  store<f64>(side, -(<f64>largestLane<T>(v128.neg<T>(min))), MIN);
  if (v128.any_true(bad) || largest === <T>Infinity) return firstFault<T>(row, n);
  return largest === <T>-Infinity ? EMPTY : 0;
}

function firstFault<T>(row: usize, n: i32): i32 {
  for (let i = 0; i < n; i++) {
    const x = elementAt<T>(row, i);
    if (isNaN(x)) return NAN;
    if (x === Infinity) return INFINITE;
  }
  return 0;
}

/** The first class with the number `max`, which is one of them. */
export function firstWith<T>(row: usize, n: i32, max: f64): i32 {
  const step: i32 = 16 / sizeof<T>();
  const wanted = v128.splat<T>(<T>max);
  let i = 0;
  while (i + step <= n && !v128.any_true(v128.eq<T>(v128.load(row + <usize>i * sizeof<T>()), wanted))) i += step;
  while (elementAt<T>(row, i) !== max) i++;
  return i;
}

/**
 * Whether P and Q leave out the same classes: those that are −∞, and those so far below the maximum that
 * their probability is less than e⁻⁷⁰⁰.
 */
export function leaveOutTheSame<T>(a: usize, b: usize, n: i32, lowestA: f64, lowestB: f64): bool {
  for (let i = 0; i < n; i++) {
    const x = elementAt<T>(a, i);
    const y = elementAt<T>(b, i);
    if (x < lowestA !== y < lowestB || (x === -Infinity) !== (y === -Infinity)) return false;
  }
  return true;
}
