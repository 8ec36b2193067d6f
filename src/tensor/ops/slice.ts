// Parts of a tensor and tensors made of parts: taking a slice and padding with zeros are each
// other's gradients.

import { KullbackError } from "../../errors.js";
import { allocate, pack, type Strided } from "../../kernels/index.js";
import { record } from "../autograd/record.js";
import { resultType } from "../promote.js";
import {
  type Dims,
  describeShape,
  namedDims,
  normalizeDim,
  numelOf,
  packedStrides,
  sameShape,
} from "../shape.js";
import { type Tensor, viewOf, wrap } from "../tensor.js";
import { to } from "./cast.js";
import { squeeze, unsqueeze } from "./layout.js";

/** `length` places along axis `dim` from `start` on. Shares memory. */
export function narrow(x: Tensor, dim: number, start: number, length: number): Tensor {
  if (x.ndim === 0)
    throw new KullbackError("narrow: wanted a tensor with at least one dimension, got shape []");
  const d = normalizeDim("narrow", dim, x.ndim);
  const size = x.shape[d];
  const from = start < 0 ? start + size : start;
  if (
    !(Number.isInteger(from) && Number.isInteger(length) && from >= 0 && length >= 0 && from + length <= size)
  ) {
    throw new KullbackError(`narrow: start (${start}) + length (${length}) exceeds dimension size (${size})`);
  }
  const shape = x.shape.map((s, i) => (i === d ? length : s));
  const out = viewOf(x, shape, x.strides, x.offset + from * x.strides[d]);
  return record(out, "SliceBackward", [x], [(g) => pad(g, d, from, size)]);
}

/** `x` placed at `start` of an axis of `size`, zeros elsewhere. */
function pad(x: Tensor, dim: number, start: number, size: number): Tensor {
  const length = x.shape[dim];
  const shape = x.shape.map((s, d) => (d === dim ? size : s));
  const out = wrap(allocate(x.dtype, numelOf(shape)), x.dtype, shape);
  copyInto(out, x, dim, start);
  return record(out, "PadBackward", [x], [(g) => narrow(g, dim, start, length)]);
}

/** Writes `x` into the packed tensor `out` at `start` of axis `dim`. */
function copyInto(out: Tensor, x: Tensor, dim: number, start: number): void {
  if (x.numel === 0) return;
  const outer = x.shape.slice(0, dim);
  const block = numelOf(x.shape.slice(dim));
  const stride = numelOf(out.shape.slice(dim));
  const at = start * numelOf(out.shape.slice(dim + 1));
  const first = x.strides.slice(0, dim);
  const blocks = numelOf(outer);
  const outerStrides = packedStrides(outer);
  for (let b = 0; b < blocks; b++) {
    let offset = x.offset;
    for (let d = 0; d < dim; d++) offset += (Math.floor(b / outerStrides[d]) % outer[d]) * first[d];
    const source = { array: x.array, offset, strides: x.strides.slice(dim) };
    const target = out.array.subarray(b * stride + at, b * stride + at + block);
    pack(x.shape.slice(dim), source, target);
  }
}

/** The slice at `index` of axis `dim`, without that axis. Shares memory. */
export function select(x: Tensor, dim: number, index: number): Tensor {
  if (x.ndim === 0) throw new KullbackError("select: cannot be applied to a 0-dim tensor");
  const d = normalizeDim("select", dim, x.ndim);
  if (!Number.isInteger(index) || index < -x.shape[d] || index >= x.shape[d]) {
    throw new KullbackError(
      `select: index ${index} is out of range for dim ${dim} of shape ${describeShape(x.shape)}`,
    );
  }
  return squeeze(narrow(x, d, index < 0 ? index + x.shape[d] : index, 1), d);
}

/** Pieces of `size` places along `dim` (the last may be smaller), or pieces of the sizes listed. Share memory. */
export function split(x: Tensor, size: number | readonly number[], dim = 0): Tensor[] {
  const d = normalizeDim("split", dim, x.ndim);
  const total = x.shape[d] ?? 1;
  let sizes: number[];
  if (typeof size === "number") {
    if (!Number.isInteger(size) || size < 1) {
      throw new KullbackError(`split: wanted a positive integer as size, got ${size}`);
    }
    sizes = Array.from({ length: Math.max(Math.ceil(total / size), 1) }, (_, i) =>
      Math.min(size, total - i * size),
    );
  } else {
    sizes = [...size];
    const covered = sizes.reduce((a, b) => a + b, 0);
    if (covered !== total) {
      throw new KullbackError(
        `split: sizes ${describeShape(sizes)} sum to ${covered}, wanted the axis's ${total}`,
      );
    }
  }
  const ends = cumulative(sizes);
  return sizes.map((length, i) => narrow(x, d, ends[i] - length, length));
}

