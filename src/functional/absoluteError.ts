// Losses of the distance |input − target|, and those that are squared near 0.

import { KullbackError } from "../errors.js";
import { abs, div, lt, mul, neg, sign, sub, type Tensor, where } from "../tensor/index.js";
import {
  checkReduction,
  checkTensors,
  type LossReduction,
  type PointwiseLoss,
  pointwiseLoss,
  warnOfBroadcasting,
} from "./loss.js";

/** Options of {@link l1Loss} and `nn.L1Loss`. */
export interface L1LossOptions {
  /** What becomes of the elements; default `"mean"`. */
  reduction?: LossReduction;
}

/** Options of {@link smoothL1Loss} and `nn.SmoothL1Loss`. */
export interface SmoothL1LossOptions extends L1LossOptions {
  /** Where the loss changes from squared to absolute, ≥ 0; default 1. */
  beta?: number;
}

/** Options of {@link huberLoss} and `nn.HuberLoss`. */
export interface HuberLossOptions extends L1LossOptions {
  /** Where the loss changes from squared to absolute, > 0; default 1. */
  delta?: number;
}

/** A loss of d = input − target, whose gradient with respect to d is `slope`. */
function ofDifference(
  gradFn: string,
  value: (d: number) => number,
  slope: (d: Tensor) => Tensor,
): PointwiseLoss {
  return {
    gradFn,
    value: (x, t) => value(x - t),
    ofInput: (grad, x, t) => mul(grad, slope(sub(x, t))),
    ofTarget: (grad, x, t) => neg(mul(grad, slope(sub(x, t)))),
    saved: (x, t) => [x, t],
  };
}

function distanceLoss(
  name: string,
  loss: PointwiseLoss,
  input: Tensor,
  target: Tensor,
  reduction: LossReduction = "mean",
): Tensor {
  checkTensors(name, input, target);
  warnOfBroadcasting(name, input, target);
  checkReduction(name, reduction);
  return pointwiseLoss(name, loss, input, target, reduction);
}

const absolute = ofDifference("L1LossBackward", Math.abs, sign);

/**
 * The absolute error |input − target|, as `torch.nn.functional.l1_loss`. The gradient at 0 is 0.
 *
 * @param target - of the input's shape; warns if it is not
 * @returns a 0-d tensor, or with `reduction: "none"` one of the broadcast shape
 * @throws KullbackError if the reduction is unknown, both arguments are integers, or shapes do not fit
 */
export function l1Loss(input: Tensor, target: Tensor, { reduction }: L1LossOptions = {}): Tensor {
  return distanceLoss("l1Loss", absolute, input, target, reduction);
}

/**
 * ½d²/beta for |d| = |input − target| < beta, |d| − ½beta beyond, as `torch.nn.functional.smooth_l1_loss`.
 * With beta 0 it is `l1Loss`.
 *
 * R. Girshick, "Fast R-CNN" (2015), arXiv:1504.08083.
 *
 * @returns a 0-d tensor, or with `reduction: "none"` one of the broadcast shape
 * @throws KullbackError as `l1Loss` does, and for a beta below 0
 */
export function smoothL1Loss(
  input: Tensor,
  target: Tensor,
  { reduction, beta = 1 }: SmoothL1LossOptions = {},
): Tensor {
  if (!(beta >= 0)) throw new KullbackError(`smoothL1Loss: wanted a beta ≥ 0, got ${beta}`);
  if (beta === 0) return distanceLoss("smoothL1Loss", absolute, input, target, reduction);
  const smooth = ofDifference(
    "SmoothL1LossBackward",
    (d) => (Math.abs(d) < beta ? (0.5 * d * d) / beta : Math.abs(d) - 0.5 * beta),
    (d) => where(lt(abs(d), beta), div(d, beta), sign(d)),
  );
  return distanceLoss("smoothL1Loss", smooth, input, target, reduction);
}

/**
 * ½d² for |d| = |input − target| ≤ delta, delta·(|d| − ½delta) beyond, as `torch.nn.functional.huber_loss`.
 *
 * P. J. Huber, "Robust Estimation of a Location Parameter", Ann. Math. Stat. 35 (1964).
 *
 * @returns a 0-d tensor, or with `reduction: "none"` one of the broadcast shape
 * @throws KullbackError as `l1Loss` does, and for a delta that is not above 0
 */
export function huberLoss(
  input: Tensor,
  target: Tensor,
  { reduction, delta = 1 }: HuberLossOptions = {},
): Tensor {
  if (!(delta > 0)) throw new KullbackError(`huberLoss: wanted a delta > 0, got ${delta}`);
  const huber = ofDifference(
    "HuberLossBackward",
    (d) => (Math.abs(d) <= delta ? 0.5 * d * d : delta * (Math.abs(d) - 0.5 * delta)),
    (d) => where(lt(abs(d), delta), d, mul(sign(d), delta)),
  );
  return distanceLoss("huberLoss", huber, input, target, reduction);
}
