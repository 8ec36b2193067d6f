// Views and copies that only rearrange elements: each one's gradient is the opposite rearrangement.

import { KullbackError } from "../../errors.js";
import { allocate, pack } from "../../kernels/index.js";
import { record } from "../autograd/record.js";
import { checkTensors } from "../check.js";
import {
  checkShape,
  describeShape,
  namedDims,
  normalizeDim,
  numelOf,
  packedStrides,
  type Shape,
  sameShape,
} from "../shape.js";
import { Tensor, viewOf, wrap } from "../tensor.js";

/** A packed copy of `x`, recorded. */
export function clone(x: Tensor): Tensor {
  const array = allocate(x.dtype, x.numel);
  pack(x.shape, x, array);
  return record(wrap(array, x.dtype, x.shape), "CloneBackward", [x], [(g) => g]);
}

/** `x` itself if its elements lie packed in C order, else a packed copy. */
export function contiguous(x: Tensor): Tensor {
  return x.isContiguous ? x : clone(x);
}

/** A tensor that shares `x`'s memory and has no history. */
export function detach(x: Tensor): Tensor {
  return new Tensor(x.storage, x.dtype, x.shape, x.strides, x.offset);
}

/** Replaces a single −1 by the size that fits. */
function inferShape(name: string, shape: Shape, numel: number): Shape {
  const unknown = shape.indexOf(-1);
  if (unknown < 0) return shape;
  if (shape.indexOf(-1, unknown + 1) >= 0) {
    throw new KullbackError(`${name}: only one size can be -1, got ${describeShape(shape)}`);
  }
  const known = numelOf(shape.filter((_, d) => d !== unknown));
  if (known === 0 || numel % known !== 0) {
    throw new KullbackError(`${name}: shape ${describeShape(shape)} is invalid for input of size ${numel}`);
  }
  return shape.map((size, d) => (d === unknown ? numel / known : size));
}

/** The strides that show the elements of a view as another shape without a copy, if there are any. */
function viewStrides(shape: Shape, strides: readonly number[], target: Shape): number[] | undefined {
  if (numelOf(shape) === 0) return packedStrides(target);
  const out = new Array<number>(target.length);
  let d = target.length - 1;
  // Walk the source from its end in chunks that can be stepped through evenly, and fill target axes.
  let chunkStep = strides.at(-1) ?? 1;
  let chunk = 1;
  for (let s = shape.length - 1; s >= 0; s--) {
    chunk *= shape[s];
    const chunkEnds = s === 0 || (shape[s - 1] !== 1 && strides[s - 1] !== chunk * chunkStep);
    if (!chunkEnds) continue;
    let filled = 1;
    while (d >= 0 && (filled < chunk || target[d] === 1)) {
      out[d] = filled * chunkStep;
      filled *= target[d];
      d--;
    }
    if (filled !== chunk) return undefined;
    if (s > 0) {
      chunkStep = strides[s - 1];
      chunk = 1;
    }
  }
  for (; d >= 0; d--) out[d] = 1;
  return out;
}

function checkReshape(name: string, x: Tensor, shape: Shape): Shape {
  const target = inferShape(name, shape, x.numel);
  checkShape(name, target);
  if (numelOf(target) !== x.numel) {
    throw new KullbackError(`${name}: shape ${describeShape(shape)} is invalid for input of size ${x.numel}`);
  }
  return target;
}

/** `x` as another shape, sharing memory. One size may be −1. Throws where a copy would be needed. */
export function view(x: Tensor, shape: Shape): Tensor {
  const target = checkReshape("view", x, shape);
  const strides = viewStrides(x.shape, x.strides, target);
  if (strides === undefined) {
    throw new KullbackError(
      `view: shape ${describeShape(target)} is not compatible with the strides ${describeShape(x.strides)} of ` +
        `shape ${describeShape(x.shape)}; use reshape()`,
    );
  }
  const from = x.shape;
  return record(viewOf(x, target, strides, x.offset), "ViewBackward", [x], [(g) => reshape(g, from)]);
}

