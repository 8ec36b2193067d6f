// Elementwise functions. Integer input gives float32, as in PyTorch, except for abs, sign, pow and relu,
// which keep it, and softplus and gelu, which refuse it.

import { KullbackError } from "../../errors.js";
import { erfc as erfcKernel } from "../../kernels/index.js";
import { record } from "../autograd/record.js";
import { checkNumber, checkTensors } from "../check.js";
import type { Operand } from "../promote.js";
import { isGradEnabled } from "../tape/gradMode.js";
import type { Tensor } from "../tensor.js";
import { add, div, mul, neg, sub } from "./arithmetic.js";
import { eq, gt, where } from "./compare.js";
import {
  floatOf,
  mapBinary,
  mapUnary,
  promote,
  recordBinary,
  refuseBool,
  requireFloat,
} from "./pointwise.js";

/** eˣ. */
export function exp(x: Tensor): Tensor {
  const out = mapUnary("exp", x);
  return record(out, "ExpBackward", [x], [(g) => mul(g, out)], [out]);
}

/** eˣ − 1, accurate near 0. */
export function expm1(x: Tensor): Tensor {
  const out = mapUnary("expm1", x);
  return record(out, "Expm1Backward", [x], [(g) => mul(g, add(out, 1))], [out]);
}

/** Natural logarithm. */
export function log(x: Tensor): Tensor {
  return record(mapUnary("log", x), "LogBackward", [x], [(g) => div(g, x)], [x]);
}

/** log(1 + x), accurate near 0. */
export function log1p(x: Tensor): Tensor {
  return record(mapUnary("log1p", x), "Log1PBackward", [x], [(g) => div(g, add(x, 1))], [x]);
}

/** Logarithm in base 2. */
export function log2(x: Tensor): Tensor {
  return record(mapUnary("log2", x), "Log2Backward", [x], [(g) => div(g, mul(x, Math.LN2))], [x]);
}

/** Square root. */
export function sqrt(x: Tensor): Tensor {
  const out = mapUnary("sqrt", x);
  return record(out, "SqrtBackward", [x], [(g) => div(g, mul(out, 2))], [out]);
}

/** |x|; the gradient at 0 is 0. */
export function abs(x: Tensor): Tensor {
  checkTensors("abs", x);
  refuseBool("abs", x.dtype);
  return record(mapUnary("abs", x, x.dtype), "AbsBackward", [x], [(g) => mul(g, sign(x))], [x]);
}

/** −1, 0 or 1. */
export function sign(x: Tensor): Tensor {
  const out = mapUnary("sign", x, x.dtype);
  return record(out, "SignBackward", [x], [(g) => mul(g, 0)]);
}

/** xʸ; of the bases and exponents one may be a number. */
export function pow(a: Operand, b: Operand): Tensor {
  const [x, y] = promote(a, b);
  refuseBool("pow", x.dtype);
  if (x.dtype === "int32" && typeof b === "number" && b < 0) {
    throw new KullbackError(
      'pow: integers to negative integer powers are not allowed; convert with to("float32")',
    );
  }
  const isSquare = b === 2;
  const out = isSquare ? mapBinary("pow", "mul", x, x, x.dtype) : mapBinary("pow", power, x, y, x.dtype);
  const ofBase = (g: Tensor) =>
    isSquare ? mul(g, mul(x, 2)) : where(eq(y, 0), 0, mul(g, mul(y, pow(x, sub(y, 1)))));
  const flat = () => mapBinary("pow", (p, q) => (p === 0 && q >= 0 ? 1 : 0), x, y, "bool");
  const ofExponent = (g: Tensor) => where(flat(), 0, mul(g, mul(out, log(x))));
  return recordBinary(out, "PowBackward", x, y, [ofBase, ofExponent], y.requiresGrad ? [x, y, out] : [x, y]);
}

/** C's pow, which unlike JavaScript's gives 1 for 1^±∞, 1^NaN and (−1)^±∞. */
function power(x: number, y: number): number {
  if (x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY)) return 1;
  return x ** y;
}

/** x·log y, and 0 where x is 0 (NaN where y is NaN), as `torch.xlogy`. */
export function xlogy(a: Operand, b: Operand): Tensor {
  const [x, y] = promote(a, b, floatOf);
  const out = mapBinary("xlogy", "xlogy", x, y, x.dtype);
  const unlessZero = (g: Tensor) => where(mapBinary("xlogy", bothZero, x, y, "bool"), 0, mul(g, log(y)));
  return recordBinary(out, "XlogyBackward", x, y, [unlessZero, (g) => mul(g, div(x, y))], [x, y]);
}

function bothZero(x: number, y: number): number {
  return x === 0 && y <= 0 ? 1 : 0;
}

