// Gradients made of slopes. For a row of logits a = T·log p + constant and a row of probabilities P = p·ΣP,
//
//     ∂D/∂aⱼ = (slopeⱼ − pⱼ·Σ slopes)/T,     ∂D/∂Pⱼ = (slopeⱼ − pⱼ·Σ slopes)/Pⱼ.
//
// As these differences sum to 0, `balance` gives what is left to the class that has more than half of the
// probability: by itself its component is a small difference of large numbers.

import { sumOfLanes } from "../../simd";
import { half, select, zero } from "../../math64";
import { elements } from "./pair/index";
import { SLOPES_END } from "./slopes";

const INFINITE: usize = memory.data<f64>([Infinity]);

/**
 * Of each side, for `balance`: the sum of the differences without the class that has more than half, where that one
 * is written, and what its difference is divided by.
 */
export const REST_P: usize = SLOPES_END;
export const REST_Q: usize = SLOPES_END + 24;
export const REST_END: usize = SLOPES_END + 48;

/** slope − share·total; an infinite slope stays infinite, and a class without probability has its slope. */
@inline
function centred(slope: v128, share: v128, total: v128): v128 {
  const finite = f64x2.lt(f64x2.abs(slope), v128.load64_splat(INFINITE));
  const ordinary = v128.and(f64x2.gt(share, zero()), finite);
  return select(f64x2.sub(slope, f64x2.mul(share, total)), slope, ordinary);
}

/** Two numbers, or the last one of a row, to `out`. */
@inline
export function storePair(out: usize, gradient: v128, count: i32, dtype: i32): void {
  if (dtype === 0) {
    const narrow = f32x4.demote_f64x2_zero(gradient);
    if (count === 1) v128.store32_lane(out, narrow, 0);
    else v128.store64_lane(out, narrow, 0);
  } else if (count === 1) v128.store64_lane(out, gradient, 0);
  else v128.store(out, gradient);
}

/** ∂D/∂P of a class that only the other row has, with P = p·total; 0 where it is not finite. */
export function limitOf(limit: f64, mean: f64, total: f64): f64 {
  return isFinite(limit) ? (limit - mean) / total : 0;
}

export function clearRest(rest: usize): void {
  store<f64>(rest, 0);
  store<i32>(rest, 0, 8);
  store<f64>(rest, 1, 16);
}

/** factor · (slope − share·total) of `count` classes to `out`. What `balance` needs goes to `rest`. */
export function writeByLogits(
  shares: usize,
  slopes: usize,
  count: i32,
  total: f64,
  factor: f64,
  out: usize,
  dtype: i32,
  rest: usize,
): void {
  const totals = f64x2.splat(total);
  const factors = f64x2.splat(factor);
  let sum = zero();
  for (; count > 0; count -= 2, shares += 16, slopes += 16, out += 8 << dtype) {
    const share = v128.load(shares);
    const gradient = f64x2.mul(centred(v128.load(slopes), share, totals), factors);
    const sure = f64x2.gt(share, half());
    sum = f64x2.add(sum, v128.andnot(gradient, sure));
    if (v128.any_true(sure)) store<i32>(rest, <i32>out + (i64x2.bitmask(sure) >> 1) * (4 << dtype), 8);
    storePair(out, gradient, count, dtype);
  }
  store<f64>(rest, load<f64>(rest) + sumOfLanes(sum));
}

/**
 * factor · (slope − share·total)/P of `count` classes to `out`, P at `inputs` in `inputDtype`; `limit` where P is 0
 * and the other row, at `others`, has some. What `balance` needs goes to `rest`.
 */
export function writeByProbabilities(
  shares: usize,
  others: usize,
  slopes: usize,
  inputs: usize,
  inputDtype: i32,
  count: i32,
  total: f64,
  factor: f64,
  limit: f64,
  out: usize,
  dtype: i32,
  rest: usize,
): void {
  const totals = f64x2.splat(total);
  const factors = f64x2.splat(factor);
  const limits = f64x2.splat(limit);
  let sum = zero();
  for (
    ;
    count > 0;
    count -= 2, shares += 16, others += 16, slopes += 16, inputs += 8 << inputDtype, out += 8 << dtype
  ) {
    const share = v128.load(shares);
    const input = elements(inputs, 0, count, inputDtype, 0);
    const difference = f64x2.mul(centred(v128.load(slopes), share, totals), factors);
    const atZero = v128.and(limits, f64x2.gt(v128.load(others), zero()));
    const gradient = select(f64x2.div(difference, input), atZero, f64x2.gt(input, zero()));
    const sure = f64x2.gt(share, half());
    sum = f64x2.add(sum, v128.andnot(difference, sure));
    if (v128.any_true(sure)) {
      const lane = i64x2.bitmask(sure) >> 1;
      store<i32>(rest, <i32>out + lane * (4 << dtype), 8);
      store<f64>(rest, lane === 0 ? f64x2.extract_lane(input, 0) : f64x2.extract_lane(input, 1), 16);
    }
    storePair(out, gradient, count, dtype);
  }
  store<f64>(rest, load<f64>(rest) + sumOfLanes(sum));
}

export function balance(rest: usize, dtype: i32): void {
  const component = -load<f64>(rest) / load<f64>(rest, 16);
  const place = <usize>load<i32>(rest, 8);
  if (place === 0 || !isFinite(component)) return;
  if (dtype === 0) {
    if (isFinite(load<f32>(place))) store<f32>(place, <f32>component);
  } else if (isFinite(load<f64>(place))) {
    store<f64>(place, component);
  }
}
