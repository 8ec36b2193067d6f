import { Adam, type AdamOptions } from "./adam.js";
import type { Params } from "./paramGroup.js";

/** Options of {@link AdamW}: those of Adam, whose decay is always decoupled; `weightDecay` is 1e-2 by default. */
export type AdamWOptions = Omit<AdamOptions, "decoupledWeightDecay">;

/**
 * Adam with decoupled weight decay, as `torch.optim.AdamW`: every step first shrinks the parameters by
 * lr·weightDecay.
 *
 * I. Loshchilov and F. Hutter, "Decoupled Weight Decay Regularization" (2017), arXiv:1711.05101.
 */
export class AdamW extends Adam {
  constructor(params: Params<AdamWOptions>, options: Partial<AdamWOptions> = {}) {
    super(params, { weightDecay: 1e-2, ...options, decoupledWeightDecay: true });
  }
}
