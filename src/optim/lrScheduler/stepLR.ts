import { checkFinite, checkPositiveInteger, required } from "./check.js";
import { LRScheduler, type ScheduledOptimizer } from "./lrScheduler.js";

/** Options of {@link StepLR}. */
export interface StepLROptions {
  /** Epochs between changes. */
  stepSize: number;
  /** What the learning rate is multiplied by; default 0.1. */
  gamma?: number;
}

/** Multiplies the learning rate by gamma every `stepSize` epochs, as `torch.optim.lr_scheduler.StepLR`. */
export class StepLR extends LRScheduler {
  readonly stepSize: number;
  readonly gamma: number;

  constructor(optimizer: ScheduledOptimizer, options: StepLROptions) {
    const { stepSize, gamma = 0.1 } = required("StepLR", options);
    checkPositiveInteger("StepLR", "stepSize", stepSize);
    checkFinite("StepLR", "gamma", gamma);
    super(optimizer);
    this.stepSize = stepSize;
    this.gamma = gamma;
  }

  protected nextLrs(): number[] {
    if (this.lastEpoch % this.stepSize !== 0) return this.currentLrs;
    return this.currentLrs.map((lr) => lr * this.gamma);
  }
}
