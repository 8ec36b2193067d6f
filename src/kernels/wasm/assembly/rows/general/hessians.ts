// Hessian-vector products of measures of row pairs of any dtype and kind, in float64.
//
// With the curvature w of curvatures.ts and a direction (dp, dq) of (log p, log q), the slopes of D = rate · Σ h
// change by rate times
//
//     p·∂h/∂p·(dp + bend) − w·(dq − dp),     q·∂h/∂q·(dq + bend) + w·(dq − dp),
//
// where bend = d log rate = BEND·Σ (p·∂h/∂p·dp + q·∂h/∂q·dq). In the far form of Rényi divergences (renyi.ts), whose
// slopes are shares of a sum, they change by slope·(dx − Σ share·dx) with dx = α·dp + κ·dq.

import { sumOfLanes } from "../../simd";
import { curvaturesChunk } from "./curvatures";
import { limitOf, REST_END } from "./fromSlopes";
import { one, zero } from "../../math64";
import { LARGEST_RATIO, WEIGHT } from "./measures";
import {
  argmax,
  chunkOf,
  COLUMN,
  FREE,
  loadPair,
  LOG_P,
  LOG_Q,
  P,
  Q,
  SLOPES_P,
  SLOPES_Q,
  TOTAL_P,
  TOTAL_Q,
} from "./pair/index";
import {
  CHANGES,
  CHANGES_SO_FAR,
  completeProduct,
  fillDirection,
  FORMAT_BYTES,
  MEAN,
  MEAN_SO_FAR,
  setFormat,
  setSide,
  SIDE_BYTES,
  SLOPES,
  stepsAtZero,
  writeProduct,
} from "./products";
import { BEND, LIMIT_P, LIMIT_Q, prepareSlopes, RATE, SHARES, SLOPE_CODE, slopesChunk } from "./slopes";

const FORMAT: usize = REST_END;
const SIDE_P: usize = FORMAT + FORMAT_BYTES;
const SIDE_Q: usize = SIDE_P + SIDE_BYTES;
/** Of shares: the largest, its dx, and the mean of dx less that. */
const LARGEST: usize = SIDE_Q + SIDE_BYTES;
const PIVOT: usize = LARGEST + 8;
const MEAN_X: usize = LARGEST + 16;
/** The bend. */
const TURN: usize = LARGEST + 24;

/** Columns: dp and dq but for a constant, w, and how the slopes of both sides change. */
const DIRECTION_P: usize = FREE;
const DIRECTION_Q: usize = DIRECTION_P + COLUMN;
const CURVATURE: usize = DIRECTION_Q + COLUMN;
const CHANGE_P: usize = CURVATURE + COLUMN;
const CHANGE_Q: usize = CHANGE_P + COLUMN;

/**
 * Products of the Hessian of upstream·D with directions `vp` and `vq` to `hp` and `hq`, and ⟨∂D, (vp, vq)⟩ to
 * `along`. `given` says which directions there are and `sides` which products are wanted: 1 P, 2 Q, 3 both. `dtype`
 * is that of the rows, `vectorDtype` that of directions and products. Rows with a fault, and those with derivatives
 * that are not finite, get NaN in `along`, and whatever product.
 */
export function hessians64(
  a: usize,
  b: usize,
  upstream: usize,
  measure: usize,
  vp: usize,
  vq: usize,
  hp: usize,
  hq: usize,
  along: usize,
  given: i32,
  sides: i32,
  vectorDtype: i32,
  dtype: i32,
  from: i32,
  n: i32,
  temperature: f64,
  tolerance: f64,
  first: i32,
  last: i32,
  work: usize,
): void {
  const rowBytes = <usize>n << (dtype === 0 ? 2 : 3);
  const vectorBytes = <usize>n << (vectorDtype === 0 ? 2 : 3);
  const format = work + FORMAT;
  setFormat(format, dtype, vectorDtype, from, temperature);
  for (let row = <usize>first; row < <usize>last; row++) {
    const p = a + row * rowBytes;
    const q = b + row * rowBytes;
    const at = row * vectorBytes;
    let derivative = NaN;
    if (loadPair(p, q, n, dtype, from, temperature, tolerance, work) === 0) {
      const likeliestP = argmax(p, n, false, work);
      const likeliestQ = argmax(q, n, true, work);
      setSide(work + SIDE_P, p, given & 1 ? vp + at : 0, sides & 1 ? hp + at : 0, likeliestP, format);
      setSide(work + SIDE_Q, q, given & 2 ? vq + at : 0, sides & 2 ? hq + at : 0, likeliestQ, format);
      derivative = rowProducts(p, q, n, measure, load<f64>(upstream + (row << 3)), work);
    }
    store<f64>(along + (row << 3), derivative);
  }
}

/**
 * Four passes over the chunks: for the means of the direction and of the slopes, for the derivative, for the means of
 * the changes, for the products. Returns ⟨∂D, (vp, vq)⟩.
 */
