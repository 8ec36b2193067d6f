import { F, legacyReduction } from "../../functional/index.js";
import type { Tensor } from "../../tensor/index.js";
import { Module } from "../module.js";

/** `F.klDiv` with fixed options. */
export class KLDivLoss extends Module {
  readonly reduction: NonNullable<F.KlDivOptions["reduction"]>;
  readonly logTarget: boolean;

  /** The legacy flags become a reduction here, with a warning; a wrong reduction is an error of `forward`. */
  constructor(options: F.KlDivOptions = {}) {
    super();
    this.reduction = legacyReduction("KLDivLoss", options) ?? options.reduction ?? "mean";
    this.logTarget = options.logTarget ?? false;
  }

  /** The loss of log-probabilities `input` for `target`. */
  forward(input: Tensor, target: Tensor): Tensor {
    return F.klDiv(input, target, { reduction: this.reduction, logTarget: this.logTarget });
  }
}
