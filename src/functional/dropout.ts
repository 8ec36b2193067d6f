import { KullbackError } from "../errors.js";
import { allocate, defaultGenerator, type FloatArray, fillBernoulli, isFloat } from "../kernels/index.js";
import { div, leaf, mul, noGrad, permute, type Tensor } from "../tensor/index.js";
import { checkTensors } from "./loss.js";

/** Options of {@link dropout}. */
export interface DropoutOptions {
  /** Probability of an element to become 0; default 0.5. */
  p?: number;
  /** Whether anything is done at all; default true. */
  training?: boolean;
}

/**
 * Each element 0 with probability `p`, else divided by 1 − p, as `torch.nn.functional.dropout`, and with the
 * numbers that it draws on CPU after the same seed.
 *
 * N. Srivastava et al., "Dropout", JMLR 15 (2014).
 *
 * @throws KullbackError unless p is from 0 to 1
 */
export function dropout(input: Tensor, { p = 0.5, training = true }: DropoutOptions = {}): Tensor {
  checkTensors("dropout", input);
  if (!(p >= 0 && p <= 1)) {
    throw new KullbackError(`dropout: probability has to be between 0 and 1, but got ${p}`);
  }
  if (p === 0 || !training || input.numel === 0) return input;
  if (!isFloat(input.dtype)) {
    throw new KullbackError(`dropout: wanted a floating-point tensor, got ${input.dtype}`);
  }
  return mul(input, p === 1 ? 0 : noGrad(() => div(keepMask(input, 1 - p), 1 - p)));
}

/** Ones with probability `keep`, drawn in the order in which the elements of `x` lie in memory, as PyTorch does. */
function keepMask(x: Tensor, keep: number): Tensor {
  const array = allocate(x.dtype, x.numel) as FloatArray;
  fillBernoulli(array, defaultGenerator, keep);
  const order = x.shape.map((_, d) => d).sort((a, b) => x.strides[b] - x.strides[a] || a - b);
  const inMemory = leaf(
    array,
    x.dtype,
    order.map((d) => x.shape[d]),
  );
  const inverse = order.map((_, d) => order.indexOf(d));
  return permute(inMemory, inverse);
}
