// The two sides of a Hessian-vector product: the direction on its way in, the product on its way out. With a unit
// uⱼ, T for a row of logits and Pⱼ for one of probabilities, a direction v of the input is one of log p,
//
//     dⱼ = vⱼ/uⱼ − Σ pᵢ·vᵢ/uᵢ,
//
// and where slopeⱼ changes by cⱼ along it, the gradient (slopeⱼ − pⱼ·Σ slopes)/uⱼ
//
//     changes by (xⱼ − pⱼ·Σ x − [(slopeⱼ − pⱼ·Σ slopes)·vⱼ/Pⱼ])/uⱼ,     xⱼ = cⱼ − pⱼ·dⱼ·Σ slopes,
//
// the bracket for probabilities only.

import { sumOfLanes } from "../../simd";
import { storePair } from "./fromSlopes";
import { half, select, zero } from "../../math64";
import { element, elements, PROBS } from "./pair/index";

// A side: pointers to its row, to the direction and to the product (0 for one that is left out), 1 + the class that
// has more than half of the probability, and sums.
const INPUT: usize = 0;
const DIRECTION: usize = 8;
const OUT: usize = 16;
const SURE: usize = 24;
/** v/u of the likeliest class, which the others are taken relative to. */
const PIVOT: usize = 32;
/** Σ p·(v/u − pivot), Σ slopes and Σ x: as far as they are added up, and once they are complete. */
export const MEAN_SO_FAR: usize = 40;
export const MEAN: usize = 48;
export const SLOPES: usize = 56;
export const CHANGES_SO_FAR: usize = 64;
export const CHANGES: usize = 72;
/** The sums of what goes out without the class `SURE`, which by itself would be a small difference of large numbers. */
const REST_CHANGES: usize = 80;
const REST_SLOPES: usize = 88;
export const SIDE_BYTES: usize = 96;

// What the two sides have in common.
const OF_INPUT: usize = 0;
const OF_VECTORS: usize = 4;
const FROM: usize = 8;
const TEMPERATURE: usize = 16;
export const FORMAT_BYTES: usize = 24;

/** Says what the numbers are: dtypes of the rows and of directions and products, kind of rows, temperature. */
export function setFormat(format: usize, dtype: i32, vectorDtype: i32, from: i32, temperature: f64): void {
  store<i32>(format, dtype, OF_INPUT);
  store<i32>(format, vectorDtype, OF_VECTORS);
  store<i32>(format, from, FROM);
  store<f64>(format, temperature, TEMPERATURE);
}

/** Begins a side; `likeliest` is a class with the largest probability. */
export function setSide(
  side: usize,
  input: usize,
  direction: usize,
  out: usize,
  likeliest: i32,
  format: usize,
): void {
  memory.fill(side, 0, SIDE_BYTES);
  store<usize>(side, input, INPUT);
  store<usize>(side, direction, DIRECTION);
  store<usize>(side, out, OUT);
  if (direction === 0) return;
  const v = element(direction, likeliest, load<i32>(format, OF_VECTORS));
  store<f64>(side, v / unitOf(side, likeliest, format), PIVOT);
}

@inline
function unitOf(side: usize, i: i32, format: usize): f64 {
  if (load<i32>(format, FROM) !== PROBS) return load<f64>(format, TEMPERATURE);
  return element(load<usize>(side, INPUT), i, load<i32>(format, OF_INPUT));
}

@inline
function unitsOf(side: usize, i: i32, end: i32, format: usize): v128 {
  if (load<i32>(format, FROM) !== PROBS) return v128.load64_splat(format, TEMPERATURE);
  return elements(load<usize>(side, INPUT), i, end, load<i32>(format, OF_INPUT), 0);
}

/** v/u of classes i and i + 1; 0 where u is 0. */
@inline
function stepsOf(side: usize, i: i32, end: i32, units: v128, format: usize): v128 {
  const v = elements(load<usize>(side, DIRECTION), i, end, load<i32>(format, OF_VECTORS), 0);
  return v128.and(f64x2.div(v, units), f64x2.gt(units, zero()));
}

