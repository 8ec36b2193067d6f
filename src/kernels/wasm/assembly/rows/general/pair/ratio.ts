// What filling a chunk from logits and from probabilities has in common.

import { expm1, one, select } from "../../../math64";
import { MINUS_INFINITY, number, PLUS_INFINITY } from "./elements";

/** The rounding error of difference = fl(a − b) (Knuth, TAOCP 2, §4.2.2, theorem B). */
@inline
export function differenceError(a: v128, b: v128, difference: v128): v128 {
  const bVirtual = f64x2.sub(a, difference);
  return f64x2.add(f64x2.sub(a, f64x2.add(difference, bVirtual)), f64x2.sub(bVirtual, b));
}

/** u, or what stands for it where a class is missing from P (∞), from Q (−∞), or from both (0). */
@inline
export function logRatio(u: v128, inP: v128, inQ: v128): v128 {
  const inEither = v128.or(inP, inQ);
  const edge = v128.and(select(number(MINUS_INFINITY), number(PLUS_INFINITY), inP), inEither);
  return select(u, edge, v128.and(inP, inQ));
}

/** Adds to Σ p·(e^u − 1), which is Σ (q − p) in units of P where u is large. */
@inline
export function addExcess(sum: v128, p: v128, q: v128, u: v128): v128 {
  const small = f64x2.le(u, one());
  const near = f64x2.mul(p, expm1(f64x2.pmin(one(), u)));
  return f64x2.add(sum, select(near, f64x2.sub(q, p), small));
}
