import { F } from "../functional/index.js";
import type { Tensor } from "../tensor/index.js";
import { Module } from "./module.js";
import { show } from "./repr.js";

/** The largest element of every window; see `F.maxPool2d`. */
export class MaxPool2d extends Module {
  readonly kernelSize: F.Pair;
  readonly stride: F.Pair;
  readonly padding: F.Pair;
  readonly dilation: F.Pair;
  readonly ceilMode: boolean;

  /** @param kernelSize - the window's size, one number or [height, width] */
  constructor(kernelSize: F.Pair, options: F.MaxPool2dOptions = {}) {
    super();
    const { stride = kernelSize, padding = 0, dilation = 1, ceilMode = false } = options;
    this.kernelSize = kernelSize;
    this.stride = stride;
    this.padding = padding;
    this.dilation = dilation;
    this.ceilMode = ceilMode;
  }

  forward(x: Tensor): Tensor {
    const { kernelSize, stride, padding, dilation, ceilMode } = this;
    return F.maxPool2d(x, kernelSize, { stride, padding, dilation, ceilMode });
  }

  override extraRepr(): string {
    const { kernelSize, stride, padding, dilation, ceilMode } = this;
    return (
      `kernelSize=${show(kernelSize)}, stride=${show(stride)}, padding=${show(padding)}, ` +
      `dilation=${show(dilation)}, ceilMode=${ceilMode}`
    );
  }
}

/** The mean of every window; see `F.avgPool2d`. */
export class AvgPool2d extends Module {
  readonly kernelSize: F.Pair;
  readonly stride: F.Pair;
  readonly padding: F.Pair;
  readonly ceilMode: boolean;
  readonly countIncludePad: boolean;
  readonly divisorOverride: number | undefined;

  /** @param kernelSize - the window's size, one number or [height, width] */
  constructor(kernelSize: F.Pair, options: F.AvgPool2dOptions = {}) {
    super();
    const { stride = kernelSize, padding = 0, ceilMode = false, countIncludePad = true } = options;
    this.kernelSize = kernelSize;
    this.stride = stride;
    this.padding = padding;
    this.ceilMode = ceilMode;
    this.countIncludePad = countIncludePad;
    this.divisorOverride = options.divisorOverride;
  }

  forward(x: Tensor): Tensor {
    const { kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride } = this;
    return F.avgPool2d(x, kernelSize, { stride, padding, ceilMode, countIncludePad, divisorOverride });
  }

  override extraRepr(): string {
    const { kernelSize, stride, padding } = this;
    return `kernelSize=${show(kernelSize)}, stride=${show(stride)}, padding=${show(padding)}`;
  }
}

abstract class AdaptivePool2d extends Module {
  readonly outputSize: F.OutputSize;

  /** @param outputSize - [height, width]; one number for both; null for the input's */
  constructor(outputSize: F.OutputSize) {
    super();
    this.outputSize = outputSize;
  }

  override extraRepr(): string {
    return `outputSize=${show(this.outputSize)}`;
  }
}

/** Means of as many windows as the output is to have; see `F.adaptiveAvgPool2d`. */
export class AdaptiveAvgPool2d extends AdaptivePool2d {
  forward(x: Tensor): Tensor {
    return F.adaptiveAvgPool2d(x, this.outputSize);
  }
}

/** The largest elements of as many windows as the output is to have; see `F.adaptiveMaxPool2d`. */
export class AdaptiveMaxPool2d extends AdaptivePool2d {
  forward(x: Tensor): Tensor {
    return F.adaptiveMaxPool2d(x, this.outputSize);
  }
}
