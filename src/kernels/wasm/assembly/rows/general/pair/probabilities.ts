// The columns of a chunk from probabilities.

import { sumOfLanes } from "../../../simd";
import { log1p, logPositive, one, select } from "../../../math64";
import { elements, HALF, MINUS_INFINITY, number, SPLITTER, ZERO } from "./elements";
import { DTYPE, EXCESS, LOG_P, LOG_Q, P, Q, T, TOTAL_P, TOTAL_Q } from "./layout";
import { addExcess, logRatio } from "./ratio";

@inline
function highBits(x: v128): v128 {
  const scaled = f64x2.mul(number(SPLITTER), x);
  return f64x2.sub(scaled, f64x2.sub(scaled, x));
}

/** The rounding error of product = fl(a·b) (Dekker 1971). */
@inline
function productError(a: v128, b: v128, product: v128): v128 {
  const aHigh = highBits(a);
  const aLow = f64x2.sub(a, aHigh);
  const bHigh = highBits(b);
  const bLow = f64x2.sub(b, bHigh);
  const rest = f64x2.sub(f64x2.sub(product, f64x2.mul(aHigh, bHigh)), f64x2.mul(aLow, bHigh));
  return f64x2.sub(f64x2.mul(aLow, bLow), f64x2.sub(rest, f64x2.mul(aHigh, bLow)));
}

/** With k = ΣQ/ΣP, u = log(Q/kP) = log(1 + (Q − kP)/kP), where k·P is carried as a sum of two numbers. */
export function fillFromProbabilities(
  a: usize,
  b: usize,
  start: i32,
  end: i32,
  totals: bool,
  work: usize,
): void {
  const dtype = load<i32>(work, DTYPE);
  const k = f64x2.splat(load<f64>(work, TOTAL_Q) / load<f64>(work, TOTAL_P));
  const logK = logPositive(k);
  let excess = number(ZERO);
  let at = work;
  for (let i = start; i < end; i += 2, at += 16) {
    const p = elements(a, i, end, dtype, 0);
    const q = elements(b, i, end, dtype, 0);
    const inP = f64x2.gt(p, number(ZERO));
    const inQ = f64x2.gt(q, number(ZERO));
    const logP = select(logPositive(p), number(MINUS_INFINITY), inP);
    const logQ = select(logPositive(q), number(MINUS_INFINITY), inQ);
    const scaled = f64x2.mul(k, p);
    const residual = f64x2.sub(f64x2.sub(q, scaled), productError(k, p, scaled));
    const near = f64x2.lt(f64x2.abs(residual), f64x2.mul(number(HALF), scaled));
    const change = v128.and(f64x2.div(residual, scaled), near);
    const close = log1p(change, f64x2.add(one(), change));
    const far = f64x2.sub(f64x2.sub(logQ, logP), logK);
    const u = logRatio(select(close, far, near), inP, inQ);
    v128.store(at, p, P);
    v128.store(at, q, Q);
    v128.store(at, u, T);
    v128.store(at, logP, LOG_P);
    v128.store(at, logQ, LOG_Q);
    if (totals) excess = addExcess(excess, p, f64x2.div(q, k), u);
  }
  if (totals) store<f64>(work, load<f64>(work, EXCESS) + sumOfLanes(excess), EXCESS);
}
