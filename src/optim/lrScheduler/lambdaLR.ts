import { checkFunction } from "../../tensor/index.js";
import { checkFinite, checkOptimizer, perGroup } from "./check.js";
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
    checkOptimizer("LambdaLR", optimizer);
    const lambdas = perGroup<LRLambda>("LambdaLR", "lambda", lambda, optimizer.paramGroups.length);
    for (const one of lambdas) checkFunction("LambdaLR", one);
    super(optimizer);
    this.#lambdas = lambdas;
    this.setLrs(this.nextLrs());
  }

  protected nextLrs(): number[] {
    return this.baseLrs.map((lr, i) => {
      const factor = this.#lambdas[i](this.lastEpoch);
      checkFinite("LambdaLR", `factor of epoch ${this.lastEpoch}`, factor);
      return lr * factor;
    });
  }
}
