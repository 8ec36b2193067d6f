import { adamStep, type FloatArray } from "../kernels/index.js";
import { type Tensor, zerosLike } from "../tensor/index.js";
import { checkBetas, checkNonNegative } from "./check.js";
import { coupled, descentOf } from "./descentGradient.js";
import { Optimizer, type Point } from "./optimizer.js";
import type { Params } from "./paramGroup.js";

/** Options of {@link Adam}. */
export interface AdamOptions {
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
  /** Divides by the largest second moment so far; default false. */
  amsgrad: boolean;
  /** Climbs instead of descending; default false. */
  maximize: boolean;
}

/** What {@link Adam} keeps for a parameter. */
export interface AdamState {
  step: number;
  /** Running average of the gradient. */
  expAvg: Tensor;
  /** Running average of its square. */
  expAvgSq: Tensor;
  /** The largest `expAvgSq` so far, with `amsgrad`. */
  maxExpAvgSq?: Tensor;
}

/**
 * Adam, as `torch.optim.Adam`: x ← x − lr·m̂/(√v̂ + eps), with m̂ and v̂ the running averages of the gradient
 * and of its square, corrected for their start at 0.
 *
 * D. P. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization" (2014), arXiv:1412.6980, algorithm 1.
 * AMSGrad: S. J. Reddi et al., "On the Convergence of Adam and Beyond" (2018), arXiv:1904.09237.
 */
export class Adam extends Optimizer<AdamOptions, AdamState> {
  constructor(params: Params<AdamOptions>, options: Partial<AdamOptions> = {}) {
    super(params, {
      lr: 1e-3,
      betas: [0.9, 0.999],
      eps: 1e-8,
      weightDecay: 0,
      decoupledWeightDecay: false,
      amsgrad: false,
      maximize: false,
      ...options,
    });
  }

  protected check({ lr, betas, eps, weightDecay }: AdamOptions): void {
    const { name } = this.constructor;
    checkNonNegative(name, "learning rate", lr);
    checkNonNegative(name, "eps", eps);
    checkNonNegative(name, "weightDecay", weightDecay);
    checkBetas(name, betas);
  }

  protected start(param: Tensor, { amsgrad }: AdamOptions): AdamState {
    const state: AdamState = { step: 0, expAvg: zerosLike(param), expAvgSq: zerosLike(param) };
    if (amsgrad) state.maxExpAvgSq = zerosLike(param);
    return state;
  }

  protected update(at: Point, group: AdamOptions, state: AdamState): void {
    const { lr, eps, betas, weightDecay, decoupledWeightDecay } = group;
    const [beta1, beta2] = betas;
    state.step++;
    adamStep(
      {
        x: at.x,
        gradient: at.gradient,
        m: state.expAvg.data as FloatArray,
        v: state.expAvgSq.data as FloatArray,
        largest: state.maxExpAvgSq?.data as FloatArray | undefined,
      },
      {
        ...descentOf(coupled(group)),
        shrink: decoupledWeightDecay ? 1 - lr * weightDecay : 1,
        beta1,
        beta2,
        stepSize: lr / (1 - beta1 ** state.step),
        correction: Math.sqrt(1 - beta2 ** state.step),
        eps,
      },
    );
  }
}
