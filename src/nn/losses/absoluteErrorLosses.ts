import { F, type LossReduction } from "../../functional/index.js";
import type { Tensor } from "../../tensor/index.js";
import { Module } from "../module.js";

/** `F.l1Loss` with a fixed reduction. */
export class L1Loss extends Module {
  readonly reduction: LossReduction;

  constructor({ reduction = "mean" }: F.L1LossOptions = {}) {
    super();
    this.reduction = reduction;
  }

  /** The loss of predictions `input` for true values `target`. */
  forward(input: Tensor, target: Tensor): Tensor {
    return F.l1Loss(input, target, { reduction: this.reduction });
  }
}

/** `F.smoothL1Loss` with fixed options. */
export class SmoothL1Loss extends Module {
  readonly reduction: LossReduction;
  readonly beta: number;

  constructor({ reduction = "mean", beta = 1 }: F.SmoothL1LossOptions = {}) {
    super();
    this.reduction = reduction;
    this.beta = beta;
  }

  /** The loss of predictions `input` for true values `target`. */
  forward(input: Tensor, target: Tensor): Tensor {
    return F.smoothL1Loss(input, target, { reduction: this.reduction, beta: this.beta });
  }
}

/** `F.huberLoss` with fixed options. */
export class HuberLoss extends Module {
  readonly reduction: LossReduction;
  readonly delta: number;

  constructor({ reduction = "mean", delta = 1 }: F.HuberLossOptions = {}) {
    super();
    this.reduction = reduction;
    this.delta = delta;
  }

  /** The loss of predictions `input` for true values `target`. */
  forward(input: Tensor, target: Tensor): Tensor {
    return F.huberLoss(input, target, { reduction: this.reduction, delta: this.delta });
  }
}
