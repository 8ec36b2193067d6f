// The machinery of elementwise operations: dtype promotion, broadcasting, and gradients summed back
// to the shape of the input they belong to.

import { KullbackError } from "../../errors.js";
import { allocate, allocateUnset, type DType, elementwise, isFloat } from "../../kernels/index.js";
import { record } from "../autograd/record.js";
import { checkTensors, noTensor } from "../check.js";
import { type Operand, resultType } from "../promote.js";
import { broadcastShapes, broadcastStrides, numelOf, type Shape, sameShape } from "../shape.js";
import type { Vjp } from "../tape/node.js";
import { Tensor, wrap } from "../tensor.js";
import { sumTo } from "./broadcast.js";
import { to } from "./cast.js";

/** `dtype`, or float32 if that is not a floating-point dtype. @internal */
export function floatOf(dtype: DType): DType {
  return isFloat(dtype) ? dtype : "float32";
}

/** Throws unless `x` is of a floating-point dtype. @internal */
export function requireFloat(name: string, x: Tensor): void {
  checkTensors(name, x);
  if (!isFloat(x.dtype)) {
    throw new KullbackError(
      `${name}: wanted a floating-point tensor, got ${x.dtype}; convert with to("float32")`,
    );
  }
}

/** Throws if `dtype` is bool. @internal */
export function refuseBool(name: string, dtype: DType): void {
  if (dtype === "bool") {
    throw new KullbackError(`${name}: not defined for bool; convert with to("int32"), or use logicalNot`);
  }
}

/** An operand as a tensor of `dtype`. @internal */
export function asTensor(operand: Operand, dtype: DType): Tensor {
  if (typeof operand === "object") return to(operand, dtype);
  const array = allocate(dtype, 1);
  array[0] = Number(operand);
  return wrap(array, dtype, []);
}

/** The strides of a packed array, and of one number, seen as one axis. */
const oneStep: readonly number[] = [1];
const noStep: readonly number[] = [0];

/** The strides with which a tensor broadcast to `shape` is walked as one axis, if it can be. */
function evenStep(x: Tensor, shape: Shape): readonly number[] | undefined {
  if (sameShape(x.shape, shape)) return x.isContiguous ? oneStep : undefined;
  return x.numel === 1 ? noStep : undefined;
}

/** f, by name or any other function, of every element, in `dtype`, not recorded. @internal */
export function mapUnary(
  f: elementwise.UnaryName | ((a: number) => number),
  x: Tensor,
  dtype: DType = floatOf(x?.dtype),
): Tensor {
  if (!(x instanceof Tensor)) throw noTensor(typeof f === "string" ? f : "operation", x);
  const array = allocateUnset(dtype, x.numel);
  if (x.isContiguous) {
    elementwise.mapUnary(f, [array.length], { array: x.array, offset: x.offset, strides: oneStep }, array);
  } else {
    elementwise.mapUnary(f, x.shape, x, array);
  }
  return wrap(array, dtype, x.shape);
}

/** f, by name or any other function, of every pair of elements, broadcast, in `dtype`, not recorded. @internal */
export function mapBinary(
  name: string,
  f: elementwise.BinaryName | ((a: number, b: number) => number),
  x: Tensor,
  y: Tensor,
  dtype: DType,
): Tensor {
  const shape = broadcastShapes(name, x.shape, y.shape);
  const array = allocateUnset(dtype, numelOf(shape));
  const stepX = evenStep(x, shape);
  const stepY = evenStep(y, shape);
  if (stepX !== undefined && stepY !== undefined) {
    const a = { array: x.array, offset: x.offset, strides: stepX };
    const b = { array: y.array, offset: y.offset, strides: stepY };
    elementwise.mapBinary(f, [array.length], a, b, array);
  } else {
    const strided = (t: Tensor) => ({
      array: t.array,
      offset: t.offset,
      strides: broadcastStrides(t.shape, t.strides, shape),
    });
    elementwise.mapBinary(f, shape, strided(x), strided(y), array);
  }
  return wrap(array, dtype, shape);
}

/** Both operands as tensors of the dtype they promote to. @internal */
export function promote(
  a: Operand,
  b: Operand,
  toDType: (dtype: DType) => DType = (dtype) => dtype,
): [Tensor, Tensor] {
  // The common cases first: nothing to convert but plain numbers.
  if (a instanceof Tensor && isFloat(a.dtype)) {
    if (b instanceof Tensor && a.dtype === b.dtype) return [a, b];
    if (typeof b === "number") return [a, asTensor(b, a.dtype)];
  } else if (typeof a === "number" && b instanceof Tensor && isFloat(b.dtype)) {
    return [asTensor(a, b.dtype), b];
  }
  const dtype = toDType(resultType([a, b]));
  return [asTensor(a, dtype), asTensor(b, dtype)];
}

/** Records an operation of two broadcast inputs; each vjp's result is summed to its input's shape. @internal */
export function recordBinary(
  out: Tensor,
  name: string,
  x: Tensor,
  y: Tensor,
  vjps: readonly [Vjp<Tensor>, Vjp<Tensor>],
  saved: readonly Tensor[] = [],
): Tensor {
  const shapeX = x.shape;
  const shapeY = y.shape;
  const [ofX, ofY] = vjps;
  return record(out, name, [x, y], [(g) => sumTo(ofX(g), shapeX), (g) => sumTo(ofY(g), shapeY)], saved);
}