/**
 * Whether a gradient of `x`'s shape is best computed in one loop of its own: it is not to be recorded, and for so
 * few elements each operation costs more than its arithmetic.
 */
function inOneLoop(x: Tensor): boolean {
  return !isGradEnabled() && x.numel < 512;
}

/** 1 / (1 + e⁻ˣ). */
export function sigmoid(x: Tensor): Tensor {
  const out = mapUnary("sigmoid", x);
  const back = (g: Tensor) =>
    inOneLoop(out)
      ? mapBinary("sigmoid", (y, v) => v * y * (1 - y), out, g, g.dtype)
      : mul(g, mul(out, sub(1, out)));
  return record(out, "SigmoidBackward", [x], [back], [out]);
}

/** Hyperbolic tangent. */
export function tanh(x: Tensor): Tensor {
  const out = mapUnary("tanh", x);
  const back = (g: Tensor) =>
    inOneLoop(out)
      ? mapBinary("tanh", (y, v) => v * (1 - y * y), out, g, g.dtype)
      : mul(g, sub(1, mul(out, out)));
  return record(out, "TanhBackward", [x], [back], [out]);
}

/** max(x, 0); the gradient at 0 is 0. */
export function relu(x: Tensor): Tensor {
  checkTensors("relu", x);
  refuseBool("relu", x.dtype);
  const out = mapUnary("relu", x, x.dtype);
  return record(out, "ReluBackward", [x], [(g) => passPositive(out, g)], [out]);
}

/** g, but 0 where y ≤ 0. Linear in g; of y it only takes the sign. */
function passPositive(y: Tensor, g: Tensor): Tensor {
  const out = mapBinary("relu", "passPositive", y, g, g.dtype);
  return record(out, "ReluBackwardBackward", [g], [(v) => passPositive(y, v)], [y]);
}

/** Options of {@link softplus}. */
export interface SoftplusOptions {
  /** Steepness; default 1. */
  beta?: number;
  /** Where beta·x exceeds it, the result is x itself; default 20. */
  threshold?: number;
}

/** log(1 + exp(beta·x)) / beta, a smooth relu. */
export function softplus(x: Tensor, { beta = 1, threshold = 20 }: SoftplusOptions = {}): Tensor {
  requireFloat("softplus", x);
  checkNumber("softplus", "beta", beta);
  checkNumber("softplus", "threshold", threshold);
  const out = mapUnary((a) => (a * beta > threshold ? a : Math.log1p(Math.exp(a * beta)) / beta), x);
  const slope = () => where(gt(mul(x, beta), threshold), 1, sigmoid(mul(x, beta)));
  return record(out, "SoftplusBackward", [x], [(g) => mul(g, slope())], [x]);
}

/** The error function, 2/√π ∫₀ˣ exp(−u²) du. */
export function erf(x: Tensor): Tensor {
  const density = () => mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI));
  return record(mapUnary("erf", x), "ErfBackward", [x], [(g) => mul(g, density())], [x]);
}

/** Options of {@link gelu}. */
export interface GeluOptions {
  /** `"none"` (default) for x·Φ(x), `"tanh"` for its approximation. */
  approximate?: "none" | "tanh";
}

/**
 * Gaussian error linear unit, x·Φ(x) with Φ the standard normal distribution function.
 *
 * D. Hendrycks and K. Gimpel, "Gaussian Error Linear Units" (2016), arXiv:1606.08415.
 */
export function gelu(x: Tensor, { approximate = "none" }: GeluOptions = {}): Tensor {
  requireFloat("gelu", x);
  if (approximate === "tanh") {
    const inner = mul(add(x, mul(pow(x, 3), 0.044715)), Math.sqrt(2 / Math.PI));
    return mul(mul(x, 0.5), add(tanh(inner), 1));
  }
  if (approximate !== "none") {
    throw new KullbackError(`gelu: approximate must be "none" or "tanh", got ${String(approximate)}`);
  }
  const out = mapUnary((a) => a * normalCdf(a), x);
  const slope = () => {
    const cdf = mul(add(erf(mul(x, Math.SQRT1_2)), 1), 0.5);
    const density = mul(exp(mul(mul(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return add(cdf, mul(x, density));
  };
  const back = (g: Tensor) =>
    isGradEnabled() ? mul(g, slope()) : mapBinary("gelu", timesGeluSlope, x, g, g.dtype);
  return record(out, "GeluBackward", [x], [back], [x]);
}

/** Φ(a), the probability that a standard normal number is below a. */
function normalCdf(a: number): number {
  return 0.5 * erfcKernel(-a * Math.SQRT1_2);
}

/** g times the slope of gelu at a. */
function timesGeluSlope(a: number, g: number): number {
  return g * (normalCdf(a) + (a * Math.exp(-0.5 * a * a)) / Math.sqrt(2 * Math.PI));
}
