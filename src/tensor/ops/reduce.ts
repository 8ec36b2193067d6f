import { allocate, isFloat, reductions } from "../../kernels/index.js";
import { record } from "../autograd/record.js";
import { type Dims, normalizeDim, normalizeDims, numelOf } from "../shape.js";
import { type Tensor, wrap } from "../tensor.js";
import { div, mul, sub } from "./arithmetic.js";
import { expand, expandReduced, reducedShape, rowsAlong, sum } from "./broadcast.js";
import { to } from "./cast.js";
import { eq, where } from "./compare.js";
import { maximumOver, minimumOver, requireElements } from "./extrema.js";
import { clone, contiguous, permute, reshape, transpose } from "./layout.js";
import { abs, exp, pow, sign } from "./math.js";
import { floatOf, mapUnary, requireFloat } from "./pointwise.js";
import { flip } from "./slice.js";

/** Reduces `dims` by a row kernel, not recorded. */
function reduce(
  kernel: reductions.Reduction,
  x: Tensor,
  dims: readonly number[],
  keepdim: boolean,
  dtype = x.dtype,
): Tensor {
  const shape = reducedShape(x.shape, dims, keepdim);
  const array = allocate(dtype, numelOf(shape));
  const length = numelOf(dims.map((d) => x.shape[d]));
  reductions.reduceRows(kernel, rowsAlong(x, dims).data, length, array);
  return wrap(array, dtype, shape);
}

/** Arithmetic mean over `dim` (one axis, several, or all); NaN of nothing. */
export function mean(x: Tensor, dim?: Dims, keepdim = false): Tensor {
  requireFloat("mean", x);
  const dims = normalizeDims("mean", dim, x.ndim);
  const from = x.shape;
  const count = numelOf(dims.map((d) => from[d]));
  const out = reduce(reductions.mean, x, dims, keepdim);
  return record(out, "MeanBackward", [x], [(g) => expandReduced(div(g, count), from, dims)]);
}

/** Product over one axis, or over all elements. Integers and booleans give int32. */
export function prod(x: Tensor, dim?: number, keepdim = false): Tensor {
  const dims = normalizeDims("prod", dim, x.ndim);
  const out = reduce(reductions.product, x, dims, keepdim, isFloat(x.dtype) ? x.dtype : "int32");
  const back = (g: Tensor): Tensor => {
    const upstream = expandReduced(g, x.shape, dims);
    if (!x.data.includes(0)) return mul(upstream, div(expandReduced(out, x.shape, dims), x));
    return mul(upstream, productOfOthers(x, dims));
  };
  return record(out, "ProdBackward", [x], [back], [x, out]);
}

/** For each element the product of the others along `dims`, without division, so that zeros do no harm. */
function productOfOthers(x: Tensor, dims: readonly number[]): Tensor {
  const kept = x.shape.map((_, d) => d).filter((d) => !dims.includes(d));
  const order = [...kept, ...dims];
  const length = numelOf(dims.map((d) => x.shape[d]));
  const rows = reshape(permute(x, order), [-1, 1, length]);
  const diagonal = allocate("bool", length * length);
  for (let i = 0; i < length; i++) diagonal[i * (length + 1)] = 1;
  const squares = expand(rows, [rows.shape[0], length, length]);
  const others = prod(where(wrap(diagonal, "bool", [length, length]), 1, squares), -1);
  const shaped = reshape(
    others,
    order.map((d) => x.shape[d]),
  );
  return permute(
    shaped,
    order.map((_, d) => order.indexOf(d)),
  );
}

/** Running sums along one axis. */
export function cumsum(x: Tensor, dim: number): Tensor {
  const d = normalizeDim("cumsum", dim, x.ndim);
  const dtype = x.dtype === "bool" ? "int32" : x.dtype;
  if (x.ndim === 0) return clone(to(x, dtype));
  const array = allocate(dtype, x.numel);
  const last = x.ndim - 1;
  const rows = contiguous(transpose(x, d, last));
  reductions.cumulativeSum(rows.data, x.shape[d], array);
  const out = contiguous(transpose(wrap(array, dtype, rows.shape), d, last));
  return record(out, "CumsumBackward", [x], [(g) => flip(cumsum(flip(g, d), d), d)]);
}

/** Options of {@link variance} and {@link std}. */
export interface VarOptions {
  /** Subtracted from the count in the divisor: 1 (default) for the sample variance, 0 for the population's. */
  correction?: number;
  /** Keeps reduced axes with size 1; default false. */
  keepdim?: boolean;
}