/** At most `chunks` pieces of equal size along `dim` (the last may be smaller). Share memory. */
export function chunk(x: Tensor, chunks: number, dim = 0): Tensor[] {
  if (!Number.isInteger(chunks) || chunks < 1) {
    throw new KullbackError(`chunk: wanted a positive number of chunks, got ${chunks}`);
  }
  const size = x.shape[normalizeDim("chunk", dim, x.ndim)] ?? 1;
  return split(x, size === 0 ? new Array<number>(chunks).fill(0) : Math.ceil(size / chunks), dim);
}

/** Running totals. */
function cumulative(sizes: readonly number[]): number[] {
  let total = 0;
  return sizes.map((size) => {
    total += size;
    return total;
  });
}

/** Tensors one after the other along axis `dim`; their other axes must agree. */
export function cat(tensors: readonly Tensor[], dim = 0): Tensor {
  if (tensors.length === 0) throw new KullbackError("cat: wanted a non-empty list of tensors");
  const dtype = resultType(tensors);
  const parts = tensors.map((x) => to(x, dtype));
  const [{ shape: first, ndim }] = parts;
  if (ndim === 0)
    throw new KullbackError("cat: zero-dimensional tensors cannot be concatenated; use stack()");
  const d = normalizeDim("cat", dim, ndim);
  const without = (shape: readonly number[]) => shape.filter((_, i) => i !== d);
  parts.forEach(({ shape }, i) => {
    if (shape.length !== ndim || !sameShape(without(shape), without(first))) {
      throw new KullbackError(
        `cat: sizes of tensors must match except in dimension ${d}: tensor 0 has ${describeShape(first)}, ` +
          `tensor ${i} has ${describeShape(shape)}`,
      );
    }
  });
  const lengths = parts.map((part) => part.shape[d]);
  const ends = cumulative(lengths);
  const shape = first.map((size, i) => (i === d ? ends[ends.length - 1] : size));
  const out = wrap(allocate(dtype, numelOf(shape)), dtype, shape);
  for (let i = 0; i < parts.length; i++) copyInto(out, parts[i], d, ends[i] - lengths[i]);
  const vjps = lengths.map((length, i) => (g: Tensor) => narrow(g, d, ends[i] - length, length));
  return record(out, "CatBackward", parts, vjps);
}

/** Tensors of one shape along a new axis `dim`. */
export function stack(tensors: readonly Tensor[], dim = 0): Tensor {
  if (tensors.length === 0) throw new KullbackError("stack: wanted a non-empty list of tensors");
  tensors.forEach(({ shape }, i) => {
    if (!sameShape(shape, tensors[0].shape)) {
      throw new KullbackError(
        `stack: wanted tensors of equal shape, got ${describeShape(tensors[0].shape)} at entry 0 and ` +
          `${describeShape(shape)} at entry ${i}`,
      );
    }
  });
  const d = normalizeDim("stack", dim, tensors[0].ndim + 1);
  return cat(
    tensors.map((x) => unsqueeze(x, d)),
    d,
  );
}

/** The elements of `x` seen from the other end of the axes `dims`. */
function backwards(x: Tensor, dims: readonly number[]): Strided {
  const strides = x.strides.map((step, d) => (dims.includes(d) ? -step : step));
  const offset = dims.reduce((at, d) => at + (x.shape[d] - 1) * x.strides[d], x.offset);
  return { array: x.array, offset, strides };
}

/** A copy with the order of elements along `dims` reversed. */
export function flip(x: Tensor, dims: Dims): Tensor {
  const chosen = namedDims("flip", dims, x.ndim);
  const array = allocate(x.dtype, x.numel);
  pack(x.shape, backwards(x, chosen), array);
  return record(wrap(array, x.dtype, x.shape), "FlipBackward", [x], [(g) => flip(g, chosen)]);
}
