// Operations as methods of Tensor: `x.add(y)` is `add(x, y)`. One table entry a method.

import type { DType, TypedArray } from "../kernels/index.js";
import { backward } from "./autograd/engine.js";
import * as arithmetic from "./ops/arithmetic.js";
import * as broadcast from "./ops/broadcast.js";
import * as cast from "./ops/cast.js";
import * as compare from "./ops/compare.js";
import * as extrema from "./ops/extrema.js";
import * as gathering from "./ops/gather.js";
import * as inPlace from "./ops/inPlace.js";
import * as layout from "./ops/layout.js";
import * as math from "./ops/math.js";
import * as product from "./ops/matmul.js";
import * as reduce from "./ops/reduce.js";
import * as slice from "./ops/slice.js";
import * as soft from "./ops/softmax.js";
import type { Shape } from "./shape.js";
import { Tensor, wrap } from "./tensor.js";

const methods = {
  /** this + other, broadcast. */
  add: arithmetic.add,
  /** this − other, broadcast. */
  sub: arithmetic.sub,
  /** this · other, elementwise, broadcast. */
  mul: arithmetic.mul,
  /** this / other, elementwise, broadcast; integers divide as floats. */
  div: arithmetic.div,
  /** −this. */
  neg: arithmetic.neg,

  /** e to the power of each element. */
  exp: math.exp,
  /** eˣ − 1, accurate near 0. */
  expm1: math.expm1,
  /** Natural logarithm. */
  log: math.log,
  /** log(1 + x), accurate near 0. */
  log1p: math.log1p,
  /** Logarithm in base 2. */
  log2: math.log2,
  /** Square root. */
  sqrt: math.sqrt,
  /** Magnitude; the gradient at 0 is 0. */
  abs: math.abs,
  /** −1, 0 or 1. */
  sign: math.sign,
  /** this to the power of `exponent`. */
  pow: math.pow,
  /** this · log(other), 0 where this is 0. */
  xlogy: math.xlogy,
  /** 1 / (1 + e⁻ˣ). */
  sigmoid: math.sigmoid,
  /** Hyperbolic tangent. */
  tanh: math.tanh,
  /** max(x, 0). */
  relu: math.relu,
  /** The error function. */
  erf: math.erf,
  /** Elements limited to [min, max]; the gradient passes within. */
  clamp: compare.clamp,

  /** this = other, as `bool`. */
  eq: compare.eq,
  /** this ≠ other, as `bool`. */
  ne: compare.ne,
  /** this < other, as `bool`. */
  lt: compare.lt,
  /** this ≤ other, as `bool`. */
  le: compare.le,
  /** this > other, as `bool`. */
  gt: compare.gt,
  /** this ≥ other, as `bool`. */
  ge: compare.ge,
  /** The larger of each pair; NaN if either is. */
  maximum: compare.maximum,
  /** The smaller of each pair; NaN if either is. */
  minimum: compare.minimum,
  /** Where elements are NaN, as `bool`. */
  isnan: compare.isnan,
  /** Where elements are neither infinite nor NaN, as `bool`. */
  isfinite: compare.isfinite,
  /** Where elements are 0 or false, as `bool`. */
  logicalNot: compare.logicalNot,

  /** Sum over `dim`: one axis, several, or all. */
  sum: broadcast.sum,
  /** Mean over `dim`: one axis, several, or all. */
  mean: reduce.mean,
  /** Product over one axis or all. */
  prod: reduce.prod,
  /** Running sums along one axis. */
  cumsum: reduce.cumsum,
  /** Variance over `dim`, with Bessel's correction unless told otherwise. */
  var: reduce.variance,
  /** Standard deviation over `dim`, with Bessel's correction unless told otherwise. */
  std: reduce.std,
  /** p-norm over `dim`; p is 2 by default. */
  norm: reduce.norm,
  /** log Σ exp over `dim`. */
  logsumexp: reduce.logsumexp,
  /** Whether all elements along `dim` are non-zero. */
  all: reduce.all,
  /** Whether any element along `dim` is non-zero. */
  any: reduce.any,
  /** The largest elements over `dim`: one axis, several, or all. */
  amax: extrema.amax,
  /** The smallest elements over `dim`: one axis, several, or all. */
  amin: extrema.amin,
  /** Positions of the largest elements, int32. */
  argmax: extrema.argmax,
  /** Positions of the smallest elements, int32. */
  argmin: extrema.argmin,
  /** Elements sorted along `dim`, and where they were. */
  sort: extrema.sort,
  /** The k largest elements along `dim`, and where they were. */
  topk: extrema.topk,

  /** exp(x) / Σ exp(x) along `dim`. */
  softmax: soft.softmax,
  /** log softmax along `dim`. */
  logSoftmax: soft.logSoftmax,

  /** Matrix product; leading axes are batches. */
  matmul: product.matmul,

  /** The same memory as another shape; one size may be −1. */
  view: layout.view,
  /** Another shape; copies only where it must. */
  reshape: layout.reshape,
  /** Axes `startDim … endDim` merged into one. */
  flatten: layout.flatten,
  /** Axes in the order `dims`. */
  permute: layout.permute,
  /** Two axes swapped. */
  transpose: layout.transpose,
  /** The transpose of a matrix. */
  t: layout.t,
  /** Axes of size 1 dropped. */
  squeeze: layout.squeeze,
  /** An axis of size 1 added at `dim`. */
  unsqueeze: layout.unsqueeze,
  /** Repeated along axes of size 1, without a copy. */
  expand: broadcast.expand,
  /** Packed in C order; copies only if it is not. */
  contiguous: layout.contiguous,
  /** A packed copy, recorded. */
  clone: layout.clone,
  /** The same memory without history. */
  detach: layout.detach,
  /** In another dtype. */
  to: cast.to,

  /** The slice at `index` of axis `dim`. */
  select: slice.select,
  /** `length` places of axis `dim` from `start` on. */
  narrow: slice.narrow,
  /** Pieces of a size, or of the sizes listed, along `dim`. */
  split: slice.split,
  /** At most so many equal pieces along `dim`. */
  chunk: slice.chunk,
  /** Order reversed along `dims`. */
  flip: slice.flip,
  /** The elements that `index` names along `dim`. */
  gather: gathering.gather,
  /** The slices that `index` names along `dim`. */
  indexSelect: gathering.indexSelect,

  /** this ← this + other. */
  add_: inPlace.add_,
  /** this ← this − other. */
  sub_: inPlace.sub_,
  /** this ← this · other. */
  mul_: inPlace.mul_,
  /** this ← this / other. */
  div_: inPlace.div_,
  /** this ← this limited to [min, max]. */
  clamp_: inPlace.clamp_,
  /** this ← other, broadcast and converted. */
  copy_: inPlace.copy_,
  /** this ← value. */
  fill_: inPlace.fill_,
  /** this ← 0. */
  zero_: inPlace.zero_,

  /** Adds the gradient of this tensor with respect to every leaf to the leaf's `grad`. */
  backward,
};

