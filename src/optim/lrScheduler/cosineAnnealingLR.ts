import { checkFinite, checkPositiveInteger, required } from "./check.js";
import { LRScheduler, type ScheduledOptimizer } from "./lrScheduler.js";

/** Options of {@link CosineAnnealingLR}. */
export interface CosineAnnealingLROptions {
  /** Epochs from the largest learning rate to the smallest. */
  tMax: number;
  /** The smallest learning rate; default 0. */
  etaMin?: number;
}

/**
 * Lets the learning rate fall along half a cosine from its start to `etaMin` in `tMax` epochs, and rise again
 * after that, as `torch.optim.lr_scheduler.CosineAnnealingLR`:
 * lr = etaMin + ½(lr₀ − etaMin)(1 + cos(π·epoch / tMax)), in a form that follows changes by others.
 *
 * I. Loshchilov and F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts" (2016), arXiv:1608.03983.
 */
export class CosineAnnealingLR extends LRScheduler {
  readonly tMax: number;
  readonly etaMin: number;

  constructor(optimizer: ScheduledOptimizer, options: CosineAnnealingLROptions) {
    const { tMax, etaMin = 0 } = required("CosineAnnealingLR", options);
    checkPositiveInteger("CosineAnnealingLR", "tMax", tMax);
    checkFinite("CosineAnnealingLR", "etaMin", etaMin);
    super(optimizer);
    this.tMax = tMax;
    this.etaMin = etaMin;
  }

  protected nextLrs(): number[] {
    const { tMax, etaMin, lastEpoch, baseLrs } = this;
    // At the bottom of the cosine the ratio below is 0/0.
    if ((lastEpoch - 1 - tMax) % (2 * tMax) === 0) {
      const rise = (1 - Math.cos(Math.PI / tMax)) / 2;
      return this.currentLrs.map((lr, i) => lr + (baseLrs[i] - etaMin) * rise);
    }
    const height = (epoch: number) => 1 + Math.cos((Math.PI * epoch) / tMax);
    const ratio = height(lastEpoch) / height(lastEpoch - 1);
    return this.currentLrs.map((lr) => ratio * (lr - etaMin) + etaMin);
  }
}
