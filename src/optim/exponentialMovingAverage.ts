import { KullbackError } from "../errors.js";
import { checkTensors, describeValue, noGrad, type Tensor } from "../tensor/index.js";

/** What an {@link ExponentialMovingAverage} needs to go on where it was. */
export interface ExponentialMovingAverageState {
  updates: number;
  averages: Tensor[];
}

/**
 * A moving average of parameters: average ← decay·average + (1 − decay)·parameter, as
 * `torch.optim.swa_utils.AveragedModel` with `get_ema_multi_avg_fn(decay)`. The first update copies.
 *
 * ```ts
 * const average = new optim.ExponentialMovingAverage(model.parameters(), { decay: 0.999 });
 * optimizer.step();
 * average.update();
 * const accuracy = average.swapped(() => evaluate(model));
 * ```
 */
export class ExponentialMovingAverage {
  readonly decay: number;
  /** How often `update` was called. */
  updates = 0;

  readonly #params: readonly Tensor[];
  readonly #averages: Tensor[];

  /** @param options - `decay` (default 0.999): how much of the average is kept each update, from 0 to 1 */
  constructor(params: Iterable<Tensor>, { decay = 0.999 }: { decay?: number } = {}) {
    if (!(decay >= 0 && decay <= 1)) {
      throw new KullbackError(`ExponentialMovingAverage: invalid decay: wanted 0 ≤ decay ≤ 1, got ${decay}`);
    }
    if (typeof params?.[Symbol.iterator] !== "function") {
      throw new KullbackError(
        `ExponentialMovingAverage: wanted an array or other iterable of tensors, got ${describeValue(params)}`,
      );
    }
    this.decay = decay;
    this.#params = [...params];
    checkTensors("ExponentialMovingAverage", ...this.#params);
    this.#averages = this.#params.map((param) => param.detach().clone());
  }

  /** Takes the parameters as they are now into the average. */
  update(): void {
    const share = this.updates++ === 0 ? 1 : 1 - this.decay;
    noGrad(() => {
      this.#averages.forEach((average, i) => {
        average.add_(this.#params[i].detach().sub(average).mul(share));
      });
    });
  }

  /** Runs `evaluate` with the averages in place of the parameters, and puts the parameters back. */
  swapped<Result>(evaluate: () => Result): Result {
    const own = this.#params.map((param) => param.detach().clone());
    this.#set(this.#averages);
    const restore = () => this.#set(own);
    let result: Result;
    try {
      result = evaluate();
    } catch (error) {
      restore();
      throw error;
    }
    if (result instanceof Promise) return result.finally(restore) as Result;
    restore();
    return result;
  }

  /** The averages and the number of updates. Tensors are shared, not copied. */
  stateDict(): ExponentialMovingAverageState {
    return { updates: this.updates, averages: [...this.#averages] };
  }

  /** @throws KullbackError if the number of tensors or their shapes differ */
  loadStateDict(dict: ExponentialMovingAverageState): void {
    const { updates, averages } = dict ?? {};
    if (!Number.isInteger(updates) || !Array.isArray(averages)) {
      throw new KullbackError(
        "ExponentialMovingAverage: loadStateDict: wanted what stateDict gives: { updates, averages }",
      );
    }
    checkTensors("ExponentialMovingAverage", ...averages);
    const shapes = (tensors: readonly Tensor[]) =>
      tensors.map(({ shape }) => `[${shape.join(", ")}]`).join(" ");
    if (shapes(averages) !== shapes(this.#averages)) {
      throw new KullbackError(
        `ExponentialMovingAverage: wanted averages of the shapes ${shapes(this.#averages)}, got ${shapes(averages)}`,
      );
    }
    this.updates = updates;
    averages.forEach((average, i) => {
      this.#averages[i].copy_(average);
    });
  }

  #set(values: readonly Tensor[]): void {
    noGrad(() => {
      this.#params.forEach((param, i) => {
        param.copy_(values[i]);
      });
    });
  }
}
