import * as ops from "../tensor/index.js";
import { neg, type SoftmaxOptions, type Tensor } from "../tensor/index.js";
import { warn } from "../warn.js";
import { checkTensors } from "./loss.js";

/** The axis PyTorch picks where none is given, with its warning. */
function implicitDim(name: string, ndim: number): number {
  warn(
    `${name}: implicit dimension choice has been deprecated; change the call to include dim as an argument`,
  );
  return ndim === 0 || ndim === 1 || ndim === 3 ? 0 : 1;
}

/**
 * exp(input) / Σ exp(input) along `dim`, as `torch.nn.functional.softmax`.
 *
 * @param dim - the axis to normalise. Without it, with a warning, 0 for input with 0, 1 or 3 axes, else 1.
 * @throws KullbackError if `dim` is out of range, or the input is of integers and no `dtype` is given
 */
export function softmax(input: Tensor, dim?: number, options: SoftmaxOptions = {}): Tensor {
  checkTensors("softmax", input);
  return ops.softmax(input, dim ?? implicitDim("softmax", input.ndim), options);
}

/** Softmax of −input: the smallest get the most. See {@link softmax} for `dim` and options. */
export function softmin(input: Tensor, dim?: number, options: SoftmaxOptions = {}): Tensor {
  checkTensors("softmin", input);
  return ops.softmax(neg(input), dim ?? implicitDim("softmin", input.ndim), options);
}

/** log softmax, without its overflow and underflow. See {@link softmax} for `dim` and options. */
export function logSoftmax(input: Tensor, dim?: number, options: SoftmaxOptions = {}): Tensor {
  checkTensors("logSoftmax", input);
  return ops.logSoftmax(input, dim ?? implicitDim("logSoftmax", input.ndim), options);
}
