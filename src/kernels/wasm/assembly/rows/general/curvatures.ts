// Second derivatives of measures. As h is homogeneous of degree 1, one number a class gives them all:
//
//     w = p²·∂²h/∂p² = q²·∂²h/∂q² = −p·q·∂²h/∂p∂q.

import { exp, one, select, zero } from "../../math64";
import { POWER, WEIGHT } from "./measures";
import { LOG_P, LOG_Q, P, Q, T } from "./pair/index";
import { CHI2, GENERALIZED_JS, HELLINGER, JEFFREYS, KL, REVERSE_KL, SKEW_KL } from "./summands";

/** p^α·q^(1 − α) of two classes, seen from the larger of p and q; by logarithms, as the smaller may underflow. */
@inline
function power(alpha: v128, work: usize): v128 {
  const t = v128.load(work, T);
  const qSmaller = f64x2.le(t, zero());
  const logM = select(v128.load(work, LOG_P), v128.load(work, LOG_Q), qSmaller);
  const exponent = select(f64x2.sub(one(), alpha), alpha, qSmaller);
  return exp(f64x2.sub(logM, f64x2.mul(exponent, f64x2.abs(t))));
}

/** w of two classes; `weight` is β or λ, or the order of a power (2 for χ², ½ for Hellinger). */
@inline
function curvature(code: i32, weight: v128, work: usize): v128 {
  const p = v128.load(work, P);
  const q = v128.load(work, Q);
  if (code === KL) return p;
  if (code === REVERSE_KL) return q;
  if (code === JEFFREYS) return f64x2.add(p, q);
  if (code === POWER || code === HELLINGER) return power(weight, work);
  if (code === CHI2) return f64x2.mul(weight, power(weight, work));
  const share = f64x2.mul(f64x2.sub(one(), weight), q);
  const ofQ = f64x2.div(share, f64x2.add(f64x2.mul(weight, p), share));
  // β·(1 − β)·p·q/M, and p·((1 − λ)·q/M)².
  const w = f64x2.mul(f64x2.mul(p, code === GENERALIZED_JS ? weight : ofQ), ofQ);
  return v128.and(w, f64x2.gt(p, zero()));
}

@inline
function curvaturesOf(code: i32, weight: f64, count: i32, to: usize, work: usize): void {
  const w = f64x2.splat(weight);
  for (const end = work + (<usize>count << 3); work < end; work += 16, to += 16) {
    v128.store(to, curvature(code, w, work));
  }
}

/** w of the `count` classes in the work area to `to`. */
export function curvaturesChunk(code: i32, measure: usize, count: i32, to: usize, work: usize): void {
  const weight = load<f64>(measure, WEIGHT);
  if (code === KL) curvaturesOf(KL, weight, count, to, work);
  else if (code === REVERSE_KL) curvaturesOf(REVERSE_KL, weight, count, to, work);
  else if (code === JEFFREYS) curvaturesOf(JEFFREYS, weight, count, to, work);
  else if (code === GENERALIZED_JS) curvaturesOf(GENERALIZED_JS, weight, count, to, work);
  else if (code === SKEW_KL) curvaturesOf(SKEW_KL, weight, count, to, work);
  else if (code === HELLINGER) curvaturesOf(HELLINGER, 0.5, count, to, work);
  else if (code === CHI2) curvaturesOf(CHI2, 2, count, to, work);
  else if (code === POWER) curvaturesOf(POWER, weight, count, to, work);
  else memory.fill(to, 0, <usize>count << 3); // total variation and what is linear
}
