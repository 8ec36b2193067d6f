// The sums over classes that KL both ways, Jensen–Shannon and total variation are made of, in one pass.
//
// With t = log q − log p, as in ../../../divergence/pair.ts, and g = eᵗ − 1 − t:
//
//   KL   Σ p·g                       TV  ½·Σ |q − p|
//   KL'  Σ p·(t·(eᵗ − 1) − g)         JS  ¼·(KL + KL') − ½·Σ (p + q)·log cosh(t/2)
//
// where q − p is p·(eᵗ − 1). JS: with M = (p + q)/2, log M = ½(log p + log q) + log cosh(t/2), so
// ½·p·log(p/M) + ½·q·log(q/M) = ¼·(q − p)·t − ½·(p + q)·log cosh(t/2); both parts are even in t to second order,
// and their sums differ by a factor of 2 or more, so no digits are lost.
//
// For |t| < ½, g/t² and log cosh(t/2)/t² are polynomials (relative error 1e-14), so that every summand keeps its
// digits however near the rows are. Beyond, g is (q − p − p·t)/p, and with y = (p + q)/(2·max(p, q)) in [½, 0.81],
// log cosh(t/2) = |t|/2 + log y, the logarithm by the series of atanh around the middle of that range.
//
// t is known up to a constant λ of some 1e-16, which rounding leaves in log(Z_q/Z_p); E = E_p[eᵗ − 1] = e^λ − 1
// tells it. KL and KL' are corrected exactly, TV to first order by Σ q·sign(t); JS has no first-order error.

import { log, log1p, xMinusLog1p } from "../math64";
import {
  BETWEEN, CHANGE, CHUNK, EXCESS, KL, LEANING, MAX, MIDDLE, PART, REVERSE, SIDE_BYTES, SUMS_END, T as T_COLUMN, TOTAL,
  VARIATION,
} from "./layout";
import { FILL, LOWEST } from "./exponentials";
import { lastAt, pairAt, sumOfLanes } from "./load";

const table: usize = memory.data<f64>([
  0.5,
  // (eᵗ − 1 − t)/t², relative error 8e-15
  0.50000000000000394054, 0.16666666666665780753, 0.041666666665874628916, 0.0083333333337620233637,
  0.0013888889143150035337, 0.00019841269330858252789, 0.00002480130194200013783, 2.7557476633835784581e-6,
  2.7687909248161191266e-7, 2.5085494217203195004e-8,
  // log cosh(t/2)/t² by t², relative error 1.4e-14
  0.12499999999999826228, -0.0052083333328318220927, 0.00034722219875141817483, -0.000026351284238562722641,
  2.1325671436025678651e-6, -1.6905490599880367317e-7,
  // 2·atanh(s)/s by s², relative error 3e-16, for the logarithm around y₀; 2·y₀; log y₀
  1.9999999999999994307, 0.66666666666960611415, 0.39999999754112275081, 0.28571503749342629602,
  0.22211847509774658434, 0.18839247291978081575,
  1.2674899051718847613, -0.45610868846989196898,
], 16);

@inline
function constant(index: usize): v128 {
  return v128.load64_splat(table + index * 8);
}

@inline
function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return f64x2.add(f64x2.mul(a, b), c);
}

/** t of two classes: (b − a) − shift − centre. */
@inline
function logRatio<T>(x: v128, y: v128, shift: v128, centre: v128): v128 {
  const difference = f64x2.sub(y, x);
  // Differences of float32 numbers are exact in float64, or as good as; of others the error is added back (Knuth).
  if (sizeof<T>() === 4) return f64x2.sub(f64x2.sub(difference, shift), centre);
  const back = f64x2.sub(difference, y);
  const error = f64x2.sub(f64x2.sub(y, f64x2.sub(difference, back)), f64x2.add(x, back));
  return f64x2.add(f64x2.sub(difference, shift), f64x2.sub(error, centre));
}

/** Puts t of the classes `first` to `last` − 1 into the work area; returns whether any of them is ½ or more. */
@inline
function logRatios<T>(
  a: usize, b: usize, first: i32, last: i32, shift: f64, centre: f64, wide: bool, work: usize,
): bool {
  const shifts = f64x2.splat(shift);
  const centres = f64x2.splat(centre);
  const maxA = load<f64>(work, MAX);
  const maxB = load<f64>(work, SIDE_BYTES + MAX);
  const lowestA = f64x2.splat(maxA + LOWEST);
  const lowestB = f64x2.splat(maxB + LOWEST);
  let largest = f64x2.splat(0);
  let to = work;
  let i = first;
  for (; i + 2 <= last; i += 2, to += 16) {
    let x = pairAt<T>(a, i);
    let y = pairAt<T>(b, i);
    if (wide) {
      x = f64x2.pmax(lowestA, x);
      y = f64x2.pmax(lowestB, y);
    }
    const t = logRatio<T>(x, y, shifts, centres);
    v128.store(to, t, T_COLUMN);
    largest = f64x2.pmax(largest, f64x2.abs(t));
  }
  if (i < last) {
    const x = f64x2.pmax(lowestA, lastAt<T>(a, i, maxA - FILL));
    const y = f64x2.pmax(lowestB, lastAt<T>(b, i, maxB - FILL));
    const t = logRatio<T>(x, y, shifts, centres);
    v128.store(to, t, T_COLUMN);
    largest = f64x2.pmax(largest, f64x2.abs(t));
  }
  return v128.any_true(f64x2.ge(largest, constant(0)));
}

