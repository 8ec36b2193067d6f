import { checkFinite, required } from "./check.js";
import { LRScheduler, type ScheduledOptimizer } from "./lrScheduler.js";

/** Options of {@link ExponentialLR}. */
export interface ExponentialLROptions {
  /** What the learning rate is multiplied by. */
  gamma: number;
}

/** Multiplies the learning rate by gamma every epoch, as `torch.optim.lr_scheduler.ExponentialLR`. */
export class ExponentialLR extends LRScheduler {
  readonly gamma: number;

  constructor(optimizer: ScheduledOptimizer, options: ExponentialLROptions) {
    const { gamma } = required("ExponentialLR", options);
    checkFinite("ExponentialLR", "gamma", gamma);
    super(optimizer);
    this.gamma = gamma;
  }

  protected nextLrs(): number[] {
    return this.currentLrs.map((lr) => lr * this.gamma);
  }
}
