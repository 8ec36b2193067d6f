import { F, type LossReduction } from "../../functional/index.js";
import type { Tensor } from "../../tensor/index.js";
import { Module } from "../module.js";

/** `F.nllLoss` with fixed options; the weight is part of the module's state. */
export class NLLLoss extends Module {
  weight?: Tensor;
  readonly ignoreIndex: number;
  readonly reduction: LossReduction;

  constructor({ weight, ignoreIndex = -100, reduction = "mean" }: F.NllLossOptions = {}) {
    super();
    this.ignoreIndex = ignoreIndex;
    this.reduction = reduction;
    if (weight !== undefined) this.registerBuffer("weight", weight);
  }

  /** The loss of log-probabilities `input` for the classes `target`. */
  forward(input: Tensor, target: Tensor): Tensor {
    const { weight, ignoreIndex, reduction } = this;
    return F.nllLoss(input, target, { weight, ignoreIndex, reduction });
  }
}

/** `F.crossEntropy` with fixed options; the weight is part of the module's state. */
export class CrossEntropyLoss extends Module {
  weight?: Tensor;
  readonly ignoreIndex: number;
  readonly reduction: LossReduction;
  readonly labelSmoothing: number;

  constructor(options: F.CrossEntropyOptions = {}) {
    super();
    const { weight, ignoreIndex = -100, reduction = "mean", labelSmoothing = 0 } = options;
    this.ignoreIndex = ignoreIndex;
    this.reduction = reduction;
    this.labelSmoothing = labelSmoothing;
    if (weight !== undefined) this.registerBuffer("weight", weight);
  }

  /** The loss of logits `input` for classes, or probabilities, `target`. */
  forward(input: Tensor, target: Tensor): Tensor {
    const { weight, ignoreIndex, reduction, labelSmoothing } = this;
    return F.crossEntropy(input, target, { weight, ignoreIndex, reduction, labelSmoothing });
  }
}
