// Repeating elements along an axis and summing along an axis: each is the gradient of the other.

import { KullbackError } from "../../errors.js";
import { allocate, reductions } from "../../kernels/index.js";
import { record } from "../autograd/record.js";
import {
  broadcastStrides,
  checkShape,
  type Dims,
  describeShape,
  normalizeDims,
  numelOf,
  type Shape,
  sameShape,
} from "../shape.js";
import { type Tensor, viewOf, wrap } from "../tensor.js";
import { contiguous, permute, reshape } from "./layout.js";

/** `x` repeated along axes of size 1, and along new leading axes, without a copy; −1 keeps a size. */
export function expand(x: Tensor, shape: Shape): Tensor {
  const from = x.shape;
  const lead = shape.length - from.length;
  const target = shape.map((size, d) => (size === -1 && d >= lead ? from[d - lead] : size));
  checkShape("expand", target);
  if (lead < 0 || from.some((size, d) => size !== target[d + lead] && size !== 1)) {
    throw new KullbackError(
      `expand: shape ${describeShape(from)} cannot be expanded to ${describeShape(shape)}`,
    );
  }
  if (sameShape(from, target)) return x;
  const out = viewOf(x, target, broadcastStrides(from, x.strides, target), x.offset);
  return record(out, "ExpandBackward", [x], [(g) => sumTo(g, from)]);
}

/**
 * `x` as packed rows: the axes `dims` last, merged, so that a reduction over them is one over rows.
 * @internal
 */
export function rowsAlong(x: Tensor, dims: readonly number[]): Tensor {
  const kept = x.shape.map((_, d) => d).filter((d) => !dims.includes(d));
  return contiguous(permute(x, [...kept, ...dims]));
}

/** The shape left when `dims` are reduced. @internal */
export function reducedShape(shape: Shape, dims: readonly number[], keepdim: boolean): Shape {
  return keepdim
    ? shape.map((size, d) => (dims.includes(d) ? 1 : size))
    : shape.filter((_, d) => !dims.includes(d));
}

/** Brings back the axes that a reduction over `dims` dropped, and repeats `x` along them. @internal */
export function expandReduced(x: Tensor, shape: Shape, dims: readonly number[]): Tensor {
  return expand(reshape(x, reducedShape(shape, dims, true)), shape);
}

/** Sum over `dim` (one axis, several, or all), accumulated in float64. Integers and booleans give int32. */
export function sum(x: Tensor, dim?: Dims, keepdim = false): Tensor {
  const from = x.shape;
  const dims = normalizeDims("sum", dim, from.length);
  const shape = reducedShape(from, dims, keepdim);
  const dtype = x.dtype === "bool" ? "int32" : x.dtype;
  const array = allocate(dtype, numelOf(shape));
  if (dims.length < from.length && dims.every((d) => d < dims.length) && x.isContiguous) {
    reductions.sumColumns(x.data, array.length, array);
  } else {
    const length = numelOf(dims.map((d) => from[d]));
    reductions.reduceRows(reductions.sum, rowsAlong(x, dims).data, length, array);
  }
  return record(wrap(array, dtype, shape), "SumBackward", [x], [(g) => expandReduced(g, from, dims)]);
}

/** Sums the axes along which `shape` was broadcast to `x`'s shape. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.ndim - shape.length;
  const dims = x.shape
    .map((_, d) => d)
    .filter((d) => d < lead || (shape[d - lead] === 1 && x.shape[d] !== 1));
  return reshape(dims.length > 0 ? sum(x, dims, true) : x, shape);
}
