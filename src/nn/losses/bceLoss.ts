import { F, type LossReduction } from "../../functional/index.js";
import type { Tensor } from "../../tensor/index.js";
import { Module } from "../module.js";

/** `F.binaryCrossEntropy` with fixed options; the weight is part of the module's state. */
export class BCELoss extends Module {
  weight?: Tensor;
  readonly reduction: LossReduction;

  constructor({ weight, reduction = "mean" }: F.BinaryCrossEntropyOptions = {}) {
    super();
    this.reduction = reduction;
    if (weight !== undefined) this.registerBuffer("weight", weight);
  }

  /** The loss of probabilities `input` for probabilities `target`. */
  forward(input: Tensor, target: Tensor): Tensor {
    const { weight, reduction } = this;
    return F.binaryCrossEntropy(input, target, { weight, reduction });
  }
}

/** `F.binaryCrossEntropyWithLogits` with fixed options; the weights are part of the module's state. */
export class BCEWithLogitsLoss extends Module {
  weight?: Tensor;
  posWeight?: Tensor;
  readonly reduction: LossReduction;

  constructor(options: F.BinaryCrossEntropyWithLogitsOptions = {}) {
    super();
    const { weight, posWeight, reduction = "mean" } = options;
    this.reduction = reduction;
    if (weight !== undefined) this.registerBuffer("weight", weight);
    if (posWeight !== undefined) this.registerBuffer("posWeight", posWeight);
  }

  /** The loss of logits `input` for probabilities `target`. */
  forward(input: Tensor, target: Tensor): Tensor {
    const { weight, posWeight, reduction } = this;
    return F.binaryCrossEntropyWithLogits(input, target, { weight, posWeight, reduction });
  }
}
