import { type Tensor, zerosLike } from "../tensor/index.js";
import { checkBetas, checkNonNegative } from "./check.js";
import { coupled, decay, descentGradient } from "./descentGradient.js";
import { integerPower } from "./integerPower.js";
import { Optimizer, type Point } from "./optimizer.js";
import type { Params } from "./paramGroup.js";

/** Options of {@link RAdam}. */
export interface RAdamOptions {
  /** Learning rate; default 1e-3. */
  lr: number;
  /** How much of the moments' running averages is kept each step; default [0.9, 0.999]. */
  betas: readonly [number, number];
  /** Added to the denominator; default 1e-8. */
  eps: number;
  /** Strength λ of the penalty ½λ‖x‖², or of the decoupled decay; default 0. */
  weightDecay: number;
  /** Shrinks the parameters by lr·weightDecay instead of adding the penalty's gradient; default false. */
  decoupledWeightDecay: boolean;
  /** Climbs instead of descending; default false. */
  maximize: boolean;
}

/** What {@link RAdam} keeps for a parameter. */
export interface RAdamState {
  step: number;
  /** Running average of the gradient. */
  expAvg: Tensor;
  /** Running average of its square. */
  expAvgSq: Tensor;
}

/**
 * Rectified Adam, as `torch.optim.RAdam`: the adaptive step is scaled down while the variance of the second
 * moment is large, and not adaptive at all in the first steps.
 *
 * L. Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond" (2019), arXiv:1908.03265,
 * algorithm 2.
 */
export class RAdam extends Optimizer<RAdamOptions, RAdamState> {
  constructor(params: Params<RAdamOptions>, options: Partial<RAdamOptions> = {}) {
    super(params, {
      lr: 1e-3,
      betas: [0.9, 0.999],
      eps: 1e-8,
      weightDecay: 0,
      decoupledWeightDecay: false,
      maximize: false,
      ...options,
    });
  }

  protected check({ lr, betas, eps, weightDecay }: RAdamOptions): void {
    checkNonNegative("RAdam", "learning rate", lr);
    checkNonNegative("RAdam", "eps", eps);
    checkNonNegative("RAdam", "weightDecay", weightDecay);
    checkBetas("RAdam", betas);
  }

  protected start(param: Tensor): RAdamState {
    return { step: 0, expAvg: zerosLike(param), expAvgSq: zerosLike(param) };
  }

  protected update(at: Point, group: RAdamOptions, state: RAdamState): void {
    const { lr, eps, betas } = group;
    const [beta1, beta2] = betas;
    const { x } = at;
    decay(x, group);
    const g = descentGradient(at, coupled(group));
    const step = ++state.step;
    const stepSize = lr / (1 - integerPower(beta1, step));
    const power = integerPower(beta2, step);
    const correction = 1 - power;
    // The length of the moving average that the second moment is an average over, now and in the end.
    const rhoEnd = 2 / (1 - beta2) - 1;
    const rho = rhoEnd - (2 * step * power) / correction;
    const adaptive = rho > 5;
    const rectification = adaptive
      ? Math.sqrt((((rho - 4) * (rho - 2) * rhoEnd) / ((rhoEnd - 4) * (rhoEnd - 2) * rho)) * correction)
      : 1;
    const m = state.expAvg.data;
    const v = state.expAvgSq.data;
    for (let i = 0; i < x.length; i++) {
      m[i] += (1 - beta1) * (g[i] - m[i]);
      v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
      x[i] -= adaptive ? (stepSize * rectification * m[i]) / (Math.sqrt(v[i]) + eps) : stepSize * m[i];
    }
  }
}
