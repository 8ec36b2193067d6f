import { KullbackError } from "../../errors.js";
import { describeShape, type Tensor } from "../../tensor/index.js";
import { type InitOptions, normal_, uniform_ } from "./fill.js";

/** Whether the variance is kept in the forward pass or in the backward pass. */
export type FanMode = "fan_in" | "fan_out";

/** The functions whose gain is known. */
export type Nonlinearity = "linear" | "conv2d" | "sigmoid" | "tanh" | "relu" | "leaky_relu" | "selu";

const gains: Readonly<Record<Exclude<Nonlinearity, "leaky_relu">, number>> = {
  linear: 1,
  conv2d: 1,
  sigmoid: 1,
  tanh: 5 / 3,
  relu: Math.sqrt(2),
  selu: 3 / 4,
};

/**
 * The factor by which weights before `nonlinearity` should be larger, as `torch.nn.init.calculate_gain`.
 *
 * @param param - the negative slope of `"leaky_relu"`; default 0.01
 */
export function calculateGain(nonlinearity: Nonlinearity, param = 0.01): number {
  if (nonlinearity === "leaky_relu") return Math.sqrt(2 / (1 + param ** 2));
  if (Object.hasOwn(gains, nonlinearity)) return gains[nonlinearity];
  throw new KullbackError(`calculateGain: unsupported nonlinearity ${String(nonlinearity)}`);
}

/** How many numbers go into an element of a layer's output, and how many elements one number goes into. */
export function fans(name: string, x: Tensor): { fan_in: number; fan_out: number } {
  if (x.ndim < 2) {
    throw new KullbackError(
      `${name}: fan in and fan out cannot be computed for a tensor with fewer than 2 dimensions, got shape ` +
        describeShape(x.shape),
    );
  }
  const field = x.shape.slice(2).reduce((n, size) => n * size, 1);
  return { fan_in: x.shape[1] * field, fan_out: x.shape[0] * field };
}

/** Options of {@link xavierUniform_} and {@link xavierNormal_}. */
export interface XavierOptions extends InitOptions {
  /** Factor of the standard deviation; default 1. See {@link calculateGain}. */
  gain?: number;
}

function xavierStd(name: string, x: Tensor, gain: number): number {
  const { fan_in, fan_out } = fans(name, x);
  return gain * Math.sqrt(2 / (fan_in + fan_out));
}

/**
 * Fills the weight `x` [out, in, …] with uniform numbers of variance 2·gain²/(fanIn + fanOut).
 *
 * X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks" (2010).
 */
export function xavierUniform_(x: Tensor, { gain = 1, generator }: XavierOptions = {}): Tensor {
  // In PyTorch's order of operations, here and below, so that the bounds are the same to the last bit.
  const bound = Math.sqrt(3) * xavierStd("xavierUniform_", x, gain);
  return uniform_(x, -bound, bound, { generator });
}

/** Fills the weight `x` [out, in, …] with normal numbers of variance 2·gain²/(fanIn + fanOut). */
export function xavierNormal_(x: Tensor, { gain = 1, generator }: XavierOptions = {}): Tensor {
  return normal_(x, 0, xavierStd("xavierNormal_", x, gain), { generator });
}

/** Options of {@link kaimingUniform_} and {@link kaimingNormal_}. */
export interface KaimingOptions extends InitOptions {
  /** Negative slope of the leaky relu behind the layer; default 0. */
  a?: number;
  /** Default `"fan_in"`. */
  mode?: FanMode;
  /** Default `"leaky_relu"`. */
  nonlinearity?: Nonlinearity;
}

function kaimingStd(name: string, x: Tensor, options: KaimingOptions): number {
  const { a = 0, mode = "fan_in", nonlinearity = "leaky_relu" } = options;
  if (mode !== "fan_in" && mode !== "fan_out") {
    throw new KullbackError(`${name}: mode must be "fan_in" or "fan_out", got ${String(mode)}`);
  }
  return calculateGain(nonlinearity, a) / Math.sqrt(fans(name, x)[mode]);
}

/**
 * Fills the weight `x` [out, in, …] with uniform numbers whose variance, gain²/fan, keeps that of the signal
 * through the layer and the nonlinearity behind it. A tensor without elements is left as it is.
 *
 * K. He et al., "Delving Deep into Rectifiers" (2015), arXiv:1502.01852, eq. 10.
 */
export function kaimingUniform_(x: Tensor, options: KaimingOptions = {}): Tensor {
  if (x.numel === 0) return x;
  const bound = Math.sqrt(3) * kaimingStd("kaimingUniform_", x, options);
  return uniform_(x, -bound, bound, options);
}

/** As {@link kaimingUniform_}, with normal numbers. */
export function kaimingNormal_(x: Tensor, options: KaimingOptions = {}): Tensor {
  if (x.numel === 0) return x;
  return normal_(x, 0, kaimingStd("kaimingNormal_", x, options), options);
}
