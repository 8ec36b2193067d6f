import type { DType } from "../../src/kernels/index.js";
import { type Shape, type Tensor, tensor } from "../../src/tensor/index.js";

/** The inputs of test/oracle/modules.py: ((37i + 11k) mod 64 − 31.5) / 16, which float32 holds exactly. */
export function wave(k: number, shape: Shape, dtype: DType): Tensor {
  const numel = shape.reduce((n, size) => n * size, 1);
  const values = Array.from({ length: numel }, (_, i) => (((i * 37 + 11 * k) % 64) - 31.5) / 16);
  return tensor(values, { dtype }).reshape(shape);
}
