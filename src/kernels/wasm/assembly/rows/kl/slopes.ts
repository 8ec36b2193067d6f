// Gradients of upstream·KL(P‖Q) by the logits of a row, from what the sums of sums.ts kept of each class: with
// u = log q − log p + log(1 + E), E = E_p[eᵘ] − 1,
//
//     ∂KL/∂b = (q − p)/T = (w·(eᵘ − 1) − w·E)/(Z·(1 + E)·T),     ∂KL/∂a = −p·(u − E_p[u])/T = −(w·u − w·U/Z)/(Z·T).
//
// Both are a column of kept numbers, less its mean times w, times a number of the row. They sum to 0 because
// the means are those of the very numbers that were kept.

import { sumOfLanes, widenedPairs } from "../../simd";
import { constant, ROUND_TO_POWER } from "./exp32";
import { EXPONENT_BYTES, exponents, SHIFT, SHIFT_LOW } from "./exponents";
import { addTo, RUN, SIDE_P, SIDE_Q } from "./sums";
import { FREE } from "./totals";

/** In rows with a larger KL, E_p[u] is so large that w·u is summed again, around it. */
export const FAR: f64 = 4;

// The work area of totals.ts holds, for four rows or one, as float32: the means, and what to multiply by.
export const MEAN_P: usize = 464;
export const MEAN_Q: usize = 480;
export const FACTOR_P: usize = 496;
export const FACTOR_Q: usize = 512;

/** The weights of a row, or of four short ones. */
export const ROW_WEIGHTS: usize = FREE;

const LN_2: usize = memory.data<f64>([0.6931471805599453]);

/**
 * The means and factors of two rows from their totals Z, S and G over ln 2, to the first two places behind `work`;
 * `scale` is upstream/T.
 */
@inline
export function setSlopes(z: v128, s: v128, g: v128, scale: v128, work: usize): void {
  const ln2 = v128.load64_splat(LN_2);
  const unit = f64x2.div(f64x2.splat(1), z);
  const factor = f64x2.mul(scale, ln2);
  const sumQ = f64x2.add(z, f64x2.mul(s, ln2));
  storePair(f64x2.mul(f64x2.sub(s, g), unit), work + MEAN_P);
  storePair(f64x2.mul(s, unit), work + MEAN_Q);
  storePair(f64x2.neg(f64x2.mul(factor, unit)), work + FACTOR_P);
  storePair(f64x2.div(factor, sumQ), work + FACTOR_Q);
}

@inline
function storePair(x: v128, to: usize): void {
  v128.store64_lane(to, f32x4.demote_f64x2_zero(x), 0);
}

/** (x − w·mean)·factor in place of the numbers x at `out`, with the weights w at `w`. */
@inline
export function centre(out: usize, w: usize, bytes: usize, mean: v128, factor: v128): void {
  for (const end = out + bytes; out < end; out += 16, w += 16) {
    v128.store(out, f32x4.mul(f32x4.sub(v128.load(out), f32x4.mul(v128.load(w), mean)), factor));
  }
}

/** `centre` for one row of `bytes`, which need not be a multiple of 16. */
export function centreRow(out: usize, w: usize, bytes: usize, mean: f32, factor: f32): void {
  const whole = bytes & ~15;
  centre(out, w, whole, f32x4.splat(mean), f32x4.splat(factor));
  for (let at = whole; at < bytes; at += 4) {
    store<f32>(out + at, (load<f32>(out + at) - load<f32>(w + at) * mean) * factor);
  }
}

/** Moves c of a row's lane so that E_p[u] becomes 0, from Z, S and G as for `setSlopes`. */
@inline
export function recentre(lane: usize, z: f64, s: f64, g: f64, temperature: f64, work: usize): void {
  work += lane << 2;
  const c = <f64>load<f32>(work, SHIFT) + load<f32>(work, SHIFT_LOW);
  const centred = c + (temperature * 0.6931471805599453 * (s - g)) / z;
  const high = <f32>centred;
  store<f32>(work, high, SHIFT);
  store<f32>(work, <f32>(centred - <f64>high), SHIFT_LOW);
}

/**
 * w·u to the `bytes`/16 vectors at `out`, carefully, and its sums added to the four totals at `total`. Leaves
 * exponents at `room`.
 */
export function farSlopes(
  a: usize, b: usize, w: usize, bytes: usize, out: usize, total: usize, room: usize, work: usize,
): void {
  const round = constant(ROUND_TO_POWER);
  const end = out + bytes;
  for (; out < end; a += RUN, b += RUN) {
    const length = min(RUN, end - out);
    let from = room;
    exponents(true, a, b, length, from, work);
    let sum = f32x4.splat(0);
    for (const stop = out + length; out < stop; out += 16, w += 16, from += EXPONENT_BYTES) {
      const u = f32x4.add(f32x4.sub(v128.load(from, 16), round), v128.load(from));
      const slope = f32x4.mul(v128.load(w), u);
      v128.store(out, slope);
      sum = f32x4.add(sum, slope);
    }
    addTo(total, sum);
  }
}

/** Whether the gradients of a row with its exponentials' sum `z` are as they should be. */
@inline
export function areSettled(z: f64, scale: f64): bool {
  return scale !== 0 && z >= 2;
}

/** What is left to do on other gradients: to be 0 where upstream is, and to sum to 0 where P is sure. */
export function settle(
  sides: i32, a: usize, gp: usize, gq: usize, n: i32, max: f64, scale: f64,
): void {
  const bytes = <usize>n << 2;
  if ((sides & SIDE_P) !== 0) {
    if (scale === 0) memory.fill(gp, 0, bytes);
    else balance(a, gp, n, <f32>max);
  }
  if ((sides & SIDE_Q) !== 0) {
    if (scale === 0) memory.fill(gq, 0, bytes);
    else balance(a, gq, n, <f32>max);
  }
}

/**
 * Where one class has more than half of P: sets the component of the class with a = max so that the gradient sums
 * to 0, as it must. By itself that component, next to p = 1, would have a rounding error large against all others.
 */
function balance(a: usize, out: usize, n: i32, max: f32): void {
  let place: usize = 0;
  while (load<f32>(a + place) !== max) place += 4;
  store<f32>(out + place, 0);
  store<f32>(out + place, <f32>-sumOf(out, n));
}

/** The sum of a row. */
function sumOf(x: usize, n: i32): f64 {
  let sum = f64x2.splat(0);
  const end = x + (<usize>n << 2);
  for (; x + 16 <= end; x += 16) sum = f64x2.add(sum, widenedPairs(v128.load(x)));
  let total = sumOfLanes(sum);
  for (; x < end; x += 4) total += load<f32>(x);
  return total;
}
