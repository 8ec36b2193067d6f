// Power divergences of any order α other than 0 and 1, two classes at a time. With κ = 1 − α and t = log q − log p,
//
//     h = (αp + κq − p^α·q^κ)/(ακ),
//     p·∂h/∂p = −p·(e^(κt) − 1)/κ,
//     q·∂h/∂q = −q·(e^(−αt) − 1)/α.
//
// h stays as it is when p and q change places along with α and κ. So in the sum α is at least ½: for smaller orders
// Q stands for P. Then, with g(x) = eˣ − 1 − x,
//
//     h = ((q − p) − p·(e^(κt) − 1)/κ)/α = p·(g(t) − g(κt)/κ)/α,
//
// the second for small t, where the terms of first order would cancel. Nothing is lost as α comes close to 1, or,
// with Q for P, to 0.

import { sumOfLanes } from "../../simd";
import { exp, expm1, expm1MinusX, notFaded, one, select, zero } from "../../math64";
import { LOG_P, LOG_Q, P, PARAMETERS, Q, SLOPES_P, SLOPES_Q, T } from "./pair/index";

// What the loops hold as splats: a number in the work area stays in a register, one that is computed may not.
const ALPHA: usize = PARAMETERS;
const KAPPA: usize = PARAMETERS + 8;
const INVERSE_ALPHA: usize = PARAMETERS + 16;
const INVERSE_KAPPA: usize = PARAMETERS + 24;
const SIGN: usize = PARAMETERS + 32;
/** How fast h bends: the second form is for |t| times this below 1. */
const STEEPNESS: usize = PARAMETERS + 40;
export const POWERS_END: usize = PARAMETERS + 48;

const limits: usize = memory.data<f64>([50, -1]);

/** Exponents above it are joined to the logarithm of what their power is multiplied by, which is as good there. */
@inline
function large(): v128 {
  return v128.load64_splat(limits);
}

@inline
function minusOne(): v128 {
  return v128.load64_splat(limits, 8);
}

function setOrder(alpha: f64, kappa: f64, sign: f64, work: usize): void {
  store<f64>(work, alpha, ALPHA);
  store<f64>(work, kappa, KAPPA);
  store<f64>(work, 1 / alpha, INVERSE_ALPHA);
  store<f64>(work, 1 / kappa, INVERSE_KAPPA);
  store<f64>(work, sign, SIGN);
  store<f64>(work, Math.max(1, Math.max(Math.abs(alpha), Math.abs(kappa))), STEEPNESS);
}

/** Σ h over the `count` classes in the work area. */
export function sumPowers(order: f64, count: i32, work: usize): f64 {
  if (order >= 0.5) {
    setOrder(order, 1 - order, 1, work);
    return sumFrom(work + P, work + Q, work + LOG_P, count, work);
  }
  setOrder(1 - order, order, -1, work);
  return sumFrom(work + Q, work + P, work + LOG_Q, count, work);
}

function sumFrom(ps: usize, qs: usize, logPs: usize, count: i32, work: usize): f64 {
  const kappa = v128.load64_splat(work, KAPPA);
  const inverseKappa = v128.load64_splat(work, INVERSE_KAPPA);
  const sign = v128.load64_splat(work, SIGN);
  const steepness = v128.load64_splat(work, STEEPNESS);
  let sum = zero();
  for (let i: usize = 0; i < <usize>count << 3; i += 16) {
    const p = v128.load(ps + i);
    const t = f64x2.mul(sign, v128.load(work + i, T));
    const size = f64x2.abs(t);
    const exponent = f64x2.mul(kappa, t);
    // Both exponents within the range where they are looked at.
    const near = f64x2.pmax(minusOne(), f64x2.pmin(one(), t));
    const held = notFaded(f64x2.pmin(large(), exponent));
    const g = expm1MinusX(near);
    const gOfPower = expm1MinusX(held);
    let rise = f64x2.mul(p, f64x2.add(gOfPower, held)); // p^α·q^κ − p
    const far = f64x2.gt(exponent, large());
    if (v128.any_true(far)) {
      const power = exp(f64x2.add(v128.load(logPs + i), exponent));
      rise = select(v128.and(f64x2.sub(power, p), f64x2.gt(p, zero())), rise, far);
    }
    const difference = select(
      f64x2.mul(p, f64x2.add(g, near)),
      f64x2.sub(v128.load(qs + i), p),
      f64x2.le(size, one()),
    );
    const first = f64x2.sub(difference, f64x2.mul(rise, inverseKappa));
    const second = f64x2.mul(p, f64x2.sub(g, f64x2.mul(gOfPower, inverseKappa)));
    sum = f64x2.add(sum, select(second, first, f64x2.lt(f64x2.mul(size, steepness), one())));
  }
  return sumOfLanes(sum) * load<f64>(work, INVERSE_ALPHA);
}

/** Puts p·∂h/∂p and q·∂h/∂q of the classes in the work area in place of log p and log q, and adds up both. */
export function slopesOfPowers(order: f64, count: i32, work: usize): void {
  setOrder(order, 1 - order, 1, work);
  const minusAlpha = f64x2.neg(v128.load64_splat(work, ALPHA));
  const kappa = v128.load64_splat(work, KAPPA);
  const inverseAlpha = v128.load64_splat(work, INVERSE_ALPHA);
  const inverseKappa = v128.load64_splat(work, INVERSE_KAPPA);
  let sumP = zero();
  let sumQ = zero();
  const head = work;
  for (const end = work + (<usize>count << 3); work < end; work += 16) {
    const p = v128.load(work, P);
    const q = v128.load(work, Q);
    const t = v128.load(work, T);
    const ofP = f64x2.mul(kappa, t);
    const ofQ = f64x2.mul(minusAlpha, t);
    let riseP = f64x2.mul(p, expm1(f64x2.pmin(large(), ofP)));
    let riseQ = f64x2.mul(q, expm1(f64x2.pmin(large(), ofQ)));
    const farP = f64x2.gt(ofP, large());
    const farQ = f64x2.gt(ofQ, large());
    if (v128.any_true(v128.or(farP, farQ))) {
      // p^α·q^κ, seen from the larger of p and q, so that it has its limit where the smaller one is 0.
      const qSmaller = f64x2.le(t, zero());
      const logM = select(v128.load(work, LOG_P), v128.load(work, LOG_Q), qSmaller);
      const power = exp(f64x2.add(logM, select(ofP, ofQ, qSmaller)));
      riseP = select(f64x2.sub(power, p), riseP, farP);
      riseQ = select(f64x2.sub(power, q), riseQ, farQ);
    }
    const slopeP = f64x2.neg(f64x2.mul(riseP, inverseKappa));
    const slopeQ = f64x2.neg(f64x2.mul(riseQ, inverseAlpha));
    sumP = f64x2.add(sumP, slopeP);
    sumQ = f64x2.add(sumQ, slopeQ);
    v128.store(work, slopeP, LOG_P);
    v128.store(work, slopeQ, LOG_Q);
  }
  store<f64>(head, load<f64>(head, SLOPES_P) + sumOfLanes(sumP), SLOPES_P);
  store<f64>(head, load<f64>(head, SLOPES_Q) + sumOfLanes(sumQ), SLOPES_Q);
}
