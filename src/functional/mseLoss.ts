import { mul, neg, sub, type Tensor } from "../tensor/index.js";
import {
  checkReduction,
  checkTensors,
  type LossReduction,
  type PointwiseLoss,
  pointwiseLoss,
  warnOfBroadcasting,
} from "./loss.js";

/** Options of {@link mseLoss} and `nn.MSELoss`. */
export interface MseLossOptions {
  /** What becomes of the elements; default `"mean"`. */
  reduction?: LossReduction;
}

const squaredError: PointwiseLoss = {
  gradFn: "MseLossBackward",
  value: "squaredDifference",
  ofInput: (grad, x, t) => mul(mul(grad, 2), sub(x, t)),
  ofTarget: (grad, x, t) => neg(mul(mul(grad, 2), sub(x, t))),
  saved: (x, t) => [x, t],
};

/**
 * The squared error (input − target)², as `torch.nn.functional.mse_loss`.
 *
 * Warns if the shapes differ, since what broadcasting makes of them is seldom meant.
 *
 * @param input - predictions, any shape
 * @param target - true values, of the input's shape
 * @returns a 0-d tensor, or with `reduction: "none"` one of the broadcast shape
 * @throws KullbackError if the reduction is unknown, both arguments are integers, or shapes do not fit
 */
export function mseLoss(input: Tensor, target: Tensor, { reduction = "mean" }: MseLossOptions = {}): Tensor {
  checkTensors("mseLoss", input, target);
  warnOfBroadcasting("mseLoss", input, target);
  checkReduction("mseLoss", reduction);
  return pointwiseLoss("mseLoss", squaredError, input, target, reduction);
}
