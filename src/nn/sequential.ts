import { KullbackError } from "../errors.js";
import { describeValue, type Tensor } from "../tensor/index.js";
import { Module } from "./module.js";

/** A module that maps one tensor to another. */
export type Layer = Module & {
  /** The output for one batch. */
  forward(x: Tensor): Tensor;
};

/**
 * Modules run one after the other.
 *
 * ```ts
 * const model = new nn.Sequential(new nn.Linear(6, 8), new nn.ReLU(), new nn.Linear(8, 3));
 * model[0]; // the first layer; its weight is the parameter "0.weight"
 * ```
 */
export class Sequential extends Module {
  /** The layers, as fields named by their place. */
  [index: number]: Layer;

  /** How many layers there are. */
  readonly length: number;

  constructor(...layers: Layer[]) {
    super();
    layers.forEach((layer, i) => {
      if (layer instanceof Module) return;
      throw new KullbackError(`Sequential: wanted modules, got ${describeValue(layer)} at place ${i}`);
    });
    this.length = layers.length;
    Object.assign(this, layers);
  }

  /** The layers in order. */
  *[Symbol.iterator](): Iterator<Layer> {
    for (let i = 0; i < this.length; i++) yield this[i];
  }

  forward(x: Tensor): Tensor {
    let out = x;
    for (const layer of this) out = layer.forward(out);
    return out;
  }
}