function rowProducts(p: usize, q: usize, n: i32, measure: usize, upstream: f64, work: usize): f64 {
  const sideP = work + SIDE_P;
  const sideQ = work + SIDE_Q;
  prepareSlopes(measure, p, q, n, work);
  store<f64>(work, 0, LARGEST);
  store<f64>(work, 0, MEAN_X);
  const isShares = load<i32>(work, SLOPE_CODE) === SHARES;
  let length = 0;
  for (let start = 0; start < n; start += length) {
    length = fillColumns(p, q, n, start, measure, work);
    if (isShares) findPivot(measure, length, work);
  }
  store<f64>(sideP, load<f64>(sideP, MEAN_SO_FAR), MEAN);
  store<f64>(sideQ, load<f64>(sideQ, MEAN_SO_FAR), MEAN);
  store<f64>(sideP, load<f64>(work, SLOPES_P), SLOPES);
  store<f64>(sideQ, load<f64>(work, SLOPES_Q), SLOPES);

  // The columns of a row of one chunk stay as they are.
  const again = length < n;
  let dot: f64 = 0;
  let atZeroP: f64 = 0;
  let atZeroQ: f64 = 0;
  for (let start = 0; start < n; start += length) {
    if (again) length = fillColumns(p, q, n, start, measure, work);
    dot += along(LOG_P, DIRECTION_P, sideP, length, work) + along(LOG_Q, DIRECTION_Q, sideQ, length, work);
    const end = min(start + length, n);
    atZeroP += stepsAtZero(sideP, work + Q, start, end, work + FORMAT);
    atZeroQ += stepsAtZero(sideQ, work + P, start, end, work + FORMAT);
    if (isShares) addToMean(measure, length, work);
  }
  const rate = load<f64>(work, RATE);
  let derivative = rate * dot;
  if (atZeroP !== 0) derivative += atZeroP * limitAtZero(LIMIT_P, TOTAL_P, rate, sideP, work);
  if (atZeroQ !== 0) derivative += atZeroQ * limitAtZero(LIMIT_Q, TOTAL_Q, rate, sideQ, work);
  if (!isFinite(derivative)) return NaN;

  store<f64>(work, load<f64>(work, BEND) * dot, TURN);
  for (let start = 0; start < n; start += length) {
    if (again) length = fillColumns(p, q, n, start, measure, work);
    fillChanges(measure, length, work);
  }
  store<f64>(sideP, load<f64>(sideP, CHANGES_SO_FAR), CHANGES);
  store<f64>(sideQ, load<f64>(sideQ, CHANGES_SO_FAR), CHANGES);
  if (!isFinite(load<f64>(sideP, CHANGES) + load<f64>(sideQ, CHANGES))) return NaN;

  const factor = rate * upstream;
  for (let start = 0; start < n; start += length) {
    if (again) {
      length = fillColumns(p, q, n, start, measure, work);
      fillChanges(measure, length, work);
    }
    const end = min(start + length, n);
    writeProduct(sideP, work + P, work + LOG_P, work + CHANGE_P, start, end, factor, work + FORMAT);
    writeProduct(sideQ, work + Q, work + LOG_Q, work + CHANGE_Q, start, end, factor, work + FORMAT);
  }
  completeProduct(sideP, factor, work + FORMAT);
  completeProduct(sideQ, factor, work + FORMAT);
  return derivative;
}

/** ∂D/∂P of a class that only the other row has. */
function limitAtZero(limit: usize, total: usize, rate: f64, side: usize, work: usize): f64 {
  return limitOf(load<f64>(work + limit), rate * load<f64>(side, SLOPES), load<f64>(work + total));
}

/** Fills all columns of a chunk but those of the changes. Returns its classes, made even. */
function fillColumns(p: usize, q: usize, n: i32, start: i32, measure: usize, work: usize): i32 {
  const length = chunkOf(p, q, n, start, work);
  const end = min(start + length, n);
  curvaturesChunk(load<i32>(work, SLOPE_CODE), measure, length, work + CURVATURE, work);
  slopesChunk(measure, start, length, work);
  fillDirection(work + SIDE_P, work + P, start, end, work + DIRECTION_P, work + FORMAT);
  fillDirection(work + SIDE_Q, work + Q, start, end, work + DIRECTION_Q, work + FORMAT);
  return length;
}

/** Σ slope·d over a chunk, d the direction less its mean. */
function along(slopes: usize, direction: usize, side: usize, count: i32, work: usize): f64 {
  const mean = v128.load64_splat(side, MEAN);
  const ahead = direction - slopes;
  let sum = zero();
  work += slopes;
  for (const end = work + (<usize>count << 3); work < end; work += 16) {
    sum = f64x2.add(sum, f64x2.mul(v128.load(work), f64x2.sub(v128.load(work + ahead), mean)));
  }
  return sumOfLanes(sum);
}