/** v/u − pivot of the classes `start` to `end` − 1 to `to`; adds to their mean with the weights `shares`. */
export function fillDirection(side: usize, shares: usize, start: i32, end: i32, to: usize, format: usize): void {
  if (load<usize>(side, DIRECTION) === 0) {
    memory.fill(to, 0, <usize>((end - start + 1) & ~1) << 3);
    return;
  }
  const pivot = v128.load64_splat(side, PIVOT);
  let mean = zero();
  for (let i = start; i < end; i += 2, to += 16, shares += 16) {
    const step = f64x2.sub(stepsOf(side, i, end, unitsOf(side, i, end, format), format), pivot);
    mean = f64x2.add(mean, f64x2.mul(v128.load(shares), step));
    v128.store(to, step);
  }
  store<f64>(side, load<f64>(side, MEAN_SO_FAR) + sumOfLanes(mean), MEAN_SO_FAR);
}

/** Σ v over the classes `start` to `end` − 1 that only the other row has, whose probabilities are at `others`. */
export function stepsAtZero(side: usize, others: usize, start: i32, end: i32, format: usize): f64 {
  if (load<usize>(side, DIRECTION) === 0 || load<i32>(format, FROM) !== PROBS) return 0;
  let sum = zero();
  for (let i = start; i < end; i += 2, others += 16) {
    const v = elements(load<usize>(side, DIRECTION), i, end, load<i32>(format, OF_VECTORS), 0);
    const missing = f64x2.eq(unitsOf(side, i, end, format), zero());
    sum = f64x2.add(sum, v128.and(v, v128.and(missing, f64x2.gt(v128.load(others), zero()))));
  }
  return sumOfLanes(sum);
}

/** factor · the product of the classes `start` to `end` − 1, from the columns of p, slopes and x. */
export function writeProduct(
  side: usize,
  shares: usize,
  slopes: usize,
  changes: usize,
  start: i32,
  end: i32,
  factor: f64,
  format: usize,
): void {
  let out = load<usize>(side, OUT);
  if (out === 0) return;
  const dtype = load<i32>(format, OF_VECTORS);
  out += <usize>start << (dtype === 0 ? 2 : 3);
  const bent = load<i32>(format, FROM) === PROBS && load<usize>(side, DIRECTION) !== 0;
  const sumOfSlopes = v128.load64_splat(side, SLOPES);
  const sumOfChanges = v128.load64_splat(side, CHANGES);
  const factors = f64x2.splat(factor);
  let restOfChanges = zero();
  let restOfSlopes = zero();
  for (let i = start; i < end; i += 2, shares += 16, slopes += 16, changes += 16, out += 8 << dtype) {
    const share = v128.load(shares);
    const units = unitsOf(side, i, end, format);
    const change = f64x2.sub(v128.load(changes), f64x2.mul(share, sumOfChanges));
    let whole = change;
    const sure = f64x2.gt(share, half());
    if (bent) {
      const slope = f64x2.sub(v128.load(slopes), f64x2.mul(share, sumOfSlopes));
      whole = f64x2.sub(change, f64x2.mul(slope, stepsOf(side, i, end, units, format)));
      restOfSlopes = f64x2.add(restOfSlopes, v128.andnot(slope, sure));
    }
    restOfChanges = f64x2.add(restOfChanges, v128.andnot(change, sure));
    if (v128.any_true(sure)) store<i32>(side, i + 1 + (i64x2.bitmask(sure) >> 1), SURE);
    const product = f64x2.div(f64x2.mul(whole, factors), units);
    storePair(out, select(product, zero(), f64x2.gt(units, zero())), end - i, dtype);
  }
  store<f64>(side, load<f64>(side, REST_CHANGES) + sumOfLanes(restOfChanges), REST_CHANGES);
  store<f64>(side, load<f64>(side, REST_SLOPES) + sumOfLanes(restOfSlopes), REST_SLOPES);
}

/** Writes the class that has more than half of the probability, once the others are written. */
export function completeProduct(side: usize, factor: f64, format: usize): void {
  const i = load<i32>(side, SURE) - 1;
  if (i < 0) return;
  const dtype = load<i32>(format, OF_VECTORS);
  const unit = unitOf(side, i, format);
  let whole = -load<f64>(side, REST_CHANGES);
  if (load<i32>(format, FROM) === PROBS && load<usize>(side, DIRECTION) !== 0) {
    whole += (load<f64>(side, REST_SLOPES) * element(load<usize>(side, DIRECTION), i, dtype)) / unit;
  }
  const product = (whole * factor) / unit;
  const out = load<usize>(side, OUT);
  if (dtype === 0) store<f32>(out + (<usize>i << 2), <f32>product);
  else store<f64>(out + (<usize>i << 3), product);
}
