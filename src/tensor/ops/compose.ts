import { grad } from "../autograd/engine.js";
import type { Tensor } from "../tensor.js";
import { view } from "./layout.js";

/**
 * Recorded gradients of an operation whose kernel has gradients that are not: those of `compose`, the same
 * function of `inputs` made of recorded operations, which can be differentiated again. Undefined for inputs that
 * require none.
 * @internal
 */
export function composedGradients(
  compose: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  gradOutput: Tensor,
): (Tensor | undefined)[] {
  // Views of their own tell apart inputs that are one tensor.
  const own = inputs.map((x) => view(x, x.shape));
  const wanted = own.filter((x) => x.requiresGrad);
  const found = grad(compose(...own), wanted, { gradOutputs: gradOutput, createGraph: true });
  return own.map((x) => found[wanted.indexOf(x)]);
}
