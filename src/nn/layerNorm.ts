import { F } from "../functional/index.js";
import type { FloatDType } from "../kernels/index.js";
import { checkShape, ones, type Shape, type Tensor, zeros } from "../tensor/index.js";
import { ones_, zeros_ } from "./init/index.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";
import { show } from "./repr.js";

/** Options of {@link LayerNorm}. */
export interface LayerNormOptions {
  /** Added to the variance; default 1e-5. */
  eps?: number;
  /** Whether the result is scaled and shifted by learned numbers; default true. */
  elementwiseAffine?: boolean;
  /** Whether it is shifted, if `elementwiseAffine`; default true. */
  bias?: boolean;
  /** Element type of the parameters; default `"float32"`. */
  dtype?: FloatDType;
}

/** Brings the trailing axes to mean 0 and variance 1, then scales and shifts them; see `F.layerNorm`. */
export class LayerNorm extends Module {
  readonly normalizedShape: Shape;
  readonly eps: number;
  readonly elementwiseAffine: boolean;
  /** Of the normalised shape, starts as ones */
  weight: Parameter | undefined;
  /** Of the normalised shape, starts as zeros */
  bias: Parameter | undefined;

  /** @param normalizedShape - sizes of the trailing axes that are normalised together, or the last one's */
  constructor(normalizedShape: number | Shape, options: LayerNormOptions = {}) {
    super();
    const { eps = 1e-5, elementwiseAffine = true, bias = true, dtype = "float32" } = options;
    const shape = Array.isArray(normalizedShape) ? [...normalizedShape] : [normalizedShape as number];
    checkShape("LayerNorm", shape);
    this.normalizedShape = shape;
    this.eps = eps;
    this.elementwiseAffine = elementwiseAffine;
    this.weight = elementwiseAffine ? new Parameter(ones(shape, { dtype })) : undefined;
    this.bias = elementwiseAffine && bias ? new Parameter(zeros(shape, { dtype })) : undefined;
  }

  /** Sets the parameters back to where they started. */
  resetParameters(): void {
    if (this.weight !== undefined) ones_(this.weight);
    if (this.bias !== undefined) zeros_(this.bias);
  }

  forward(x: Tensor): Tensor {
    const { weight, bias, eps } = this;
    return F.layerNorm(x, this.normalizedShape, { weight, bias, eps });
  }

  override extraRepr(): string {
    const { normalizedShape, eps, elementwiseAffine, bias } = this;
    return `${show(normalizedShape)}, eps=${show(eps)}, elementwiseAffine=${elementwiseAffine}, bias=${bias !== undefined}`;
  }
}
