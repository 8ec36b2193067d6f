import { KullbackError } from "../../errors.js";
import { allocateUnset, matmul as matmulKernel } from "../../kernels/index.js";
import { record } from "../autograd/record.js";
import { checkTensors } from "../check.js";
import { resultType } from "../promote.js";
import { broadcastShapes, broadcastStrides, describeShape, numelOf } from "../shape.js";
import { noGrad } from "../tape/gradMode.js";
import { type Tensor, wrap } from "../tensor.js";
import { add, neededByOther } from "./arithmetic.js";
import { sumTo } from "./broadcast.js";
import { to } from "./cast.js";
import { reshape, squeeze, transpose, unsqueeze } from "./layout.js";
import { refuseBool } from "./pointwise.js";

/**
 * Matrix product. Vectors count as a row on the left and as a column on the right; leading axes are
 * batches and broadcast.
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  checkTensors("matmul", a, b);
  if (a.ndim === 0 || b.ndim === 0) {
    throw new KullbackError(
      `matmul: both arguments need to be at least 1D, but they are ${a.ndim}D and ${b.ndim}D`,
    );
  }
  if (a.ndim === 1) return squeeze(matmul(unsqueeze(a, 0), b), b.ndim === 1 ? 0 : -2);
  if (b.ndim === 1) return squeeze(matmul(a, unsqueeze(b, 1)), -1);
  if (a.shape[a.ndim - 1] !== b.shape[b.ndim - 2]) {
    throw new KullbackError(
      `matmul: shapes ${describeShape(a.shape)} and ${describeShape(b.shape)} cannot be multiplied: ` +
        `${a.shape[a.ndim - 1]} columns against ${b.shape[b.ndim - 2]} rows`,
    );
  }
  const dtype = resultType([a, b]);
  refuseBool("matmul", dtype);
  return product(to(a, dtype), to(b, dtype));
}

/** The product of matrices of one dtype and at least two axes. */
function product(a: Tensor, b: Tensor): Tensor {
  const [m, k] = a.shape.slice(-2);
  const n = b.shape[b.ndim - 1];
  const batch = broadcastShapes("matmul", a.shape.slice(0, -2), b.shape.slice(0, -2));
  const shape = [...batch, m, n];
  const array = allocateUnset(a.dtype, numelOf(shape));
  const ofA = matricesOf(a, batch);
  const ofB = matricesOf(b, batch);
  const count = numelOf(batch);
  for (let i = 0; i < count; i++) matmulKernel(ofA(i), ofB(i), m, k, n, array, i * m * n);
  return record(
    wrap(array, a.dtype, shape),
    "MmBackward",
    [a, b],
    [
      (g) => sumTo(product(g, transpose(b, -2, -1)), a.shape),
      (g) => sumTo(product(transpose(a, -2, -1), g), b.shape),
    ],
    neededByOther(a, b),
  );
}

/** The i-th matrix of `x` broadcast to the axes `batch`. */
function matricesOf(x: Tensor, batch: readonly number[]) {
  const strides = broadcastStrides(x.shape.slice(0, -2), x.strides.slice(0, -2), batch);
  const [rowStride, columnStride] = x.strides.slice(-2);
  return (i: number) => {
    let offset = x.offset;
    for (let d = batch.length - 1, rest = i; d >= 0; d--) {
      offset += (rest % batch[d]) * strides[d];
      rest = Math.floor(rest / batch[d]);
    }
    return { array: x.array, offset, rowStride, columnStride };
  };
}

/** x·weightᵀ + bias: `x` […, in], `weight` [out, in], `bias` [out]. */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  checkTensors("linear", x, weight);
  if (bias !== undefined) checkTensors("linear", bias);
  if (x.ndim === 0 || weight.ndim !== 2 || x.shape[x.ndim - 1] !== weight.shape[1]) {
    throw new KullbackError(
      `linear: input ${describeShape(x.shape)} and weight ${describeShape(weight.shape)} do not fit: ` +
        "wanted […, in] and [out, in]",
    );
  }
  const dtype = resultType(bias === undefined ? [x, weight] : [x, weight, bias]);
  refuseBool("linear", dtype);
  const lead = x.shape.slice(0, -1);
  const [outputs, inputs] = weight.shape;
  const rows = reshape(to(x, dtype), [numelOf(lead), inputs]);
  const out = affine(rows, to(weight, dtype), bias && to(bias, dtype));
  return reshape(out, [...lead, outputs]);
}

/** x·weightᵀ + bias of one dtype for x [n, in], recorded as one operation. */
function affine(x: Tensor, weight: Tensor, bias: Tensor | undefined): Tensor {
  const saved = neededByOther(x, weight);
  if (saved.length === 0) {
    const out = product(x, transpose(weight, 0, 1));
    return bias === undefined ? out : add(out, bias);
  }
  const ofX = (g: Tensor) => product(g, weight);
  const ofWeight = (g: Tensor) => product(transpose(g, 0, 1), x);
  const out = noGrad(() => product(x, transpose(weight, 0, 1)));
  if (bias === undefined) return record(out, "MmBackward", [x, weight], [ofX, ofWeight], saved);
  const shifted = noGrad(() => add(out, bias));
  out.dispose();
  const ofBias = (g: Tensor) => sumTo(g, bias.shape);
  return record(shifted, "AddmmBackward", [x, weight, bias], [ofX, ofWeight, ofBias], saved);
}
