import { KullbackError } from "../../errors.js";
import { addRows, allocate, allocateUnset, takeRows } from "../../kernels/index.js";
import { record } from "../autograd/record.js";
import { checkTensors } from "../check.js";
import { describeShape } from "../shape.js";
import { type Tensor, wrap } from "../tensor.js";
import { contiguous } from "./layout.js";

/** Options of {@link embedding}. */
export interface EmbeddingOptions {
  /** The row that gets no gradient; a negative one counts from the end. */
  paddingIdx?: number;
}

/**
 * The rows of `weight` [rows, features] that `indices` (int32, any shape) names, as
 * `torch.nn.functional.embedding`. A row's gradients add up over its uses.
 *
 * @returns [...indices.shape, features]
 * @throws KullbackError if an index is out of range or no int32
 */
export function embedding(indices: Tensor, weight: Tensor, { paddingIdx }: EmbeddingOptions = {}): Tensor {
  checkTensors("embedding", indices, weight);
  if (weight.ndim !== 2) {
    throw new KullbackError(`embedding: weight must be 2-D, got shape ${describeShape(weight.shape)}`);
  }
  if (indices.dtype !== "int32") {
    throw new KullbackError(`embedding: expected indices to be int32, got ${indices.dtype}`);
  }
  const rows = weight.shape[0];
  const names = indices.data as Int32Array;
  for (const index of names) {
    if (index < 0 || index >= rows) {
      throw new KullbackError(`embedding: index ${index} is out of range for ${rows} rows`);
    }
  }
  const skip = paddingIdx === undefined ? -1 : paddingRow("embedding", paddingIdx, rows);
  return take(contiguous(weight), contiguous(indices), skip);
}

/** A padding index as a row's number. @internal */
export function paddingRow(name: string, paddingIdx: number, rows: number): number {
  if (!Number.isInteger(paddingIdx) || paddingIdx < -rows || paddingIdx >= rows) {
    throw new KullbackError(`${name}: paddingIdx must be within the ${rows} rows, got ${paddingIdx}`);
  }
  return paddingIdx < 0 ? paddingIdx + rows : paddingIdx;
}

function take(table: Tensor, indices: Tensor, skip: number): Tensor {
  const [rows, n] = table.shape;
  const array = allocateUnset(table.dtype, indices.numel * n);
  takeRows(table.data, n, indices.data as Int32Array, array);
  const out = wrap(array, table.dtype, [...indices.shape, n]);
  return record(out, "EmbeddingBackward", [table], [(g) => put(g, indices, rows, skip)], [indices]);
}

/** Zeros of so many rows with those of `g` added where `indices` says. */
function put(gradient: Tensor, indices: Tensor, rows: number, skip: number): Tensor {
  const g = contiguous(gradient);
  const n = g.shape[g.ndim - 1];
  const array = allocate(g.dtype, rows * n);
  addRows(g.data, n, indices.data as Int32Array, skip, array);
  const out = wrap(array, g.dtype, [rows, n]);
  return record(out, "EmbeddingDenseBackward", [g], [(v) => takeUnless(v, indices, skip)], [indices]);
}

/** As {@link take}, with zeros for the row `skip`, so that it is the transpose of {@link put}. */
function takeUnless(table: Tensor, indices: Tensor, skip: number): Tensor {
  const rows = contiguous(table);
  const n = rows.shape[1];
  const array = allocateUnset(rows.dtype, indices.numel * n);
  const names = indices.data as Int32Array;
  takeRows(rows.data, n, names, array);
  names.forEach((row, i) => {
    if (row === skip) array.fill(0, i * n, (i + 1) * n);
  });
  const out = wrap(array, rows.dtype, [...indices.shape, n]);
  return record(out, "EmbeddingBackward", [rows], [(g) => put(g, indices, rows.shape[0], skip)], [indices]);
}
