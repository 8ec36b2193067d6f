import { KullbackError } from "../../errors.js";
import {
  allocateUnset,
  type DType,
  type FloatArray,
  isFloat,
  logSoftmaxRows,
  logSoftmaxRowsBackward,
  softmaxRows,
  softmaxRowsBackward,
} from "../../kernels/index.js";
import { record } from "../autograd/record.js";
import { normalizeDim } from "../shape.js";
import { isGradEnabled } from "../tape/gradMode.js";
import { type Tensor, wrap } from "../tensor.js";
import { mul, sub } from "./arithmetic.js";
import { sum } from "./broadcast.js";
import { to } from "./cast.js";
import { contiguous, transpose } from "./layout.js";
import { exp } from "./math.js";

/** Options of {@link softmax} and {@link logSoftmax}. */
export interface SoftmaxOptions {
  /** Converts the input to this dtype first; default its own, which must be a floating-point one. */
  dtype?: DType;
}

function alongRows(
  name: string,
  kernel: (x: FloatArray, length: number, out: FloatArray) => void,
  input: Tensor,
  dim: number,
  dtype: DType = input.dtype,
): [x: Tensor, out: Tensor] {
  const d = normalizeDim(name, dim, input.ndim);
  if (!isFloat(dtype)) {
    throw new KullbackError(`${name}: not implemented for ${dtype}; pass a floating-point dtype`);
  }
  const x = to(input, dtype);
  const last = Math.max(x.ndim - 1, 0);
  const inPlace = d === last;
  const rows = contiguous(inPlace ? x : transpose(x, d, last));
  const array = allocateUnset(dtype, x.numel);
  kernel(rows.data as FloatArray, x.shape[d] ?? 1, array as FloatArray);
  const out = wrap(array, dtype, rows.shape);
  return [x, inPlace ? out : contiguous(transpose(out, d, last))];
}

/**
 * The gradient along `dim` by a row kernel, in one pass; where it has to be recorded, or the rows lie apart,
 * by operations.
 */
function gradient(
  kernel: (y: FloatArray, g: FloatArray, length: number, out: FloatArray) => void,
  byOperations: (g: Tensor) => Tensor,
  y: Tensor,
  dim: number,
): (g: Tensor) => Tensor {
  const last = Math.max(y.ndim - 1, 0);
  return (g) => {
    if (isGradEnabled() || normalizeDim("softmax", dim, y.ndim) !== last) return byOperations(g);
    const array = allocateUnset(y.dtype, y.numel);
    const [rows, upstream] = [contiguous(y), contiguous(g)];
    kernel(rows.data as FloatArray, upstream.data as FloatArray, y.shape[last] ?? 1, array as FloatArray);
    return wrap(array, y.dtype, y.shape);
  };
}

/** exp(x) / Σ exp(x) along `dim`. A row of −∞ alone, or with +∞, is NaN. */
export function softmax(input: Tensor, dim: number, { dtype }: SoftmaxOptions = {}): Tensor {
  const [x, out] = alongRows("softmax", softmaxRows, input, dim, dtype);
  const byOperations = (g: Tensor) => mul(out, sub(g, sum(mul(g, out), dim, true)));
  const back = gradient(softmaxRowsBackward, byOperations, out, dim);
  return record(out, "SoftmaxBackward", [x], [back], [out]);
}

/** x − log Σ exp(x) along `dim`. A row of −∞ alone, or with +∞, is NaN. */
export function logSoftmax(input: Tensor, dim: number, { dtype }: SoftmaxOptions = {}): Tensor {
  const [x, out] = alongRows("logSoftmax", logSoftmaxRows, input, dim, dtype);
  const byOperations = (g: Tensor) => sub(g, mul(exp(out), sum(g, dim, true)));
  const back = gradient(logSoftmaxRowsBackward, byOperations, out, dim);
  return record(out, "LogSoftmaxBackward", [x], [back], [out]);
}
