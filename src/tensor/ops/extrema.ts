// Largest and smallest elements along axes, their positions, and their order.

import { KullbackError } from "../../errors.js";
import { allocate, indexing, reductions } from "../../kernels/index.js";
import { record } from "../autograd/record.js";
import { type Dims, describeShape, normalizeDim, normalizeDims, numelOf } from "../shape.js";
import { type Tensor, wrap } from "../tensor.js";
import { div, mul } from "./arithmetic.js";
import { expandReduced, reducedShape, rowsAlong, sum } from "./broadcast.js";
import { gather } from "./gather.js";
import { contiguous, reshape, squeeze, transpose } from "./layout.js";
import { mapBinary } from "./pointwise.js";

/** Elements chosen along an axis, and where they were. */
export interface Indexed {
  values: Tensor;
  /** Positions along the axis, int32. */
  indices: Tensor;
}

/** Throws if an axis among `dims` is empty. @internal */
export function requireElements(name: string, x: Tensor, dims: readonly number[]): void {
  if (x.numel > 0 || !dims.some((d) => x.shape[d] === 0)) return;
  throw new KullbackError(
    `${name}: expected reduction dim to have non-zero size, got shape ${describeShape(x.shape)}`,
  );
}

const same = (a: number, b: number) => (a === b ? 1 : 0);
const sameOrNaN = (a: number, b: number) => (a === b || (Number.isNaN(a) && Number.isNaN(b)) ? 1 : 0);

/** A reduction to an extreme value; the elements that are the `same` share the gradient. */
function extreme(name: string, kernel: reductions.Reduction, same: (a: number, b: number) => number) {
  return (x: Tensor, dim?: Dims, keepdim = false): Tensor => {
    const dims = normalizeDims(name, dim, x.ndim);
    requireElements(name, x, dims);
    const shape = reducedShape(x.shape, dims, keepdim);
    const array = allocate(x.dtype, numelOf(shape));
    reductions.reduceRows(kernel, rowsAlong(x, dims).data, numelOf(dims.map((d) => x.shape[d])), array);
    const out = wrap(array, x.dtype, shape);
    const back = (g: Tensor) => {
      const ties = mapBinary(name, same, x, expandReduced(out, x.shape, dims), x.dtype);
      return mul(expandReduced(g, x.shape, dims), div(ties, sum(ties, dims, true)));
    };
    return record(out, `${name[0].toUpperCase()}${name.slice(1)}Backward`, [x], [back], [x, out]);
  };
}

/** The largest element over `dim` (one axis, several, or all). Equal ones share the gradient. */
export const amax: (x: Tensor, dim?: Dims, keepdim?: boolean) => Tensor = extreme(
  "amax",
  reductions.maximum,
  same,
);

/** The smallest element over `dim` (one axis, several, or all). Equal ones share the gradient. */
export const amin: (x: Tensor, dim?: Dims, keepdim?: boolean) => Tensor = extreme(
  "amin",
  reductions.minimum,
  same,
);

// As in PyTorch, `max` and the ∞-norm give the gradient of a NaN to the NaNs among the elements; `amax`
// makes it NaN.

/** The largest element over `dims`; those that equal it, or are NaN with it, share the gradient. @internal */
export const maximumOver = extreme("max", reductions.maximum, sameOrNaN);

/** The smallest element over `dims`; those that equal it, or are NaN with it, share the gradient. @internal */
export const minimumOver = extreme("min", reductions.minimum, sameOrNaN);

function indexOf(name: string, kernel: reductions.Reduction) {
  return (x: Tensor, dim?: number, keepdim = false): Tensor => {
    const dims = normalizeDims(name, dim, x.ndim);
    requireElements(name, x, dims);
    const shape = reducedShape(x.shape, dims, keepdim);
    const array = allocate("int32", numelOf(shape));
    reductions.reduceRows(kernel, rowsAlong(x, dims).data, numelOf(dims.map((d) => x.shape[d])), array);
    return wrap(array, "int32", shape);
  };
}

/** The position of the largest element along `dim`, or among all elements in C order; int32, the first of equals. */
export const argmax: (x: Tensor, dim?: number, keepdim?: boolean) => Tensor = indexOf(
  "argmax",
  reductions.indexOfMaximum,
);

/** The position of the smallest element along `dim`, or among all elements in C order; int32, the first of equals. */
export const argmin: (x: Tensor, dim?: number, keepdim?: boolean) => Tensor = indexOf(
  "argmin",
  reductions.indexOfMinimum,
);

/** The largest of all elements. */
export function max(x: Tensor): Tensor;
/** The largest elements along `dim` and their positions. */
export function max(x: Tensor, dim: number, keepdim?: boolean): Indexed;
export function max(x: Tensor, dim?: number, keepdim = false): Tensor | Indexed {
  return dim === undefined ? maximumOver(x) : pick(x, dim, argmax(x, dim, true), keepdim);
}

/** The smallest of all elements. */
export function min(x: Tensor): Tensor;
/** The smallest elements along `dim` and their positions. */
export function min(x: Tensor, dim: number, keepdim?: boolean): Indexed;
export function min(x: Tensor, dim?: number, keepdim = false): Tensor | Indexed {
  return dim === undefined ? minimumOver(x) : pick(x, dim, argmin(x, dim, true), keepdim);
}

function pick(x: Tensor, dim: number, positions: Tensor, keepdim: boolean): Indexed {
  const values = gather(x, dim, positions);
  return keepdim || x.ndim === 0
    ? { values, indices: positions }
    : { values: squeeze(values, dim), indices: squeeze(positions, dim) };
}

/** Options of {@link sort}. */
export interface SortOptions {
  /** Largest first; default false. */
  descending?: boolean;
}

/** The elements sorted along `dim` (default the last), stable, NaN last, and where they were. */
export function sort(x: Tensor, dim = -1, { descending = false }: SortOptions = {}): Indexed {
  const d = normalizeDim("sort", dim, x.ndim);
  return ordered(x, d, x.shape[d] ?? 1, descending);
}

/** Options of {@link topk}. */
export interface TopkOptions {
  /** The largest (default) or the smallest. */
  largest?: boolean;
}

/** The `k` largest (or smallest) elements along `dim` (default the last), in order, and where they were. */
export function topk(x: Tensor, k: number, dim = -1, { largest = true }: TopkOptions = {}): Indexed {
  const d = normalizeDim("topk", dim, x.ndim);
  const size = x.shape[d] ?? 1;
  if (!Number.isInteger(k) || k < 0 || k > size) {
    throw new KullbackError(`topk: selected index k out of range: wanted 0 to ${size}, got ${k}`);
  }
  return ordered(x, d, k, largest);
}

function ordered(x: Tensor, dim: number, count: number, descending: boolean): Indexed {
  if (x.ndim === 0) {
    const one = ordered(reshape(x, [1]), 0, count, descending);
    return { values: reshape(one.values, []), indices: reshape(one.indices, []) };
  }
  const last = x.ndim - 1;
  const rows = contiguous(transpose(x, dim, last));
  const shape = rows.shape.map((size, d) => (d === last ? count : size));
  const order = new Int32Array(numelOf(shape));
  if (order.length > 0) indexing.sortOrder(rows.data, rows.shape[last], descending, count, order);
  const indices = contiguous(transpose(wrap(order, "int32", shape), dim, last));
  return { values: gather(x, dim, indices), indices };
}
