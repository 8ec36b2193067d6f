import { perGroup } from "./check.js";
import { LRScheduler, type ScheduledOptimizer } from "./lrScheduler.js";

/** From an epoch, counted from 0, to what the first learning rate is multiplied by. */
export type LRLambda = (epoch: number) => number;

/** Multiplies the first learning rate by a function of the epoch, as `torch.optim.lr_scheduler.LambdaLR`. */
export class LambdaLR extends LRScheduler {
  readonly #lambdas: readonly LRLambda[];

  /**
   * @param lambda - one function for all groups, or a list with one for each
   * @throws KullbackError if the list has another length
   */
  constructor(optimizer: ScheduledOptimizer, lambda: LRLambda | readonly LRLambda[]) {
    const lambdas = perGroup<LRLambda>("LambdaLR", "lambda", lambda, optimizer.paramGroups.length);
    super(optimizer);
    this.#lambdas = lambdas;
    this.setLrs(this.nextLrs());
  }

  protected nextLrs(): number[] {
    return this.baseLrs.map((lr, i) => lr * this.#lambdas[i](this.lastEpoch));
  }
}
