import { KullbackError } from "../errors.js";
import { type FloatArray, sgdStep } from "../kernels/index.js";
import { type Tensor, zerosLike } from "../tensor/index.js";
import { checkNonNegative } from "./check.js";
import { descentOf } from "./descentGradient.js";
import { Optimizer, type Point } from "./optimizer.js";
import type { Params } from "./paramGroup.js";

/** Options of {@link SGD}. */
export interface SGDOptions {
  /** Learning rate; default 1e-3. */
  lr: number;
  /** Share of the last direction that is kept; default 0. */
  momentum: number;
  /** Share of the gradient that momentum leaves out; default 0. */
  dampening: number;
  /** Strength λ of the penalty ½λ‖x‖²; default 0. */
  weightDecay: number;
  /** Looks ahead along the momentum; default false. */
  nesterov: boolean;
  /** Climbs instead of descending; default false. */
  maximize: boolean;
}

/** What {@link SGD} keeps for a parameter with momentum. */
export interface SGDState {
  /** The direction of the last step. */
  momentumBuffer?: Tensor;
}

/**
 * Stochastic gradient descent with momentum, as `torch.optim.SGD`:
 * x ← x − lr·b with b ← momentum·b + (1 − dampening)·g (at first b = g).
 *
 * I. Sutskever et al., "On the importance of initialization and momentum in deep learning" (2013).
 */
export class SGD extends Optimizer<SGDOptions, SGDState> {
  constructor(params: Params<SGDOptions>, options: Partial<SGDOptions> = {}) {
    super(params, {
      lr: 1e-3,
      momentum: 0,
      dampening: 0,
      weightDecay: 0,
      nesterov: false,
      maximize: false,
      ...options,
    });
  }

  protected check({ lr, momentum, dampening, weightDecay, nesterov }: SGDOptions): void {
    checkNonNegative("SGD", "learning rate", lr);
    checkNonNegative("SGD", "momentum", momentum);
    checkNonNegative("SGD", "weightDecay", weightDecay);
    if (nesterov && (momentum <= 0 || dampening !== 0)) {
      throw new KullbackError(
        `SGD: Nesterov momentum requires a momentum and zero dampening, got ${momentum} and ${dampening}`,
      );
    }
  }

  protected start(): SGDState {
    return {};
  }

  protected update(at: Point, group: SGDOptions, state: SGDState): void {
    const { lr, momentum, dampening, nesterov } = group;
    const { x, gradient } = at;
    const descent = descentOf(group);
    if (momentum === 0) {
      sgdStep(x, gradient, undefined, { ...descent, lr, kept: 0, added: 1, nesterov, momentum });
      return;
    }
    const [kept, added] = state.momentumBuffer === undefined ? [0, 1] : [momentum, 1 - dampening];
    state.momentumBuffer ??= zerosLike(at.param);
    const buffer = state.momentumBuffer.data as FloatArray;
    sgdStep(x, gradient, buffer, { ...descent, lr, kept, added, nesterov, momentum });
  }
}
