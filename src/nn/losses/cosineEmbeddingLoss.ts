import { F, type LossReduction } from "../../functional/index.js";
import type { Tensor } from "../../tensor/index.js";
import { Module } from "../module.js";

/** `F.cosineEmbeddingLoss` with fixed options. */
export class CosineEmbeddingLoss extends Module {
  readonly margin: number;
  readonly reduction: LossReduction;

  constructor({ margin = 0, reduction = "mean" }: F.CosineEmbeddingLossOptions = {}) {
    super();
    this.margin = margin;
    this.reduction = reduction;
  }

  /** The loss of vectors that are to be alike where `target` is 1, unlike where it is −1. */
  forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    return F.cosineEmbeddingLoss(input1, input2, target, { margin: this.margin, reduction: this.reduction });
  }
}
