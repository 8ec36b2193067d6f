import type { FloatDType } from "../kernels/index.js";
import { linear, type Tensor, zeros } from "../tensor/index.js";
import { kaimingUniform_, uniform_ } from "./init/index.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";

/** Options of {@link Linear}. */
export interface LinearOptions {
  /** Whether a learned bias is added; default true. */
  bias?: boolean;
  /** Element type of weight and bias; default `"float32"`. */
  dtype?: FloatDType;
}

/**
 * x·weightᵀ + bias, for `x` […, inFeatures].
 *
 * Weight and bias start uniform in ±1/√inFeatures, with the numbers that PyTorch draws from the same seed.
 */
export class Linear extends Module {
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** [outFeatures, inFeatures] */
  weight: Parameter;
  /** [outFeatures] */
  bias: Parameter | undefined;

  /** @throws KullbackError unless both sizes are non-negative integers */
  constructor(inFeatures: number, outFeatures: number, options: LinearOptions = {}) {
    super();
    const { bias = true, dtype = "float32" } = options;
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.weight = new Parameter(zeros([outFeatures, inFeatures], { dtype }));
    this.bias = bias ? new Parameter(zeros([outFeatures], { dtype })) : undefined;
    this.resetParameters();
  }

  /** Draws weight and bias anew. */
  resetParameters(): void {
    kaimingUniform_(this.weight, { a: Math.sqrt(5) });
    const bound = this.inFeatures === 0 ? 0 : 1 / Math.sqrt(this.inFeatures);
    if (this.bias !== undefined) uniform_(this.bias, -bound, bound);
  }

  forward(x: Tensor): Tensor {
    return linear(x, this.weight, this.bias);
  }

  override extraRepr(): string {
    const { inFeatures, outFeatures, bias } = this;
    return `inFeatures=${inFeatures}, outFeatures=${outFeatures}, bias=${bias !== undefined}`;
  }
}