/** `x` as another shape; shares memory where it can, copies where it must. One size may be −1. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const target = checkReshape("reshape", x, shape);
  if (sameShape(target, x.shape)) return x;
  return viewStrides(x.shape, x.strides, target) === undefined ? view(clone(x), target) : view(x, target);
}

/** Merges axes `startDim … endDim` into one. */
export function flatten(x: Tensor, startDim = 0, endDim = -1): Tensor {
  checkTensors("flatten", x);
  if (x.ndim === 0) return reshape(x, [1]);
  const start = normalizeDim("flatten", startDim, x.ndim);
  const end = normalizeDim("flatten", endDim, x.ndim);
  if (start > end) throw new KullbackError(`flatten: startDim ${startDim} comes after endDim ${endDim}`);
  const merged = numelOf(x.shape.slice(start, end + 1));
  return reshape(x, [...x.shape.slice(0, start), merged, ...x.shape.slice(end + 1)]);
}

/** A view of the axes `dims`, in that order. */
function axesOf(x: Tensor, dims: readonly number[]): Tensor {
  return viewOf(
    x,
    dims.map((d) => x.shape[d]),
    dims.map((d) => x.strides[d]),
    x.offset,
  );
}

/** Axes in a new order: axis d of the result is axis `dims[d]` of `x`. Shares memory. */
export function permute(x: Tensor, dims: readonly number[]): Tensor {
  if (dims.length !== x.ndim) {
    throw new KullbackError(`permute: wanted ${x.ndim} dims, got ${describeShape(dims)}`);
  }
  const order = namedDims("permute", dims, x.ndim);
  const inverse = order.map((_, d) => order.indexOf(d));
  return record(axesOf(x, order), "PermuteBackward", [x], [(g) => permute(g, inverse)]);
}

/** Swaps two axes. Shares memory. */
export function transpose(x: Tensor, dim0: number, dim1: number): Tensor {
  const a = normalizeDim("transpose", dim0, x.ndim);
  const b = normalizeDim("transpose", dim1, x.ndim);
  if (x.ndim === 0) return x;
  const order = x.shape.map((_, d) => (d === a ? b : d === b ? a : d));
  return record(axesOf(x, order), "TransposeBackward", [x], [(g) => transpose(g, a, b)]);
}

/** The transpose of a matrix; a vector or a number is returned as it is. */
export function t(x: Tensor): Tensor {
  if (x.ndim > 2)
    throw new KullbackError(`t: wanted at most 2 dimensions, got shape ${describeShape(x.shape)}`);
  return x.ndim < 2 ? x : transpose(x, 0, 1);
}

/** Drops axes of size 1: all, or those of `dims` that have size 1. Shares memory. */
export function squeeze(x: Tensor, dims?: number | readonly number[]): Tensor {
  const chosen = dims === undefined ? x.shape.map((_, d) => d) : namedDims("squeeze", dims, x.ndim);
  const from = x.shape;
  const kept = from.map((_, d) => d).filter((d) => from[d] !== 1 || !chosen.includes(d));
  return record(axesOf(x, kept), "SqueezeBackward", [x], [(g) => reshape(g, from)]);
}

/** Adds an axis of size 1 at `dim`. Shares memory. */
export function unsqueeze(x: Tensor, dim: number): Tensor {
  const at = normalizeDim("unsqueeze", dim, x.ndim + 1);
  const shape = [...x.shape.slice(0, at), 1, ...x.shape.slice(at)];
  const step = at < x.ndim ? x.strides[at] * x.shape[at] : 1;
  const strides = [...x.strides.slice(0, at), step, ...x.strides.slice(at)];
  return record(viewOf(x, shape, strides, x.offset), "UnsqueezeBackward", [x], [(g) => squeeze(g, at)]);
}
