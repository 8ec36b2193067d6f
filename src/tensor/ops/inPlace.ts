// Operations that change a tensor's memory. A recorded change makes the tensor the result of that
// change; tensors saved for backward notice it by the version of their storage.

import { KullbackError } from "../../errors.js";
import { isFloat, unpack } from "../../kernels/index.js";
import type { Operand } from "../promote.js";
import { describeShape, sameShape } from "../shape.js";
import { isGradEnabled } from "../tape/gradMode.js";
import type { Tensor } from "../tensor.js";
import { add, div, mul, sub } from "./arithmetic.js";
import { to } from "./cast.js";
import { clamp, where } from "./compare.js";
import { clone } from "./layout.js";
import { asTensor } from "./pointwise.js";

/** Gives `x` the values, and if recorded the history, of `result`. */
function overwrite(name: string, x: Tensor, result: Tensor): Tensor {
  if (isFloat(result.dtype) !== isFloat(x.dtype) || (x.dtype === "bool" && result.dtype !== "bool")) {
    throw new KullbackError(
      `${name}: result type ${result.dtype} can't be cast to the desired output type ${x.dtype}`,
    );
  }
  if (!sameShape(result.shape, x.shape)) {
    throw new KullbackError(
      `${name}: output with shape ${describeShape(x.shape)} doesn't match the broadcast shape ${describeShape(result.shape)}`,
    );
  }
  const recorded = isGradEnabled() && (x.requiresGrad || result.requiresGrad);
  if (recorded && x.isLeaf && x.requiresGrad) {
    throw new KullbackError(
      `${name}: a leaf variable that requires grad is being used in an in-place operation; use noGrad or a new tensor`,
    );
  }
  if (recorded && x.isView) {
    throw new KullbackError(
      `${name}: in-place changes of a view are not recorded; change the tensor it views, or build a new one with cat or where`,
    );
  }
  if (x.strides.some((step, d) => step === 0 && x.shape[d] > 1)) {
    throw new KullbackError(
      `${name}: more than one element of the written-to tensor refers to a single memory location; clone() it first`,
    );
  }
  const change = to(result, x.dtype);
  unpack(x.shape, change.data, x);
  x.bumpVersion();
  if (change.gradFn !== undefined) x.changeGradFn(change.gradFn);
  return x;
}

/** `x` as an operand of an operation that will overwrite it: a copy if the tape may need its old values. */
function before(x: Tensor): Tensor {
  return isGradEnabled() ? clone(x) : x;
}

/** x ← x + other. */
export function add_(x: Tensor, other: Operand): Tensor {
  return overwrite("add_", x, add(before(x), other));
}

/** x ← x − other. */
export function sub_(x: Tensor, other: Operand): Tensor {
  return overwrite("sub_", x, sub(before(x), other));
}

/** x ← x · other. */
export function mul_(x: Tensor, other: Operand): Tensor {
  return overwrite("mul_", x, mul(before(x), other));
}

/** x ← x / other. */
export function div_(x: Tensor, other: Operand): Tensor {
  return overwrite("div_", x, div(before(x), other));
}

/** x ← x limited to [min, max]. */
export function clamp_(x: Tensor, min?: number, max?: number): Tensor {
  return overwrite("clamp_", x, clamp(before(x), min, max));
}

/** x ← other, broadcast and converted to x's dtype. */
export function copy_(x: Tensor, other: Operand): Tensor {
  const everywhere = asTensor(true, "bool");
  return overwrite("copy_", x, where(everywhere, asTensor(other, x.dtype), before(x)));
}

/** x ← value, in every element. */
export function fill_(x: Tensor, value: number | boolean): Tensor {
  return copy_(x, value);
}

/** x ← 0. */
export function zero_(x: Tensor): Tensor {
  return copy_(x, 0);
}
