import type { FloatArray } from "../dtype.js";
import { RowGradient } from "./gradient.js";
import type { RowMeasure } from "./measure.js";
import { RowPair } from "./pair.js";
import type { RowSide } from "./side.js";
import type { RowOptions, RowProblem } from "./types.js";

/**
 * out[r] = D(Pᵣ, Qᵣ) in nats, for `rows` packed rows of `n` classes. Returns the first problem, if any; rows
 * with a problem hold NaN. Where P has a class that Q lacks, the value is what the mathematics says: +∞ for
 * `kl`. Throws for a temperature that cannot be used.
 */
export function divergenceRows(
  measure: RowMeasure,
  p: FloatArray,
  q: FloatArray,
  rows: number,
  n: number,
  options: RowOptions,
  out: Float64Array,
): RowProblem | undefined {
  const pair = new RowPair(n, options);
  let problem: RowProblem | undefined;
  for (let row = 0; row < rows; row++) {
    if (pair.load(p, q, row * n)) {
      out[row] = measure.value(pair);
    } else {
      out[row] = NaN;
      problem ??= problemOf(pair, row);
    }
  }
  return problem;
}

function problemOf(pair: RowPair, row: number): RowProblem | undefined {
  return sideProblem("p", pair.p, row) ?? sideProblem("q", pair.q, row);
}

function sideProblem(name: "p" | "q", side: RowSide, row: number): RowProblem | undefined {
  if (side.fault === undefined) return undefined;
  const problem = { side: name, row, kind: side.fault, value: side.faultValue };
  return side.faultIndex < 0 ? problem : { ...problem, index: side.faultIndex };
}

/**
 * Gradients of Σ upstream[r]·D(Pᵣ, Qᵣ) with respect to what `from` names: logits, probabilities (of the row
 * divided by its sum), or log-probabilities as logits. Written to `gp` and `gq`; either may be left out.
 *
 * - Rows with upstream 0 get 0, whatever they hold; rows with a problem get NaN.
 * - By a probability that is 0, the derivative is the one-sided one where that is finite, and 0 where it is
 *   infinite (as for `kl`, with 0·log 0 = 0) or where both probabilities are 0.
 * - Square roots and `tv` take the subgradient 0 where they have a kink.
 * - Where D is +∞, components that have a finite limit hold it (`kl`: ∂/∂b = q − p); the others are ±∞.
 */
export function divergenceRowsBackward(
  measure: RowMeasure,
  p: FloatArray,
  q: FloatArray,
  rows: number,
  n: number,
  options: RowOptions,
  upstream: FloatArray,
  gp?: FloatArray,
  gq?: FloatArray,
): void {
  const pair = new RowPair(n, options);
  const gradient = new RowGradient(measure, pair, options);
  for (let row = 0; row < rows; row++) {
    const start = row * n;
    const scale = upstream[row];
    if (scale !== 0 && pair.load(p, q, start)) {
      gradient.compute(p, q, start);
      if (gp) write(gradient.p.values, scale, gp, start);
      if (gq) write(gradient.q.values, scale, gq, start);
    } else {
      const filler = scale === 0 ? 0 : NaN;
      gp?.fill(filler, start, start + n);
      gq?.fill(filler, start, start + n);
    }
  }
}

/**
 * Hessian-vector products: the derivative of the gradients of `divergenceRowsBackward` in the direction
 * (vp, vq), written to `hp` and `hq`, and in `directional[r]` the derivative ⟨∂Dᵣ, v⟩ of the row's
 * divergence itself (not times upstream). A direction that is left out is 0; an output may be left out.
 *
 * Probabilities that are 0 are held there: they take no part in the direction, and their row of the product
 * is 0. Rows with upstream 0 get products of 0; rows with a problem get NaN.
 */
export function divergenceRowsHessian(
  measure: RowMeasure,
  p: FloatArray,
  q: FloatArray,
  rows: number,
  n: number,
  options: RowOptions,
  upstream: FloatArray,
  vp: FloatArray | undefined,
  vq: FloatArray | undefined,
  hp: FloatArray | undefined,
  hq: FloatArray | undefined,
  directional: Float64Array,
): void {
  const pair = new RowPair(n, options);
  const gradient = new RowGradient(measure, pair, options);
  for (let row = 0; row < rows; row++) {
    const start = row * n;
    const scale = upstream[row];
    if (pair.load(p, q, start)) {
      gradient.compute(p, q, start);
      directional[row] = gradient.along(vp, vq, start);
      gradient.differentiate(p, q, vp, vq, start);
      if (hp) write(gradient.p.changes, scale, hp, start);
      if (hq) write(gradient.q.changes, scale, hq, start);
    } else {
      directional[row] = NaN;
      hp?.fill(scale === 0 ? 0 : NaN, start, start + n);
      hq?.fill(scale === 0 ? 0 : NaN, start, start + n);
    }
  }
}

function write(values: Float64Array, scale: number, out: FloatArray, start: number): void {
  for (let i = 0; i < values.length; i++) out[start + i] = scale === 0 ? 0 : scale * values[i];
}
