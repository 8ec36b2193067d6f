// Losses of a student and its teacher. Mask and labels differ from batch to batch, so `forward` takes them.

import { F } from "../../functional/index.js";
import type { Tensor } from "../../tensor/index.js";
import { Module } from "../module.js";

/** Which tokens of a batch count. */
export type TokenSelection = Pick<F.TokenOptions, "mask" | "labels">;

type Fixed<Options> = Omit<Options, keyof TokenSelection>;

/** `F.distillationLoss` with fixed options. */
export class DistillationLoss extends Module {
  readonly options: Fixed<F.DistillationOptions>;

  constructor(options: Fixed<F.DistillationOptions> = {}) {
    super();
    this.options = { ...options };
  }

  /** The loss of the student's logits, [tokens…, classes], for the teacher's. */
  forward(student: Tensor, teacher: Tensor, tokens: TokenSelection = {}): Tensor {
    return F.distillationLoss(student, teacher, { ...this.options, ...tokens });
  }
}

/** `F.topkDistillationLoss` with fixed options. */
export class TopkDistillationLoss extends Module {
  readonly options: Fixed<F.TopkDistillationOptions>;

  constructor(options: Fixed<F.TopkDistillationOptions> = {}) {
    super();
    this.options = { ...options };
  }

  /** The loss of the student's logits, [tokens…, classes], for the teacher's k likeliest classes. */
  forward(student: Tensor, classes: Tensor, logProbs: Tensor, tokens: TokenSelection = {}): Tensor {
    return F.topkDistillationLoss(student, classes, logProbs, { ...this.options, ...tokens });
  }
}

/** `F.linearDivergence` with fixed options. */
export class LinearDivergenceLoss extends Module {
  readonly options: Fixed<F.LinearDivergenceOptions>;

  constructor(options: Fixed<F.LinearDivergenceOptions> = {}) {
    super();
    this.options = { ...options };
  }

  /** The loss of two linear heads, from hidden states and weights, without their logits. */
  forward(
    studentHidden: Tensor,
    studentWeight: Tensor,
    teacherHidden: Tensor,
    teacherWeight: Tensor,
    tokens: TokenSelection = {},
  ): Tensor {
    const options = { ...this.options, ...tokens };
    return F.linearDivergence(studentHidden, studentWeight, teacherHidden, teacherWeight, options);
  }
}

/** `F.sampledKl` with fixed options. */
export class SampledKlLoss extends Module {
  readonly options: Fixed<F.SampledKlOptions>;

  constructor(options: Fixed<F.SampledKlOptions> = {}) {
    super();
    this.options = { ...options };
  }

  /** The estimate of KL(q ‖ p) from the log-probabilities of samples of q under both. */
  forward(logProbs: Tensor, refLogProbs: Tensor, tokens: TokenSelection = {}): Tensor {
    return F.sampledKl(logProbs, refLogProbs, { ...this.options, ...tokens });
  }
}
