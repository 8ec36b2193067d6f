import { F } from "../functional/index.js";
import type { Tensor } from "../tensor/index.js";
import { Module } from "./module.js";

/** `F.logSoftmax` along a fixed axis. */
export class LogSoftmax extends Module {
  readonly dim: number | undefined;

  /** @param dim - the axis to normalise; without it `F.logSoftmax` picks one, with a warning */
  constructor(dim?: number) {
    super();
    this.dim = dim;
  }

  forward(x: Tensor): Tensor {
    return F.logSoftmax(x, this.dim);
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}
