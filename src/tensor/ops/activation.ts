// Elementwise activations that have no other home.

import { record } from "../autograd/record.js";
import { checkNumber } from "../check.js";
import { noGrad } from "../tape/gradMode.js";
import type { Tensor } from "../tensor.js";
import { add, mul, sub } from "./arithmetic.js";
import { gt, where } from "./compare.js";
import { sigmoid } from "./math.js";
import { mapUnary, requireFloat } from "./pointwise.js";

/** x where it is positive, else x · negativeSlope (default 0.01); the slope at 0 is negativeSlope. */
export function leakyRelu(x: Tensor, negativeSlope = 0.01): Tensor {
  requireFloat("leakyRelu", x);
  checkNumber("leakyRelu", "negativeSlope", negativeSlope);
  const out = mapUnary((a) => (a > 0 ? a : a * negativeSlope), x);
  return record(out, "LeakyReluBackward", [x], [(g) => where(gt(x, 0), g, mul(g, negativeSlope))], [x]);
}

/**
 * x · sigmoid(x), also called swish.
 *
 * S. Elfwing et al., "Sigmoid-Weighted Linear Units" (2017), arXiv:1702.03118.
 */
export function silu(x: Tensor): Tensor {
  requireFloat("silu", x);
  const out = noGrad(() => mul(x, sigmoid(x)));
  const slope = () => {
    const s = sigmoid(x);
    return mul(s, add(mul(x, sub(1, s)), 1));
  };
  return record(out, "SiluBackward", [x], [(g) => mul(g, slope())], [x]);
}