/** p·(t + g) and p·g of a chunk, for |t| < ½. */
@inline
function gaps(wp: usize, end: usize, work: usize): void {
  const c0 = constant(1);
  const c1 = constant(2);
  const c2 = constant(3);
  const c3 = constant(4);
  const c4 = constant(5);
  const c5 = constant(6);
  const c6 = constant(7);
  const c7 = constant(8);
  const c8 = constant(9);
  const c9 = constant(10);
  for (; work < end; work += 16, wp += 16) {
    const t = v128.load(work, T_COLUMN);
    const t2 = f64x2.mul(t, t);
    let odd = multiplyAdd(c9, t2, c7);
    let even = multiplyAdd(c8, t2, c6);
    odd = multiplyAdd(odd, t2, c5);
    even = multiplyAdd(even, t2, c4);
    odd = multiplyAdd(odd, t2, c3);
    even = multiplyAdd(even, t2, c2);
    odd = multiplyAdd(odd, t2, c1);
    even = multiplyAdd(even, t2, c0);
    const gap = f64x2.mul(multiplyAdd(odd, t, even), t2);
    const p = v128.load(wp);
    v128.store(work, f64x2.mul(p, gap), PART);
    v128.store(work, f64x2.mul(p, f64x2.add(t, gap)), CHANGE);
  }
}

/** log cosh(t/2) of a chunk, for |t| < ½. */
@inline
function middles(end: usize, work: usize): void {
  const c0 = constant(11);
  const c1 = constant(12);
  const c2 = constant(13);
  const c3 = constant(14);
  const c4 = constant(15);
  const c5 = constant(16);
  for (; work < end; work += 16) {
    const t = v128.load(work, T_COLUMN);
    const t2 = f64x2.mul(t, t);
    const t4 = f64x2.mul(t2, t2);
    const even = multiplyAdd(multiplyAdd(c4, t4, c2), t4, c0);
    const odd = multiplyAdd(multiplyAdd(c5, t4, c3), t4, c1);
    v128.store(work, f64x2.mul(multiplyAdd(odd, t2, even), t2), BETWEEN);
  }
}

/** The same three columns for the classes of a chunk with |t| ≥ ½. */
@inline
function farClasses(wp: usize, wq: usize, share: f64, end: usize, work: usize): void {
  const half = constant(0);
  const shares = f64x2.splat(share);
  const c0 = constant(17);
  const c1 = constant(18);
  const c2 = constant(19);
  const c3 = constant(20);
  const c4 = constant(21);
  const c5 = constant(22);
  const y0 = constant(23);
  const logY0 = constant(24);
  for (; work < end; work += 16, wp += 16, wq += 16) {
    const t = v128.load(work, T_COLUMN);
    const p = v128.load(wp);
    const q = f64x2.mul(v128.load(wq), shares);
    const size = f64x2.abs(t);
    const far = f64x2.ge(size, half);
    const change = f64x2.sub(q, p);
    const part = f64x2.sub(change, f64x2.mul(p, t));
    v128.store(work, v128.bitselect(change, v128.load(work, CHANGE), far), CHANGE);
    v128.store(work, v128.bitselect(part, v128.load(work, PART), far), PART);
    const sum = f64x2.add(p, q);
    const around = f64x2.mul(y0, f64x2.pmax(p, q));
    const s = f64x2.div(f64x2.sub(sum, around), f64x2.add(sum, around));
    const z = f64x2.mul(s, s);
    const z2 = f64x2.mul(z, z);
    const even = multiplyAdd(multiplyAdd(c4, z2, c2), z2, c0);
    const odd = multiplyAdd(multiplyAdd(c5, z2, c3), z2, c1);
    const between = multiplyAdd(s, multiplyAdd(odd, z, even), multiplyAdd(size, half, logY0));
    v128.store(work, v128.bitselect(between, v128.load(work, BETWEEN), far), BETWEEN);
  }
}

/** Adds a vector of sums to the one at `work` + `place`. */
@inline
function addTo(work: usize, place: usize, sums: v128): void {
  v128.store(work + place, f64x2.add(v128.load(work + place), sums));
}

