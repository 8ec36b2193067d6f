import { type Tensor, zerosLike } from "../tensor/index.js";
import { checkBetas, checkNonNegative } from "./check.js";
import { coupled, decay, descentGradient } from "./descentGradient.js";
import { integerPower } from "./integerPower.js";
import { Optimizer, type Point } from "./optimizer.js";
import type { Params } from "./paramGroup.js";

/** Options of {@link NAdam}. */
export interface NAdamOptions {
  /** Learning rate; default 2e-3. */
  lr: number;
  /** How much of the moments' running averages is kept each step; default [0.9, 0.999]. */
  betas: readonly [number, number];
  /** Added to the denominator; default 1e-8. */
  eps: number;
  /** Strength λ of the penalty ½λ‖x‖², or of the decoupled decay; default 0. */
  weightDecay: number;
  /** How fast the momentum grows to its final value; default 4e-3. */
  momentumDecay: number;
  /** Shrinks the parameters by lr·weightDecay instead of adding the penalty's gradient; default false. */
  decoupledWeightDecay: boolean;
  /** Climbs instead of descending; default false. */
  maximize: boolean;
}

/** What {@link NAdam} keeps for a parameter. */
export interface NAdamState {
  step: number;
  /** Product of the momenta so far. */
  muProduct: number;
  /** Running average of the gradient. */
  expAvg: Tensor;
  /** Running average of its square. */
  expAvgSq: Tensor;
}

/**
 * Adam with Nesterov momentum, as `torch.optim.NAdam`.
 *
 * T. Dozat, "Incorporating Nesterov Momentum into Adam" (2016). Decoupled decay: I. Loshchilov and
 * F. Hutter, "Decoupled Weight Decay Regularization" (2017), arXiv:1711.05101.
 *
 * PyTorch keeps the product of momenta in its default dtype; here it is float64 always.
 */
export class NAdam extends Optimizer<NAdamOptions, NAdamState> {
  constructor(params: Params<NAdamOptions>, options: Partial<NAdamOptions> = {}) {
    super(params, {
      lr: 2e-3,
      betas: [0.9, 0.999],
      eps: 1e-8,
      weightDecay: 0,
      momentumDecay: 4e-3,
      decoupledWeightDecay: false,
      maximize: false,
      ...options,
    });
  }

  protected check({ lr, betas, eps, weightDecay, momentumDecay }: NAdamOptions): void {
    checkNonNegative("NAdam", "learning rate", lr);
    checkNonNegative("NAdam", "eps", eps);
    checkNonNegative("NAdam", "weightDecay", weightDecay);
    checkNonNegative("NAdam", "momentumDecay", momentumDecay);
    checkBetas("NAdam", betas);
  }

  protected start(param: Tensor): NAdamState {
    return { step: 0, muProduct: 1, expAvg: zerosLike(param), expAvgSq: zerosLike(param) };
  }

  protected update(at: Point, group: NAdamOptions, state: NAdamState): void {
    const { lr, eps, betas, momentumDecay } = group;
    const [beta1, beta2] = betas;
    const { x } = at;
    decay(x, group);
    const g = descentGradient(at, coupled(group));
    const step = ++state.step;
    const momentum = (t: number) => beta1 * (1 - 0.5 * 0.96 ** (t * momentumDecay));
    const mu = momentum(step);
    const muNext = momentum(step + 1);
    state.muProduct *= mu;
    const ofGradient = (lr * (1 - mu)) / (1 - state.muProduct);
    const ofAverage = (lr * muNext) / (1 - state.muProduct * muNext);
    const correction = 1 - integerPower(beta2, step);
    const m = state.expAvg.data;
    const v = state.expAvgSq.data;
    for (let i = 0; i < x.length; i++) {
      m[i] += (1 - beta1) * (g[i] - m[i]);
      v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
      const denominator = Math.sqrt(v[i] / correction) + eps;
      x[i] -= (ofGradient * g[i] + ofAverage * m[i]) / denominator;
    }
  }
}