/** Variance over `dim` (one axis, several, or all), in two passes. */
export function variance(
  x: Tensor,
  dim?: Dims,
  { correction = 1, keepdim = false }: VarOptions = {},
): Tensor {
  requireFloat("var", x);
  const dims = normalizeDims("var", dim, x.ndim);
  const freedom = numelOf(dims.map((d) => x.shape[d])) - correction;
  const kernel: reductions.Reduction = (row, start, length) =>
    reductions.squaredDeviations(row, start, length) / Math.max(freedom, 0);
  const out = reduce(kernel, x, dims, keepdim);
  const back = (g: Tensor) =>
    mul(mul(expandReduced(g, x.shape, dims), 2 / freedom), sub(x, mean(x, dims, true)));
  return record(out, "VarBackward", [x], [back], [x]);
}

/** Standard deviation over `dim`: the square root of the variance. The gradient at 0 is 0. */
export function std(x: Tensor, dim?: Dims, options: VarOptions = {}): Tensor {
  requireFloat("std", x);
  const squared = variance(x, dim, options);
  const out = mapUnary("sqrt", squared);
  const back = (g: Tensor) => where(eq(out, 0), 0, div(g, mul(out, 2)));
  return record(out, "StdBackward", [squared], [back], [out]);
}

/**
 * The p-norm (Σ|x|ᵖ)^(1/p) over `dim`: `p` 2 (default), 1, any positive number, 0 (count of
 * non-zeros), or ±Infinity (largest and smallest magnitude). The gradient at 0 is 0.
 */
export function norm(x: Tensor, p = 2, dim?: Dims, keepdim = false): Tensor {
  requireFloat("norm", x);
  const from = x.shape;
  const dims = normalizeDims("norm", dim, x.ndim);
  if (p < 0 || p === Number.POSITIVE_INFINITY) requireElements("norm", x, dims);
  if (p === Number.POSITIVE_INFINITY) return maximumOver(abs(x), dims, keepdim);
  if (p === Number.NEGATIVE_INFINITY) return minimumOver(abs(x), dims, keepdim);
  if (p === 0) return countNonZeros(x, dims, keepdim);
  if (p === 1) return sum(abs(x), dims, keepdim);
  const kernel: reductions.Reduction = (row, start, length) => {
    let total = 0;
    for (let i = start; i < start + length; i++) total += p === 2 ? row[i] * row[i] : Math.abs(row[i]) ** p;
    return p === 2 ? Math.sqrt(total) : total ** (1 / p);
  };
  const out = reduce(kernel, x, dims, keepdim);
  const back = (g: Tensor) => {
    const slope = mul(expandReduced(g, from, dims), signedPower(x, p - 1));
    const length = expandReduced(out, from, dims);
    if (p < 1) return mul(slope, pow(length, 1 - p));
    const none = eq(length, 0);
    return where(none, 0, div(slope, pow(where(none, 1, length), p - 1)));
  };
  return record(out, "NormBackward", [x], [back], [x, out]);
}

/** How many elements are not 0, with a gradient of 0. */
function countNonZeros(x: Tensor, dims: readonly number[], keepdim: boolean): Tensor {
  const from = x.shape;
  const back = (g: Tensor) => mul(expandReduced(g, from, dims), 0);
  return record(reduce(reductions.nonZeros, x, dims, keepdim), "NormBackward", [x], [back]);
}

/** sign(x)·|x|ᵖ, and 0 at 0 even where p is negative. */
function signedPower(x: Tensor, p: number): Tensor {
  if (p === 1) return x;
  if (p > 1) return mul(x, pow(abs(x), p - 1));
  const zero = eq(x, 0);
  return where(zero, 0, mul(sign(x), pow(where(zero, 1, abs(x)), p)));
}

/** log Σ exp(x) over `dim`, without overflow; −∞ of nothing or of −∞ alone. */
export function logsumexp(x: Tensor, dim: Dims, keepdim = false): Tensor {
  const y = to(x, floatOf(x.dtype));
  const dims = normalizeDims("logsumexp", dim, y.ndim);
  const out = reduce(reductions.logSumExp, y, dims, keepdim);
  const back = (g: Tensor) => {
    const softmax = exp(sub(y, expandReduced(out, y.shape, dims)));
    return mul(expandReduced(g, y.shape, dims), softmax);
  };
  return record(out, "LogsumexpBackward", [y], [back], [y, out]);
}

/** Whether all elements along `dim` are non-zero, as `bool`. */
export function all(x: Tensor, dim?: Dims, keepdim = false): Tensor {
  return reduce(reductions.all, x, normalizeDims("all", dim, x.ndim), keepdim, "bool");
}

/** Whether any element along `dim` is non-zero, as `bool`. */
export function any(x: Tensor, dim?: Dims, keepdim = false): Tensor {
  return reduce(reductions.any, x, normalizeDims("any", dim, x.ndim), keepdim, "bool");
}
