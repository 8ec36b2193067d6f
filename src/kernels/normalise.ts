import type { FloatArray } from "./dtype.js";

/** An array seen as [outer, groups, inner], every group to be normalised over the other two axes. */
export interface Grouping {
  readonly outer: number;
  readonly groups: number;
  readonly inner: number;
}

/**
 * Each group's mean, and Σ (x − mean)², in float64 and in two passes, so that they do not cancel.
 */
export function groupMoments(
  x: FloatArray,
  grouping: Grouping,
  mean: Float64Array,
  deviations: Float64Array,
): void {
  const { outer, groups, inner } = grouping;
  const step = groups * inner;
  for (let g = 0; g < groups; g++) {
    let total = 0;
    for (let o = 0, start = g * inner; o < outer; o++, start += step) {
      for (let i = start; i < start + inner; i++) total += x[i];
    }
    const centre = total / (outer * inner);
    let squares = 0;
    for (let o = 0, start = g * inner; o < outer; o++, start += step) {
      for (let i = start; i < start + inner; i++) squares += (x[i] - centre) * (x[i] - centre);
    }
    mean[g] = centre;
    deviations[g] = squares;
  }
}

/** out = (x − mean) · scale + shift, with one of each for every group. */
export function groupAffine(
  x: FloatArray,
  grouping: Grouping,
  mean: Float64Array,
  scale: Float64Array,
  shift: Float64Array,
  out: FloatArray,
): void {
  const { groups, inner } = grouping;
  for (let at = 0, g = 0; at < x.length; g = g + 1 === groups ? 0 : g + 1) {
    const [m, a, b] = [mean[g], scale[g], shift[g]];
    for (const end = at + inner; at < end; at++) out[at] = (x[at] - m) * a + b;
  }
}

/** Each group's Σ g and Σ g·(x − mean). */
export function groupProducts(
  x: FloatArray,
  g: FloatArray,
  grouping: Grouping,
  mean: Float64Array,
  sums: Float64Array,
  products: Float64Array,
): void {
  const { outer, groups, inner } = grouping;
  for (let group = 0; group < groups; group++) {
    const centre = mean[group];
    let total = 0;
    let product = 0;
    for (let o = 0, start = group * inner; o < outer; o++, start += groups * inner) {
      for (let i = start; i < start + inner; i++) {
        total += g[i];
        product += g[i] * (x[i] - centre);
      }
    }
    sums[group] = total;
    products[group] = product;
  }
}

/** out = g · scale + (x − mean) · slope + shift, with one of each for every group. */
export function groupGradient(
  x: FloatArray,
  g: FloatArray,
  grouping: Grouping,
  mean: Float64Array,
  scale: Float64Array,
  slope: Float64Array,
  shift: Float64Array,
  out: FloatArray,
): void {
  const { groups, inner } = grouping;
  for (let at = 0, group = 0; at < x.length; group = group + 1 === groups ? 0 : group + 1) {
    const [m, a, s, b] = [mean[group], scale[group], slope[group], shift[group]];
    for (const end = at + inner; at < end; at++) out[at] = g[at] * a + (x[at] - m) * s + b;
  }
}

/**
 * Rows of `n` elements, each brought to mean 0 and variance 1 and then, if they are given, times `weight` plus
 * `bias`; `mean` and `scale` (1/√(variance + eps)) of every row are left for the gradient.
 *
 * J. L. Ba et al., "Layer Normalization" (2016), arXiv:1607.06450.
 */
export function layerNormRows(
  x: FloatArray,
  n: number,
  weight: FloatArray | undefined,
  bias: FloatArray | undefined,
  eps: number,
  out: FloatArray,
  mean: Float64Array,
  scale: Float64Array,
): void {
  for (let r = 0, start = 0; r < mean.length; r++, start += n) {
    let total = 0;
    for (let i = 0; i < n; i++) total += x[start + i];
    const centre = total / n;
    let squares = 0;
    for (let i = 0; i < n; i++) squares += (x[start + i] - centre) * (x[start + i] - centre);
    const factor = 1 / Math.sqrt(squares / n + eps);
    mean[r] = centre;
    scale[r] = factor;
    for (let i = 0; i < n; i++) {
      const normal = (x[start + i] - centre) * factor;
      out[start + i] = normal * (weight === undefined ? 1 : weight[i]) + (bias === undefined ? 0 : bias[i]);
    }
  }
}

/** The gradient of {@link layerNormRows} with respect to `x`, from that of the result, `g`. */
export function layerNormRowsBackward(
  x: FloatArray,
  g: FloatArray,
  n: number,
  weight: FloatArray | undefined,
  mean: Float64Array,
  scale: Float64Array,
  out: FloatArray,
): void {
  const upstream = new Float64Array(n);
  for (let r = 0, start = 0; r < mean.length; r++, start += n) {
    const [centre, factor] = [mean[r], scale[r]];
    let total = 0;
    let product = 0;
    for (let i = 0; i < n; i++) {
      const u = g[start + i] * (weight === undefined ? 1 : weight[i]);
      upstream[i] = u;
      total += u;
      product += u * (x[start + i] - centre);
    }
    const shift = total / n;
    const slope = (product / n) * factor * factor;
    for (let i = 0; i < n; i++) {
      out[start + i] = (upstream[i] - shift - (x[start + i] - centre) * slope) * factor;
    }
  }
}

/** Gradients of {@link layerNormRows} with respect to weight and bias: Σ over rows of g·x̂, and of g. */
export function layerNormRowsWeightBackward(
  x: FloatArray,
  g: FloatArray,
  n: number,
  mean: Float64Array,
  scale: Float64Array,
  ofWeight: Float64Array,
  ofBias: Float64Array,
): void {
  for (let r = 0, start = 0; r < mean.length; r++, start += n) {
    const [centre, factor] = [mean[r], scale[r]];
    for (let i = 0; i < n; i++) {
      ofWeight[i] += g[start + i] * (x[start + i] - centre) * factor;
      ofBias[i] += g[start + i];
    }
  }
}
