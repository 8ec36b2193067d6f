// The columns of a chunk from logits or log-probabilities.

import { sumOfLanes } from "../../../simd";
import { exp, expBounded, select } from "../../../math64";
import { elements, HUGE, LOWEST, MINUS_INFINITY, number, ZERO } from "./elements";
import {
  DTYPE,
  EXCESS,
  LOG_P,
  LOG_Q,
  MAX_P,
  MAX_Q,
  P,
  Q,
  SCALE,
  T,
  TOTAL_P,
  TOTAL_Q,
} from "./layout";
import { addExcess, differenceError, logRatio } from "./ratio";

/**
 * With both rows relative to their maxima, the difference of two logits is known to the last bit: the rounding
 * errors of the three differences are added back. Here e^u·p = q already, with p and q relative to their maxima.
 */
export function fillFromLogits(
  a: usize,
  b: usize,
  start: i32,
  end: i32,
  totals: bool,
  at: usize,
  work: usize,
): void {
  const dtype = load<i32>(work, DTYPE);
  const scale = v128.load64_splat(work, SCALE);
  const maxP = v128.load64_splat(work, MAX_P);
  const maxQ = v128.load64_splat(work, MAX_Q);
  let totalP = number(ZERO);
  let totalQ = totalP;
  let excess = totalP;
  for (let i = start; i < end; i += 2, at += 16) {
    const x = elements(a, i, end, dtype, -Infinity);
    const y = elements(b, i, end, dtype, -Infinity);
    const inP = f64x2.gt(x, number(MINUS_INFINITY));
    const inQ = f64x2.gt(y, number(MINUS_INFINITY));
    const gapP = f64x2.pmax(number(LOWEST), f64x2.sub(x, maxP));
    const gapQ = f64x2.pmax(number(LOWEST), f64x2.sub(y, maxQ));
    const errorP = v128.and(differenceError(x, maxP, gapP), f64x2.gt(gapP, number(HUGE)));
    const errorQ = v128.and(differenceError(y, maxQ, gapQ), f64x2.gt(gapQ, number(HUGE)));
    const difference = f64x2.sub(gapQ, gapP);
    const u = logRatio(
      f64x2.mul(f64x2.add(difference, f64x2.sub(errorQ, errorP)), scale),
      inP,
      inQ,
    );
    const logP = select(f64x2.mul(gapP, scale), number(MINUS_INFINITY), inP);
    const logQ = select(f64x2.mul(gapQ, scale), number(MINUS_INFINITY), inQ);
    const p = exp(logP);
    const q = exp(logQ);
    v128.store(at, p, P);
    v128.store(at, q, Q);
    v128.store(at, u, T);
    v128.store(at, logP, LOG_P);
    v128.store(at, logQ, LOG_Q);
    if (totals) {
      totalP = f64x2.add(totalP, p);
      totalQ = f64x2.add(totalQ, q);
      excess = addExcess(excess, p, q, u);
    }
  }
  if (!totals) return;
  store<f64>(work, load<f64>(work, TOTAL_P) + sumOfLanes(totalP), TOTAL_P);
  store<f64>(work, load<f64>(work, TOTAL_Q) + sumOfLanes(totalQ), TOTAL_Q);
  store<f64>(work, load<f64>(work, EXCESS) + sumOfLanes(excess), EXCESS);
}

/** `fillFromLogits` for rows that nothing is special about. */
export function fillOrdinary(a: usize, b: usize, start: i32, end: i32, totals: bool, work: usize): void {
  const even = start + ((end - start) & ~1);
  if (load<i32>(work, DTYPE) === 0) fillOrdinaryOf(0, a, b, start, even, totals, work);
  else fillOrdinaryOf(1, a, b, start, even, totals, work);
  if (even === end) return;
  const at = work + ((<usize>(even - start) >> 1) << 4);
  fillFromLogits(a, b, even, end, totals, at, work);
}

/** One loop after the other: a processor looks only so far ahead to find work beside the long chain of a power. */
@inline
function fillOrdinaryOf(
  dtype: i32,
  a: usize,
  b: usize,
  start: i32,
  end: i32,
  totals: bool,
  work: usize,
): void {
  const scale = v128.load64_splat(work, SCALE);
  const maxP = v128.load64_splat(work, MAX_P);
  const maxQ = v128.load64_splat(work, MAX_Q);
  let at = work;
  for (let i = start; i < end; i += 2, at += 16) {
    const x = elements(a, i, end, dtype, 0);
    const y = elements(b, i, end, dtype, 0);
    const gapP = f64x2.sub(x, maxP);
    const gapQ = f64x2.sub(y, maxQ);
    const errors = f64x2.sub(differenceError(y, maxQ, gapQ), differenceError(x, maxP, gapP));
    v128.store(at, f64x2.mul(f64x2.add(f64x2.sub(gapQ, gapP), errors), scale), T);
    v128.store(at, f64x2.mul(gapP, scale), LOG_P);
    v128.store(at, f64x2.mul(gapQ, scale), LOG_Q);
  }
  const totalP = powers(work + LOG_P, work + P, at - work);
  const totalQ = powers(work + LOG_Q, work + Q, at - work);
  if (!totals) return;
  let excess = number(ZERO);
  for (let to = work; to < at; to += 16) {
    excess = addExcess(excess, v128.load(to, P), v128.load(to, Q), v128.load(to, T));
  }
  store<f64>(work, load<f64>(work, TOTAL_P) + totalP, TOTAL_P);
  store<f64>(work, load<f64>(work, TOTAL_Q) + totalQ, TOTAL_Q);
  store<f64>(work, load<f64>(work, EXCESS) + sumOfLanes(excess), EXCESS);
}

/** The exponentials of a column to another, and their sum. */
function powers(logarithms: usize, to: usize, bytes: usize): f64 {
  let total = number(ZERO);
  for (let i: usize = 0; i < bytes; i += 16) {
    const power = expBounded(v128.load(logarithms + i));
    v128.store(to + i, power);
    total = f64x2.add(total, power);
  }
  return sumOfLanes(total);
}
