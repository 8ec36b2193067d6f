// Two-dimensional convolution and its two transposes: each one's gradients are the other two, so that they can
// be differentiated as often as one likes.

import { KullbackError } from "../../errors.js";
import {
  allocateUnset,
  type Convolution,
  convolve,
  convolveInput,
  convolveWeight,
  type FloatArray,
  isFloat,
} from "../../kernels/index.js";
import { record } from "../autograd/record.js";
import { checkTensors } from "../check.js";
import { describeShape, numelOf, type Shape } from "../shape.js";
import { type Tensor, wrap } from "../tensor.js";
import { neededByOther } from "./arithmetic.js";
import { sum } from "./broadcast.js";
import { contiguous, squeeze, unsqueeze } from "./layout.js";
import { checkPair, type Pair } from "./pair.js";

/** Options of {@link conv2d}. Pairs are [vertical, horizontal]; one number stands for both. */
export interface Conv2dOptions {
  /** Steps from one place of the filter to the next; default 1. */
  stride?: Pair;
  /** Zeros around the image, `"same"` for an output of the input's size, or `"valid"` for none; default 0. */
  padding?: Pair | "same" | "valid";
  /** Steps between the elements of the filter; default 1. */
  dilation?: Pair;
  /** Into how many groups, which do not mix, the channels are cut; default 1. */
  groups?: number;
}

const floats = (x: Tensor) => x.data as FloatArray;

function empty(like: Tensor, shape: Shape): Tensor {
  return wrap(allocateUnset(like.dtype, numelOf(shape)), like.dtype, shape);
}

const inputShape = ({ batch, channels, height, width }: Convolution) => [batch, channels, height, width];
const weightShape = (c: Convolution) => [c.outChannels, c.channels / c.groups, ...c.kernel];
const outputShape = (c: Convolution) => [c.batch, c.outChannels, c.outHeight, c.outWidth];

function forward(c: Convolution, input: Tensor, kernel: Tensor, bias?: Tensor): Tensor {
  const [x, w] = [contiguous(input), contiguous(kernel)];
  const out = empty(x, outputShape(c));
  convolve(c, floats(x), floats(w), bias && floats(bias), floats(out));
  const vjps = [(g: Tensor) => ofInput(c, g, w), (g: Tensor) => ofWeight(c, x, g)];
  if (bias === undefined) return record(out, "ConvolutionBackward", [x, w], vjps, neededByOther(x, w));
  const saved = x.requiresGrad || w.requiresGrad ? neededByOther(x, w) : [x];
  return record(out, "ConvolutionBackward", [x, w, bias], [...vjps, (g: Tensor) => sum(g, [0, 2, 3])], saved);
}

function ofInput(c: Convolution, gradient: Tensor, kernel: Tensor): Tensor {
  const [g, w] = [contiguous(gradient), contiguous(kernel)];
  const out = empty(g, inputShape(c));
  convolveInput(c, floats(g), floats(w), floats(out));
  return record(
    out,
    "ConvolutionInputBackward",
    [g, w],
    [(v) => forward(c, v, w), (v) => ofWeight(c, v, g)],
    neededByOther(g, w),
  );
}

function ofWeight(c: Convolution, input: Tensor, gradient: Tensor): Tensor {
  const [x, g] = [contiguous(input), contiguous(gradient)];
  const out = empty(x, weightShape(c));
  convolveWeight(c, floats(x), floats(g), floats(out));
  return record(
    out,
    "ConvolutionWeightBackward",
    [x, g],
    [(v) => ofInput(c, g, v), (v) => forward(c, x, v)],
    neededByOther(x, g),
  );
}

/**
 * Slides the filters `weight` [outChannels, channels / groups, height, width] over images `input`
 * [batch, channels, height, width], or over one image without the first axis, as `torch.nn.functional.conv2d`
 * does (it is a correlation: filters are not mirrored).
 *
 * @param bias - [outChannels], added to each output
 * @returns [batch, outChannels, outHeight, outWidth], or without the first axis
 * @throws KullbackError if shapes, dtypes or options do not fit
 */
