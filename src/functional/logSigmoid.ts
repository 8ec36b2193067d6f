import { KullbackError } from "../errors.js";
import { isFloat } from "../kernels/index.js";
import { mapUnary, mul, neg, record, sigmoid, type Tensor } from "../tensor/index.js";
import { checkTensors } from "./loss.js";

/**
 * log(1 / (1 + e⁻ˣ)), without its overflow and underflow, as `torch.nn.functional.logsigmoid`.
 *
 * @throws KullbackError for a tensor of integers
 */
export function logSigmoid(x: Tensor): Tensor {
  checkTensors("logSigmoid", x);
  if (!isFloat(x.dtype)) {
    throw new KullbackError(`logSigmoid: wanted a floating-point tensor, got ${x.dtype}`);
  }
  const out = mapUnary((a) => Math.min(a, 0) - Math.log1p(Math.exp(-Math.abs(a))), x, x.dtype);
  return record(out, "LogSigmoidBackward", [x], [(grad) => mul(grad, sigmoid(neg(x)))], [x]);
}