/** Adds a chunk up. */
@inline
function addChunk(wp: usize, wq: usize, share: f64, end: usize, work: usize): void {
  const head = work;
  const shares = f64x2.splat(share);
  let kl = f64x2.splat(0);
  let reverse = f64x2.splat(0);
  let middle = f64x2.splat(0);
  let variation = f64x2.splat(0);
  let leaning = f64x2.splat(0);
  let excess = f64x2.splat(0);
  for (; work < end; work += 16, wp += 16, wq += 16) {
    const t = v128.load(work, T_COLUMN);
    const change = v128.load(work, CHANGE);
    const part = v128.load(work, PART);
    const q = f64x2.mul(v128.load(wq), shares);
    kl = f64x2.add(kl, part);
    reverse = f64x2.add(reverse, f64x2.sub(f64x2.mul(t, change), part));
    middle = multiplyAdd(f64x2.add(v128.load(wp), q), v128.load(work, BETWEEN), middle);
    excess = f64x2.add(excess, change);
    variation = f64x2.add(variation, f64x2.abs(change));
    leaning = f64x2.add(leaning, v128.or(q, i64x2.shl(i64x2.shr_u(t, 63), 63)));
  }
  addTo(head, KL, kl);
  addTo(head, REVERSE, reverse);
  addTo(head, MIDDLE, middle);
  addTo(head, VARIATION, variation);
  addTo(head, LEANING, leaning);
  addTo(head, EXCESS, excess);
}

/** Adds up the classes of a row pair into `work`, unnormalised: each sum is Z_p times what it is above. */
function sumClasses<T>(
  a: usize, b: usize, n: i32, wp: usize, wq: usize, share: f64, shift: f64, centre: f64, wide: bool, work: usize,
): void {
  for (let at = KL; at < SUMS_END; at += 16) v128.store(work + at, f64x2.splat(0));
  for (let first = 0; first < n; first += CHUNK) {
    const last = min(first + CHUNK, n);
    const at = <usize>first << 3;
    const end = work + (<usize>((last - first + 1) & ~1) << 3);
    const far = wide
      ? logRatios<T>(a, b, first, last, shift, centre, true, work)
      : logRatios<T>(a, b, first, last, shift, centre, false, work);
    gaps(wp + at, end, work);
    middles(end, work);
    if (far) farClasses(wp + at, wq + at, share, end, work);
    addChunk(wp + at, wq + at, share, end, work);
  }
}

/** The sum at a place of `work`. */
@inline
function sumAt(work: usize, place: usize): f64 {
  return sumOfLanes(v128.load(work + place));
}

/** log(1 + x), and x − log(1 + x), of one number. */
@inline
function log1pOf(x: f64): f64 {
  return f64x2.extract_lane(log1p(f64x2.splat(x), f64x2.splat(1 + x)), 0);
}

@inline
function gapOf(x: f64): f64 {
  return f64x2.extract_lane(xMinusLog1p(f64x2.splat(x), f64x2.splat(1 + x)), 0);
}

/** How often t is centred anew: once is enough, unless rows are equal up to rounding. */
const MOST_ROUNDS = 3;

/**
 * KL, reverse KL, Jensen–Shannon and total variation of two rows at `a` and `b`, whose exponentials are in the
 * columns `wp` and `wq`, to `out`.
 */
export function divergences<T>(a: usize, b: usize, n: i32, wp: usize, wq: usize, wide: bool, work: usize, out: usize): void {
  const maxA = load<f64>(work, MAX);
  const maxB = load<f64>(work, SIDE_BYTES + MAX);
  const total = load<f64>(work, TOTAL);
  const share = total / load<f64>(work, SIDE_BYTES + TOTAL);
  // max b − max a as a number and its rounding error (Knuth's two-sum).
  const shift = maxB - maxA;
  const back = shift - maxB;
  const error = maxB - (shift - back) - (maxA + back);
  let centre = error - f64x2.extract_lane(log(f64x2.splat(share)), 0);
  let kl: f64 = 0;
  let reverse: f64 = 0;
  let excess: f64 = 0;
  let lambda: f64 = 0;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    sumClasses<T>(a, b, n, wp, wq, share, shift, centre, wide, work);
    kl = sumAt(work, KL) / total;
    reverse = sumAt(work, REVERSE) / total;
    excess = sumAt(work, EXCESS) / total;
    lambda = log1pOf(excess);
    if (lambda * lambda <= 1e-14 * kl) break;
    centre += lambda;
  }
  const gap = gapOf(excess);
  const js = 0.25 * (kl + reverse) - 0.5 * (sumAt(work, MIDDLE) / total);
  const tv = 0.5 * ((sumAt(work, VARIATION) - lambda * sumAt(work, LEANING)) / total);
  store<f64>(out, Math.max(0, kl - gap));
  store<f64>(out, Math.max(0, (reverse - (excess * lambda - gap)) / (1 + excess)), 8);
  store<f64>(out, Math.max(0, js), 16);
  store<f64>(out, Math.max(0, tv), 24);
}
