import { KullbackError } from "../errors.js";
import { F } from "../functional/index.js";
import type { FloatDType } from "../kernels/index.js";
import { checkPair, type Tensor, zeros } from "../tensor/index.js";
import { kaimingUniform_, uniform_ } from "./init/index.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";
import { show } from "./repr.js";

/** Options of {@link Conv2d}: those of `F.conv2d`, and these. */
export interface Conv2dOptions extends F.Conv2dOptions {
  /** Whether a learned bias is added; default true. */
  bias?: boolean;
  /** Element type of weight and bias; default `"float32"`. */
  dtype?: FloatDType;
}

/**
 * Slides learned filters over images [batch, inChannels, height, width], or over one without the first axis.
 *
 * Weight and bias start uniform in ±1/√(inChannels / groups · kernel elements), with the numbers that PyTorch
 * draws from the same seed.
 */
export class Conv2d extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number] | "same" | "valid";
  readonly dilation: readonly [number, number];
  readonly groups: number;
  /** [outChannels, inChannels / groups, kernel height, kernel width] */
  weight: Parameter;
  /** [outChannels] */
  bias: Parameter | undefined;

  /**
   * @param kernelSize - the filters' size, one number or [height, width]
   * @throws KullbackError if sizes or options do not fit
   */
  constructor(inChannels: number, outChannels: number, kernelSize: F.Pair, options: Conv2dOptions = {}) {
    super();
    const { stride = 1, padding = 0, dilation = 1, groups = 1, bias = true, dtype = "float32" } = options;
    if (!Number.isInteger(groups) || groups < 1) {
      throw new KullbackError(`Conv2d: groups must be a positive integer, got ${groups}`);
    }
    for (const [name, channels] of Object.entries({ inChannels, outChannels })) {
      if (channels % groups === 0) continue;
      throw new KullbackError(`Conv2d: ${name} must be divisible by groups=${groups}, got ${channels}`);
    }
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = checkPair("Conv2d", "kernelSize", kernelSize, 1);
    this.stride = checkPair("Conv2d", "stride", stride, 1);
    this.padding = typeof padding === "string" ? padding : checkPair("Conv2d", "padding", padding, 0);
    this.dilation = checkPair("Conv2d", "dilation", dilation, 1);
    this.groups = groups;
    this.weight = new Parameter(zeros([outChannels, inChannels / groups, ...this.kernelSize], { dtype }));
    this.bias = bias ? new Parameter(zeros([outChannels], { dtype })) : undefined;
    this.resetParameters();
  }

  /** Draws weight and bias anew. */
  resetParameters(): void {
    kaimingUniform_(this.weight, { a: Math.sqrt(5) });
    const inputs = this.weight.shape.slice(1).reduce((n, size) => n * size, 1);
    const bound = inputs === 0 ? 0 : 1 / Math.sqrt(inputs);
    if (this.bias !== undefined) uniform_(this.bias, -bound, bound);
  }

  forward(x: Tensor): Tensor {
    const { weight, bias, stride, padding, dilation, groups } = this;
    return F.conv2d(x, weight, bias, { stride, padding, dilation, groups });
  }

  override extraRepr(): string {
    const { kernelSize, stride, padding, dilation, groups } = this;
    const parts = [
      this.inChannels,
      this.outChannels,
      `kernelSize=${show(kernelSize)}`,
      `stride=${show(stride)}`,
    ];
    if (show(padding) !== "(0, 0)") parts.push(`padding=${show(padding)}`);
    if (show(dilation) !== "(1, 1)") parts.push(`dilation=${show(dilation)}`);
    if (groups !== 1) parts.push(`groups=${groups}`);
    if (this.bias === undefined) parts.push("bias=false");
    return parts.join(", ");
  }
}