/** Fills the columns of x (see products.ts) for both sides, and adds to their sums. */
function fillChanges(measure: usize, count: i32, work: usize): void {
  const code = load<i32>(work, SLOPE_CODE);
  if (code === SHARES) changeShares(measure, count, work);
  else if (code === LARGEST_RATIO) memory.fill(work + CHANGE_P, 0, 2 * COLUMN);
  else changeSlopes(count, work);
  takeShares(P, DIRECTION_P, CHANGE_P, work + SIDE_P, count, work);
  takeShares(Q, DIRECTION_Q, CHANGE_Q, work + SIDE_Q, count, work);
}

/** slope·(d + bend) ∓ w·(dq − dp). */
function changeSlopes(count: i32, work: usize): void {
  const meanP = v128.load64_splat(work + SIDE_P, MEAN);
  const meanQ = v128.load64_splat(work + SIDE_Q, MEAN);
  const bend = v128.load64_splat(work, TURN);
  for (const end = work + (<usize>count << 3); work < end; work += 16) {
    const dp = f64x2.sub(v128.load(work, DIRECTION_P), meanP);
    const dq = f64x2.sub(v128.load(work, DIRECTION_Q), meanQ);
    const turn = f64x2.mul(v128.load(work, CURVATURE), f64x2.sub(dq, dp));
    const p = f64x2.mul(v128.load(work, LOG_P), f64x2.add(dp, bend));
    const q = f64x2.mul(v128.load(work, LOG_Q), f64x2.add(dq, bend));
    v128.store(work, f64x2.sub(p, turn), CHANGE_P);
    v128.store(work, f64x2.add(q, turn), CHANGE_Q);
  }
}

/** x = c − p·d·Σ slopes in place of c, and adds to its sum. */
function takeShares(
  shares: usize,
  direction: usize,
  changes: usize,
  side: usize,
  count: i32,
  work: usize,
): void {
  const mean = v128.load64_splat(side, MEAN);
  const slopes = v128.load64_splat(side, SLOPES);
  let sum = zero();
  for (let i: usize = 0; i < <usize>count << 3; i += 16) {
    const d = f64x2.sub(v128.load(work + direction + i), mean);
    const share = f64x2.mul(f64x2.mul(v128.load(work + shares + i), d), slopes);
    const x = f64x2.sub(v128.load(work + changes + i), share);
    sum = f64x2.add(sum, x);
    v128.store(work + changes + i, x);
  }
  store<f64>(side, load<f64>(side, CHANGES_SO_FAR) + sumOfLanes(sum), CHANGES_SO_FAR);
}

// Shares. A constant in dx does no harm, so the means of the direction are left in it.

/** dx of two classes. */
@inline
function dxOf(alpha: v128, kappa: v128, work: usize): v128 {
  const p = f64x2.mul(alpha, v128.load(work, DIRECTION_P));
  return f64x2.add(p, f64x2.mul(kappa, v128.load(work, DIRECTION_Q)));
}

/** Looks for the largest share: the others' dx are taken relative to its own, as it may be nearly 1. */
function findPivot(measure: usize, count: i32, work: usize): void {
  const order = load<f64>(measure, WEIGHT);
  for (let i: usize = 0; i < <usize>count << 3; i += 8) {
    const share = -load<f64>(work + i, LOG_Q);
    if (share <= load<f64>(work, LARGEST)) continue;
    const dx = order * load<f64>(work + i, DIRECTION_P) + (1 - order) * load<f64>(work + i, DIRECTION_Q);
    store<f64>(work, share, LARGEST);
    store<f64>(work, dx, PIVOT);
  }
}

/** Adds to Σ share·(dx − pivot). */
function addToMean(measure: usize, count: i32, work: usize): void {
  const alpha = v128.load64_splat(measure, WEIGHT);
  const kappa = f64x2.sub(one(), alpha);
  const pivot = v128.load64_splat(work, PIVOT);
  const head = work;
  let sum = zero();
  for (const end = work + (<usize>count << 3); work < end; work += 16) {
    sum = f64x2.sub(sum, f64x2.mul(v128.load(work, LOG_Q), f64x2.sub(dxOf(alpha, kappa, work), pivot)));
  }
  store<f64>(head, load<f64>(head, MEAN_X) + sumOfLanes(sum), MEAN_X);
}

/** slope·(dx − pivot − mean). */
function changeShares(measure: usize, count: i32, work: usize): void {
  const alpha = v128.load64_splat(measure, WEIGHT);
  const kappa = f64x2.sub(one(), alpha);
  const pivot = v128.load64_splat(work, PIVOT);
  const mean = v128.load64_splat(work, MEAN_X);
  for (const end = work + (<usize>count << 3); work < end; work += 16) {
    const change = f64x2.sub(f64x2.sub(dxOf(alpha, kappa, work), pivot), mean);
    v128.store(work, f64x2.mul(v128.load(work, LOG_P), change), CHANGE_P);
    v128.store(work, f64x2.mul(v128.load(work, LOG_Q), change), CHANGE_Q);
  }
}
