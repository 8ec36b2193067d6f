import { F, type LossReduction } from "../../functional/index.js";
import type { Tensor } from "../../tensor/index.js";
import { Module } from "../module.js";

/** `F.mseLoss` with a fixed reduction. */
export class MSELoss extends Module {
  readonly reduction: LossReduction;

  constructor({ reduction = "mean" }: F.MseLossOptions = {}) {
    super();
    this.reduction = reduction;
  }

  /** The loss of predictions `input` for true values `target`. */
  forward(input: Tensor, target: Tensor): Tensor {
    return F.mseLoss(input, target, { reduction: this.reduction });
  }
}
