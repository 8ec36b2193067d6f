import { warn } from "../../warn.js";
import { checkOptimizer } from "./check.js";

/** A group of parameters as schedulers see it. */
export interface ScheduledGroup {
  lr: number;
  /** The learning rate that schedules start from, set by the first scheduler. */
  initialLr?: number;
}

/** An optimizer as schedulers see it. */
export interface ScheduledOptimizer {
  readonly paramGroups: ScheduledGroup[];
  /** How often `step` was called. */
  readonly stepCount: number;
}

/** What a scheduler needs to go on where it was. */
export interface LRSchedulerState {
  lastEpoch: number;
  baseLrs: number[];
  lastLr: number[];
}

/**
 * The base of learning-rate schedules, as `torch.optim.lr_scheduler.LRScheduler`. Call `step` once an epoch
 * (or once a batch, for schedules that count batches), after the optimizer's steps.
 *
 * Most schedules change the current learning rate, so several can act on one optimizer, one after the other.
 */
export abstract class LRScheduler {
  /** How often `step` was called. */
  lastEpoch = 0;
  /** The learning rates of the groups before the schedule. */
  baseLrs: number[];

  readonly #optimizer: ScheduledOptimizer;
  #lastLr: number[];

  constructor(optimizer: ScheduledOptimizer) {
    checkOptimizer(new.target.name, optimizer);
    this.#optimizer = optimizer;
    for (const group of optimizer.paramGroups) group.initialLr ??= group.lr;
    this.baseLrs = optimizer.paramGroups.map((group) => group.initialLr!);
    this.#lastLr = this.currentLrs;
  }

  /** The learning rates of the groups now. */
  protected get currentLrs(): number[] {
    return this.#optimizer.paramGroups.map((group) => group.lr);
  }

  /** The learning rates of the groups in epoch `lastEpoch`, which is at least 1. */
  protected abstract nextLrs(): number[];

  /** Sets the learning rates of the groups. */
  protected setLrs(lrs: readonly number[]): void {
    this.#optimizer.paramGroups.forEach((group, i) => {
      group.lr = lrs[i];
    });
    this.#lastLr = this.currentLrs;
  }

  /** Goes on to the next epoch. Warns if the optimizer has not taken a step before. */
  step(): void {
    const { name } = this.constructor;
    if (this.lastEpoch === 0 && this.#optimizer.stepCount === 0) {
      warn(
        `${name}: step was called before the optimizer's; the first learning rate of the schedule is skipped`,
      );
    }
    this.lastEpoch++;
    this.setLrs(this.nextLrs());
  }

  /** The learning rates of the groups that the schedule has set last. */
  getLastLr(): number[] {
    return [...this.#lastLr];
  }

  /** What is needed to go on later with `loadStateDict`: plain data. */
  stateDict(): LRSchedulerState {
    return { lastEpoch: this.lastEpoch, baseLrs: [...this.baseLrs], lastLr: this.getLastLr() };
  }

  /** Goes on from a state that `stateDict` gave. Load the optimizer's state too: it holds the learning rates. */
  loadStateDict({ lastEpoch, baseLrs, lastLr }: LRSchedulerState): void {
    this.lastEpoch = lastEpoch;
    this.baseLrs = [...baseLrs];
    this.#lastLr = [...lastLr];
  }
}