export function conv2d(input: Tensor, weight: Tensor, bias?: Tensor, options: Conv2dOptions = {}): Tensor {
  checkTensors("conv2d", input, weight);
  if (bias !== undefined) checkTensors("conv2d", bias);
  if (input.ndim !== 3 && input.ndim !== 4) {
    throw new KullbackError(
      `conv2d: expected 3D (unbatched) or 4D (batched) input, got shape ${describeShape(input.shape)}`,
    );
  }
  checkDTypes(input, weight, bias);
  const batched = input.ndim === 4 ? input : unsqueeze(input, 0);
  const out = forward(arrange(batched.shape, weight.shape, bias?.shape, options), batched, weight, bias);
  return input.ndim === 4 ? out : squeeze(out, 0);
}

function checkDTypes(input: Tensor, weight: Tensor, bias: Tensor | undefined): void {
  if (!isFloat(input.dtype)) {
    throw new KullbackError(`conv2d: wanted a floating-point input, got ${input.dtype}`);
  }
  for (const [name, x] of [
    ["weight", weight],
    ["bias", bias],
  ] as const) {
    if (x !== undefined && x.dtype !== input.dtype) {
      throw new KullbackError(
        `conv2d: input type ${input.dtype} and ${name} type ${x.dtype} should be the same`,
      );
    }
  }
}

/** What a convolution of these shapes is, checked. */
function arrange(input: Shape, weight: Shape, bias: Shape | undefined, options: Conv2dOptions): Convolution {
  const { groups = 1 } = options;
  const stride = checkPair("conv2d", "stride", options.stride ?? 1, 1);
  const dilation = checkPair("conv2d", "dilation", options.dilation ?? 1, 1);
  if (weight.length !== 4) {
    throw new KullbackError(
      `conv2d: expected a weight [outChannels, channels / groups, height, width], got shape ${describeShape(weight)}`,
    );
  }
  if (!Number.isInteger(groups) || groups < 1) {
    throw new KullbackError(`conv2d: groups must be a positive integer, got ${groups}`);
  }
  const [batch, channels, height, width] = input;
  const [outChannels, groupChannels, kernelHeight, kernelWidth] = weight;
  if (outChannels % groups !== 0) {
    throw new KullbackError(
      `conv2d: given groups=${groups}, expected the weight's first size to be divisible by groups, got ` +
        describeShape(weight),
    );
  }
  if (groupChannels * groups !== channels) {
    throw new KullbackError(
      `conv2d: given groups=${groups}, weight of size ${describeShape(weight)}, expected input ` +
        `${describeShape(input)} to have ${groupChannels * groups} channels, but got ${channels} channels instead`,
    );
  }
  if (bias !== undefined && (bias.length !== 1 || bias[0] !== outChannels)) {
    throw new KullbackError(
      `conv2d: given weight of size ${describeShape(weight)}, expected bias to be 1-dimensional with ` +
        `${outChannels} elements, but got bias of size ${describeShape(bias)}`,
    );
  }
  const kernel = [kernelHeight, kernelWidth] as const;
  const reach = kernel.map((size, d) => dilation[d] * (size - 1));
  const around = paddingOf(options.padding ?? 0, reach, stride);
  const padded = [height, width].map((size, d) => size + around[d][0] + around[d][1]);
  if (padded.some((size, d) => size < reach[d] + 1)) {
    throw new KullbackError(
      `conv2d: calculated padded input size per channel: (${padded.join(" x ")}), kernel size: ` +
        `(${reach.map((r) => r + 1).join(" x ")}); the kernel can't be greater than the input`,
    );
  }
  const [outHeight, outWidth] = padded.map((size, d) => Math.floor((size - reach[d] - 1) / stride[d]) + 1);
  const padding = [around[0][0], around[1][0]] as const;
  return {
    batch,
    channels,
    height,
    width,
    outChannels,
    groups,
    kernel,
    stride,
    dilation,
    padding,
    outHeight,
    outWidth,
  };
}

/** Zeros before and after, for each axis. */
function paddingOf(
  padding: Pair | "same" | "valid",
  reach: readonly number[],
  stride: readonly number[],
): [before: number, after: number][] {
  if (padding === "valid")
    return [
      [0, 0],
      [0, 0],
    ];
  if (padding !== "same") return checkPair("conv2d", "padding", padding, 0).map((size) => [size, size]);
  if (stride.some((step) => step !== 1)) {
    throw new KullbackError('conv2d: padding "same" is not supported for strided convolutions');
  }
  return reach.map((total) => [Math.floor(total / 2), Math.ceil(total / 2)]);
}
