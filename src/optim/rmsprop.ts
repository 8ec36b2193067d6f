import { type Tensor, zerosLike } from "../tensor/index.js";
import { checkNonNegative } from "./check.js";
import { descentGradient } from "./descentGradient.js";
import { Optimizer, type Point } from "./optimizer.js";
import type { Params } from "./paramGroup.js";

/** Options of {@link RMSprop}. */
export interface RMSpropOptions {
  /** Learning rate; default 1e-2. */
  lr: number;
  /** How much of the running averages is kept each step; default 0.99. */
  alpha: number;
  /** Added to the denominator; default 1e-8. */
  eps: number;
  /** Strength λ of the penalty ½λ‖x‖²; default 0. */
  weightDecay: number;
  /** Share of the last direction that is kept; default 0. */
  momentum: number;
  /** Divides by the standard deviation of the gradient instead of its root mean square; default false. */
  centered: boolean;
  /** Climbs instead of descending; default false. */
  maximize: boolean;
}

/** What {@link RMSprop} keeps for a parameter. */
export interface RMSpropState {
  step: number;
  /** Running average of the squared gradient. */
  squareAvg: Tensor;
  /** Running average of the gradient, with `centered`. */
  gradAvg?: Tensor;
  /** The direction of the last step, with `momentum`. */
  momentumBuffer?: Tensor;
}

/**
 * RMSprop, as `torch.optim.RMSprop`: x ← x − lr·g/(√v + eps), with v a running average of g².
 *
 * G. Hinton, "Neural Networks for Machine Learning", lecture 6 (2012). Centered: A. Graves, "Generating
 * Sequences With Recurrent Neural Networks" (2013), arXiv:1308.0850.
 */
export class RMSprop extends Optimizer<RMSpropOptions, RMSpropState> {
  constructor(params: Params<RMSpropOptions>, options: Partial<RMSpropOptions> = {}) {
    super(params, {
      lr: 1e-2,
      alpha: 0.99,
      eps: 1e-8,
      weightDecay: 0,
      momentum: 0,
      centered: false,
      maximize: false,
      ...options,
    });
  }

  protected check({ lr, alpha, eps, weightDecay, momentum }: RMSpropOptions): void {
    checkNonNegative("RMSprop", "learning rate", lr);
    checkNonNegative("RMSprop", "alpha", alpha);
    checkNonNegative("RMSprop", "eps", eps);
    checkNonNegative("RMSprop", "weightDecay", weightDecay);
    checkNonNegative("RMSprop", "momentum", momentum);
  }

  protected start(param: Tensor, { centered, momentum }: RMSpropOptions): RMSpropState {
    const state: RMSpropState = { step: 0, squareAvg: zerosLike(param) };
    if (centered) state.gradAvg = zerosLike(param);
    if (momentum > 0) state.momentumBuffer = zerosLike(param);
    return state;
  }

  protected update(at: Point, group: RMSpropOptions, state: RMSpropState): void {
    const { lr, alpha, eps, momentum } = group;
    const { x } = at;
    const g = descentGradient(at, group);
    state.step++;
    const squares = state.squareAvg.data;
    const means = state.gradAvg?.data;
    const buffer = state.momentumBuffer?.data;
    for (let i = 0; i < x.length; i++) {
      squares[i] = alpha * squares[i] + (1 - alpha) * g[i] * g[i];
      let variance = squares[i];
      if (means !== undefined) {
        means[i] += (1 - alpha) * (g[i] - means[i]);
        variance -= means[i] * means[i];
      }
      const direction = g[i] / (Math.sqrt(variance) + eps);
      if (buffer === undefined) x[i] -= lr * direction;
      else {
        buffer[i] = momentum * buffer[i] + direction;
        x[i] -= lr * buffer[i];
      }
    }
  }
}
