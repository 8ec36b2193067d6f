import { defaultGenerator, type FloatArray, fillUniform } from "../kernels/index.js";
import type { Tensor } from "../tensor/index.js";

/** Fills a new tensor with uniform numbers in [−bound, bound), as `torch.nn.init.uniform_`. */
export function uniform_(x: Tensor, bound: number): Tensor {
  fillUniform(x.data as FloatArray, defaultGenerator, -bound, bound);
  return x;
}

/**
 * Fills a new weight [out, in] with uniform numbers whose variance keeps that of the signal through a
 * layer followed by a leaky relu of negative slope `a`.
 *
 * K. He et al., "Delving Deep into Rectifiers" (2015), arXiv:1502.01852, eq. 10.
 */
export function kaimingUniform_(weight: Tensor, a: number): Tensor {
  // In PyTorch's order of operations, so that the bound is the same to the last bit.
  const gain = Math.sqrt(2 / (1 + a ** 2));
  return uniform_(weight, Math.sqrt(3) * (gain / Math.sqrt(weight.shape[1])));
}
