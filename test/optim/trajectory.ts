import { Parameter } from "../../src/nn/index.js";
import { type Tensor, tensor } from "../../src/tensor/index.js";

/** The parameters that test/oracle/optim.py starts from. */
export function startingPoint(dtype: "float32" | "float64"): [Tensor, Tensor] {
  const values = Array.from({ length: 7 }, (_, i) => (((5 * i) % 11) + 1) / 8);
  const second = tensor(values.slice(3), { dtype }).reshape([2, 2]);
  return [new Parameter(tensor(values.slice(0, 3), { dtype })), new Parameter(second)];
}

/** Gives the parameters the gradients of that script's step `step`. */
export function setGradients([first, second]: readonly Tensor[], step: number): void {
  const gradient = Array.from({ length: 7 }, (_, i) => (((7 * i + 13 * step) % 31) - 15) / 16);
  const { dtype } = first;
  first.grad = tensor(gradient.slice(0, 3), { dtype });
  second.grad = step === 2 ? null : tensor(gradient.slice(3), { dtype }).reshape([2, 2]);
}

/** All elements of the parameters. */
export function elements(params: readonly Tensor[]): number[] {
  return params.flatMap((param) => Array.from(param.data));
}
