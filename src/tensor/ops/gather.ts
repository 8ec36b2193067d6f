// Reading elements by index and adding elements at an index: each is the gradient of the other.

import { KullbackError } from "../../errors.js";
import { allocate, indexing } from "../../kernels/index.js";
import { record } from "../autograd/record.js";
import { describeShape, normalizeDim, numelOf, type Shape } from "../shape.js";
import { type Tensor, wrap } from "../tensor.js";
import { expand } from "./broadcast.js";
import { contiguous, reshape } from "./layout.js";
import { narrow } from "./slice.js";

function checkIndex(name: string, index: Tensor, size: number): void {
  if (index.dtype !== "int32")
    throw new KullbackError(`${name}: expected dtype int32 for index, got ${index.dtype}`);
  for (const i of index.data) {
    if (i < 0 || i >= size)
      throw new KullbackError(`${name}: index ${i} is out of bounds for dimension with size ${size}`);
  }
}

/**
 * out[i][j]… = x[index[i][j]…][j]… (for dim 0): the elements of `x` that `index` (int32) names along
 * axis `dim`. `index` has as many axes as `x` and is no larger along the others.
 */
export function gather(x: Tensor, dim: number, index: Tensor): Tensor {
  if (index.ndim !== x.ndim) {
    throw new KullbackError(
      `gather: index tensor must have the same number of dimensions as input tensor, got shapes ` +
        `${describeShape(index.shape)} and ${describeShape(x.shape)}`,
    );
  }
  if (x.ndim === 0) return reshape(gather(reshape(x, [1]), 0, reshape(index, [1])), []);
  const d = normalizeDim("gather", dim, x.ndim);
  checkIndex("gather", index, x.shape[d]);
  let source = x;
  index.shape.forEach((size, axis) => {
    if (axis === d) return;
    if (size > x.shape[axis]) {
      throw new KullbackError(
        `gather: size does not match at dimension ${axis}: expected index ${describeShape(index.shape)} to be no ` +
          `larger than ${describeShape(x.shape)} apart from dimension ${d}`,
      );
    }
    source = size < x.shape[axis] ? narrow(source, axis, 0, size) : source;
  });
  return gatherExact(contiguous(source), d, contiguous(index));
}

/** The packed array as outer × size × inner around axis `dim`. */
function around(shape: Shape, dim: number): [outer: number, size: number, inner: number] {
  return [numelOf(shape.slice(0, dim)), shape[dim], numelOf(shape.slice(dim + 1))];
}

/** `gather` of packed tensors that agree on all axes but `dim`. */
function gatherExact(x: Tensor, dim: number, index: Tensor): Tensor {
  const [outer, size, inner] = around(x.shape, dim);
  const array = allocate(x.dtype, index.numel);
  indexing.gather(x.data, index.data, outer, size, index.shape[dim], inner, array);
  const out = wrap(array, x.dtype, index.shape);
  return record(out, "GatherBackward", [x], [(g) => scatterAdd(g, dim, index, size)], [index]);
}

/** Zeros of `size` along axis `dim`, with the elements of `x` added where `index` says. */
function scatterAdd(x: Tensor, dim: number, index: Tensor, size: number): Tensor {
  const shape = x.shape.map((s, d) => (d === dim ? size : s));
  const [outer, , inner] = around(shape, dim);
  const array = allocate(x.dtype, numelOf(shape));
  indexing.scatterAdd(contiguous(x).data, index.data, outer, size, index.shape[dim], inner, array);
  const out = wrap(array, x.dtype, shape);
  return record(out, "ScatterAddBackward", [x], [(g) => gatherExact(contiguous(g), dim, index)], [index]);
}

/** The slices of `x` along `dim` that `index` (int32, one axis) names, in that order. */
export function indexSelect(x: Tensor, dim: number, index: Tensor): Tensor {
  if (index.ndim > 1) {
    throw new KullbackError(
      `indexSelect: index is supposed to be a vector, got shape ${describeShape(index.shape)}`,
    );
  }
  const d = normalizeDim("indexSelect", dim, x.ndim);
  const count = index.numel;
  const shape = x.shape.map((size, axis) => (axis === d ? count : size));
  const column = reshape(
    index,
    shape.map((_, axis) => (axis === d ? count : 1)),
  );
  return gather(x, d, expand(column, shape));
}
