import { KullbackError } from "../../errors.js";
import { defaultGenerator, erfc, type FloatArray, fillNormal, fillUniform } from "../../kernels/index.js";
import type { Tensor } from "../../tensor/index.js";
import { type InitOptions, overwrite } from "./fill.js";

/** Options of {@link truncNormal_}. */
export interface TruncNormalOptions extends InitOptions {
  /** Mean before truncation; default 0. */
  mean?: number;
  /** Standard deviation before truncation; default 1. */
  std?: number;
  /** Smallest value; default −2. */
  a?: number;
  /** Largest value; default 2. */
  b?: number;
}

const normalCdf = (x: number) => erfc(-x * Math.SQRT1_2) / 2;

/**
 * Fills `x` with normal numbers that lie in [a, b]: those outside are drawn again, as in
 * `torch.nn.init.trunc_normal_` (2.13). Where less than 30 % lie inside, uniform numbers are accepted with
 * their probability instead.
 *
 * @throws KullbackError unless a < b and std > 0
 */
export function truncNormal_(x: Tensor, options: TruncNormalOptions = {}): Tensor {
  const { mean = 0, std = 1, a = -2, b = 2, generator = defaultGenerator } = options;
  if (!(a < b && std > 0)) {
    throw new KullbackError(`truncNormal_: wanted a < b and std > 0, got a=${a}, b=${b}, std=${std}`);
  }
  const inside = normalCdf((b - mean) / std) - normalCdf((a - mean) / std);
  return overwrite("truncNormal_", x, (values) => {
    const round = values instanceof Float32Array ? Math.fround : Number;
    if (inside > 0.3) {
      const [low, high] = [round(a), round(b)];
      drawUntil(
        values,
        (candidates) => fillNormal(candidates, generator, mean, std),
        (candidate) => candidate >= low && candidate <= high,
      );
      return;
    }
    const mode = Math.max(a, Math.min(mean, b));
    const logPeak = -0.5 * ((mode - mean) / std) ** 2;
    const chances = values.slice();
    drawUntil(
      values,
      (candidates) => {
        fillUniform(candidates, generator, a, b);
        fillUniform(chances, generator);
      },
      (candidate, i) => Math.log(chances[i]) <= -0.5 * ((candidate - mean) / std) ** 2 - logPeak,
    );
  });
}

/** Rejection sampling in rounds: every round draws a candidate for every element, as PyTorch does. */
function drawUntil(
  values: FloatArray,
  draw: (candidates: FloatArray) => void,
  accept: (candidate: number, i: number) => boolean,
): void {
  const candidates = values.slice();
  let pending = Array.from(values.keys());
  while (pending.length > 0) {
    draw(candidates);
    for (const i of pending) values[i] = candidates[i];
    pending = pending.filter((i) => !accept(values[i], i));
  }
}
