import { full, type Tensor } from "../tensor/index.js";
import { checkNonNegative } from "./check.js";
import { descentGradient } from "./descentGradient.js";
import { Optimizer, type Point } from "./optimizer.js";
import type { Params } from "./paramGroup.js";

/** Options of {@link Adagrad}. */
export interface AdagradOptions {
  /** Learning rate; default 1e-2. */
  lr: number;
  /** How fast the learning rate falls: it is divided by 1 + (steps so far)·lrDecay; default 0. */
  lrDecay: number;
  /** Strength λ of the penalty ½λ‖x‖²; default 0. */
  weightDecay: number;
  /** What the sum of squared gradients starts at; default 0. */
  initialAccumulatorValue: number;
  /** Added to the denominator; default 1e-10. */
  eps: number;
  /** Climbs instead of descending; default false. */
  maximize: boolean;
}

/** What {@link Adagrad} keeps for a parameter. */
export interface AdagradState {
  step: number;
  /** The sum of the squared gradients. */
  sum: Tensor;
}

/**
 * Adagrad, as `torch.optim.Adagrad`: x ← x − lr·g/(√Σg² + eps).
 *
 * J. Duchi, E. Hazan and Y. Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic
 * Optimization", JMLR 12 (2011).
 */
export class Adagrad extends Optimizer<AdagradOptions, AdagradState> {
  constructor(params: Params<AdagradOptions>, options: Partial<AdagradOptions> = {}) {
    super(params, {
      lr: 1e-2,
      lrDecay: 0,
      weightDecay: 0,
      initialAccumulatorValue: 0,
      eps: 1e-10,
      maximize: false,
      ...options,
    });
  }

  protected check(options: AdagradOptions): void {
    checkNonNegative("Adagrad", "learning rate", options.lr);
    checkNonNegative("Adagrad", "lrDecay", options.lrDecay);
    checkNonNegative("Adagrad", "weightDecay", options.weightDecay);
    checkNonNegative("Adagrad", "initialAccumulatorValue", options.initialAccumulatorValue);
    checkNonNegative("Adagrad", "eps", options.eps);
  }

  protected start({ shape, dtype }: Tensor, { initialAccumulatorValue }: AdagradOptions): AdagradState {
    return { step: 0, sum: full(shape, initialAccumulatorValue, { dtype }) };
  }

  protected update(at: Point, group: AdagradOptions, state: AdagradState): void {
    const { x } = at;
    const g = descentGradient(at, group);
    const stepSize = group.lr / (1 + state.step++ * group.lrDecay);
    const sum = state.sum.data;
    for (let i = 0; i < x.length; i++) {
      sum[i] += g[i] * g[i];
      x[i] -= (stepSize * g[i]) / (Math.sqrt(sum[i]) + group.eps);
    }
  }
}
