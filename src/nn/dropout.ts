import { KullbackError } from "../errors.js";
import { F } from "../functional/index.js";
import type { Tensor } from "../tensor/index.js";
import { Module } from "./module.js";

/** In training, each element 0 with probability `p`, else divided by 1 − p; in evaluation nothing. */
export class Dropout extends Module {
  readonly p: number;

  /**
   * @param p - default 0.5
   * @throws KullbackError unless p is from 0 to 1
   */
  constructor(p = 0.5) {
    super();
    if (!(p >= 0 && p <= 1)) {
      throw new KullbackError(`Dropout: probability has to be between 0 and 1, but got ${p}`);
    }
    this.p = p;
  }

  forward(x: Tensor): Tensor {
    return F.dropout(x, { p: this.p, training: this.training });
  }

  override extraRepr(): string {
    return `p=${this.p}`;
  }
}