type Method<F> = F extends (x: Tensor, ...rest: infer Rest) => infer Result
  ? (...rest: Rest) => Result
  : never;

/** The methods of the table, each with its function's parameters after the first. */
export type TableMethods = { [Name in keyof typeof methods]: Method<(typeof methods)[Name]> };

/** Methods with several signatures, which the table's type cannot carry. */
export interface OverloadedMethods {
  /** The largest of all elements. */
  max(): Tensor;
  /** The largest elements along `dim`, and where they were. */
  max(dim: number, keepdim?: boolean): extrema.Indexed;
  /** The smallest of all elements. */
  min(): Tensor;
  /** The smallest elements along `dim`, and where they were. */
  min(dim: number, keepdim?: boolean): extrema.Indexed;
}

declare module "./tensor.js" {
  interface Tensor extends TableMethods, OverloadedMethods {}
}

for (const [name, operation] of Object.entries({ ...methods, max: extrema.max, min: extrema.min })) {
  const apply = operation as (x: Tensor, ...rest: unknown[]) => unknown;
  Object.defineProperty(Tensor.prototype, name, {
    value(this: Tensor, ...rest: unknown[]) {
      return apply(this, ...rest);
    },
    configurable: true,
    writable: true,
  });
}

/**
 * A new leaf tensor around `array`, which holds its elements in C order. Whatever makes tensors from
 * other data goes through here: it is what keeps this module, and so the methods, in a bundle.
 * @internal
 */
export function leaf(array: TypedArray, dtype: DType, shape: Shape, requiresGrad = false): Tensor {
  const x = wrap(array, dtype, shape);
  if (requiresGrad) x.requiresGrad = true;
  return x;
}
