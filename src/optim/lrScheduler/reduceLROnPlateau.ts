import { KullbackError } from "../../errors.js";
import { describeValue, Tensor } from "../../tensor/index.js";
import { checkNonNegative } from "../check.js";
import { checkFinite, checkOptimizer, perGroup } from "./check.js";
import type { ScheduledOptimizer } from "./lrScheduler.js";

/** Options of {@link ReduceLROnPlateau}. */
export interface ReduceLROnPlateauOptions {
  /** Whether the metric is to fall (default) or to rise. */
  mode?: "min" | "max";
  /** What the learning rate is multiplied by; default 0.1. */
  factor?: number;
  /** How many epochs without improvement are put up with; default 10. */
  patience?: number;
  /** What counts as an improvement; default 1e-4. */
  threshold?: number;
  /** Whether the threshold is a share of the best value (`"rel"`, default) or a difference (`"abs"`). */
  thresholdMode?: "rel" | "abs";
  /** Epochs after a reduction in which none follows; default 0. */
  cooldown?: number;
  /** The smallest learning rate, of all groups or of each; default 0. */
  minLr?: number | readonly number[];
  /** Reductions by less than this are left out; default 1e-8. */
  eps?: number;
}

/** What a {@link ReduceLROnPlateau} needs to go on where it was. */
export interface ReduceLROnPlateauState {
  lastEpoch: number;
  best: number;
  cooldownCounter: number;
  numBadEpochs: number;
}

/**
 * Reduces the learning rate when a metric has stopped improving, as
 * `torch.optim.lr_scheduler.ReduceLROnPlateau`.
 */
export class ReduceLROnPlateau {
  lastEpoch = 0;
  /** The best value of the metric so far. */
  best: number;
  /** Epochs since the last improvement or reduction. */
  numBadEpochs = 0;
  cooldownCounter = 0;

  readonly #optimizer: ScheduledOptimizer;
  readonly #options: Required<Omit<ReduceLROnPlateauOptions, "minLr">>;
  readonly #minLrs: readonly number[];

  /** @throws KullbackError for a factor of 1 or more, an unknown mode, or a wrong number of `minLr` */
  constructor(optimizer: ScheduledOptimizer, options: ReduceLROnPlateauOptions = {}) {
    const { mode = "min", factor = 0.1, patience = 10, threshold = 1e-4, thresholdMode = "rel" } = options;
    const { cooldown = 0, minLr = 0, eps = 1e-8 } = options;
    checkOptimizer("ReduceLROnPlateau", optimizer);
    checkFinite("ReduceLROnPlateau", "factor", factor);
    if (!(factor < 1)) throw new KullbackError(`ReduceLROnPlateau: factor should be < 1.0, got ${factor}`);
    for (const [what, value] of Object.entries({ patience, threshold, cooldown, eps })) {
      checkNonNegative("ReduceLROnPlateau", what, value);
    }
    if (mode !== "min" && mode !== "max") {
      throw new KullbackError(`ReduceLROnPlateau: mode must be "min" or "max", got ${mode}`);
    }
    if (thresholdMode !== "rel" && thresholdMode !== "abs") {
      throw new KullbackError(
        `ReduceLROnPlateau: thresholdMode must be "rel" or "abs", got ${thresholdMode}`,
      );
    }
    this.#optimizer = optimizer;
    this.#options = { mode, factor, patience, threshold, thresholdMode, cooldown, eps };
    this.#minLrs = perGroup<number>("ReduceLROnPlateau", "minLr", minLr, optimizer.paramGroups.length);
    this.best = mode === "min" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }

  /**
   * Lowers the rates if the metric has not improved for longer than `patience`.
   *
   * @param metric - what is watched, such as the loss on validation data, after this epoch
   */
  step(metric: number | Tensor): void {
    const { patience, cooldown } = this.#options;
    const current = metric instanceof Tensor ? metric.item() : metric;
    if (typeof current !== "number") {
      throw new KullbackError(`ReduceLROnPlateau: wanted a number to watch, got ${describeValue(metric)}`);
    }
    this.lastEpoch++;
    if (this.#isBetter(current)) {
      this.best = current;
      this.numBadEpochs = 0;
    } else this.numBadEpochs++;
    if (this.cooldownCounter > 0) {
      this.cooldownCounter--;
      this.numBadEpochs = 0;
    }
    if (this.numBadEpochs > patience) {
      this.#reduce();
      this.cooldownCounter = cooldown;
      this.numBadEpochs = 0;
    }
  }

  /** The learning rates of the groups now. */
  getLastLr(): number[] {
    return this.#optimizer.paramGroups.map((group) => group.lr);
  }

  /** What is needed to go on later with `loadStateDict`: plain data. */
  stateDict(): ReduceLROnPlateauState {
    const { lastEpoch, best, cooldownCounter, numBadEpochs } = this;
    return { lastEpoch, best, cooldownCounter, numBadEpochs };
  }

  /** Goes on from a state that `stateDict` gave. */
  loadStateDict({ lastEpoch, best, cooldownCounter, numBadEpochs }: ReduceLROnPlateauState): void {
    Object.assign(this, { lastEpoch, best, cooldownCounter, numBadEpochs });
  }

  #isBetter(value: number): boolean {
    const { mode, threshold, thresholdMode } = this.#options;
    const { best } = this;
    if (mode === "min") return value < (thresholdMode === "rel" ? best * (1 - threshold) : best - threshold);
    return value > (thresholdMode === "rel" ? best * (1 + threshold) : best + threshold);
  }

  #reduce(): void {
    this.#optimizer.paramGroups.forEach((group, i) => {
      const lr = Math.max(group.lr * this.#options.factor, this.#minLrs[i]);
      if (group.lr - lr > this.#options.eps) group.lr = lr;
    });
  }
}
