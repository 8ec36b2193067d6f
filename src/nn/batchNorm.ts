import { KullbackError } from "../errors.js";
import { F } from "../functional/index.js";
import type { FloatDType } from "../kernels/index.js";
import { checkTensors, describeShape, noGrad, ones, type Tensor, tensor, zeros } from "../tensor/index.js";
import { ones_, zeros_ } from "./init/index.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";
import { show } from "./repr.js";

/** Options of {@link BatchNorm1d} and {@link BatchNorm2d}. */
export interface BatchNormOptions {
  /** Added to the variance; default 1e-5. */
  eps?: number;
  /** The share of a batch in the running moments; default 0.1. `null` for their plain average over batches. */
  momentum?: number | null;
  /** Whether the result is scaled and shifted by learned numbers; default true. */
  affine?: boolean;
  /** Whether it is shifted, if `affine`; default true. */
  bias?: boolean;
  /** Whether running moments are kept and used in evaluation; default true. */
  trackRunningStats?: boolean;
  /** Element type of parameters and running moments; default `"float32"`. */
  dtype?: FloatDType;
}

abstract class BatchNorm extends Module {
  readonly numFeatures: number;
  readonly eps: number;
  readonly momentum: number | null;
  readonly affine: boolean;
  readonly trackRunningStats: boolean;
  /** `[numFeatures]`, starts as ones */
  weight: Parameter | undefined;
  /** `[numFeatures]`, starts as zeros */
  bias: Parameter | undefined;
  /** `[numFeatures]`: a buffer, if they are tracked */
  declare runningMean: Tensor | undefined;
  /** `[numFeatures]`: a buffer, if they are tracked */
  declare runningVar: Tensor | undefined;
  /** How many batches the running moments are of: an int32 buffer, if they are tracked */
  declare numBatchesTracked: Tensor | undefined;

  constructor(numFeatures: number, options: BatchNormOptions = {}) {
    super();
    const { eps = 1e-5, momentum = 0.1, affine = true, bias = true } = options;
    const { trackRunningStats = true, dtype = "float32" } = options;
    this.numFeatures = numFeatures;
    this.eps = eps;
    this.momentum = momentum;
    this.affine = affine;
    this.trackRunningStats = trackRunningStats;
    this.weight = affine ? new Parameter(ones([numFeatures], { dtype })) : undefined;
    this.bias = affine && bias ? new Parameter(zeros([numFeatures], { dtype })) : undefined;
    if (trackRunningStats) {
      this.registerBuffer("runningMean", zeros([numFeatures], { dtype }));
      this.registerBuffer("runningVar", ones([numFeatures], { dtype }));
      this.registerBuffer("numBatchesTracked", tensor(0, { dtype: "int32" }));
    }
  }

  /** Throws unless `x` has the axes that the module is for. */
  protected abstract checkInput(x: Tensor): void;

  /** Forgets the running moments. */
  resetRunningStats(): void {
    noGrad(() => {
      this.runningMean?.fill_(0);
      this.runningVar?.fill_(1);
      this.numBatchesTracked?.fill_(0);
    });
  }

  /** Sets parameters and running moments back to where they started. */
  resetParameters(): void {
    this.resetRunningStats();
    if (this.weight !== undefined) ones_(this.weight);
    if (this.bias !== undefined) zeros_(this.bias);
  }

  forward(x: Tensor): Tensor {
    this.checkInput(x);
    const { weight, bias, eps, runningMean, runningVar, numBatchesTracked } = this;
    // Without running moments the batch's serve in evaluation too.
    const training = this.training || runningMean === undefined;
    if (this.training && numBatchesTracked !== undefined) noGrad(() => numBatchesTracked.add_(1));
    const momentum = this.momentum ?? 1 / Math.max(numBatchesTracked?.item() ?? 1, 1);
    return F.batchNorm(x, runningMean, runningVar, { weight, bias, training, momentum, eps });
  }

  override extraRepr(): string {
    const { numFeatures, eps, momentum, affine, bias, trackRunningStats } = this;
    return (
      `${numFeatures}, eps=${show(eps)}, momentum=${momentum}, affine=${affine}, bias=${bias !== undefined}, ` +
      `trackRunningStats=${trackRunningStats}`
    );
  }
}

function wantAxes(x: Tensor, wanted: readonly number[], name: string, features: number): void {
  checkTensors(name, x);
  if (!wanted.includes(x.ndim)) {
    const axes = wanted.map((n) => `${n}D`).join(" or ");
    throw new KullbackError(`${name}: expected ${axes} input, got shape ${describeShape(x.shape)}`);
  }
  if (x.shape[1] !== features) {
    throw new KullbackError(
      `${name}: expected input with ${features} features on axis 1, got shape ${describeShape(x.shape)}`,
    );
  }
}

/**
 * Brings every feature of a batch [batch, features] or [batch, features, length] to mean 0 and variance 1, then
 * scales and shifts it; see `F.batchNorm`.
 */
export class BatchNorm1d extends BatchNorm {
  protected override checkInput(x: Tensor): void {
    wantAxes(x, [2, 3], "BatchNorm1d", this.numFeatures);
  }
}

/** The same for every channel of images [batch, channels, height, width]. */
export class BatchNorm2d extends BatchNorm {
  protected override checkInput(x: Tensor): void {
    wantAxes(x, [4], "BatchNorm2d", this.numFeatures);
  }
}
