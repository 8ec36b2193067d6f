import { isGradEnabled } from "../tape/gradMode.js";
import { GradNode, type Vjp } from "../tape/node.js";
import type { Tensor } from "../tensor.js";

/**
 * Puts the operation that made `out` on the tape, if recording is on and an input requires a
 * gradient. `vjps[i]` maps the gradient of `out` to that of `inputs[i]`, by recorded operations, so
 * that gradients can be differentiated again. `saved` names the tensors the vjps read: they must not
 * be changed in place before `backward`, and are let go of after it. A node that saved nothing keeps its
 * vjps, and with them whatever any function made beside them refers to: let none refer to a tensor.
 */
export function record(
  out: Tensor,
  name: string,
  inputs: readonly Tensor[],
  vjps: readonly Vjp<Tensor>[],
  saved: readonly Tensor[] = [],
): Tensor {
  if (!isGradEnabled() || !inputs.some((input) => input.requiresGrad)) return out;
  const edges = inputs.map((input) => input.edge());
  out.setGradFn(new GradNode(name, edges, vjps, saved));
  return out;
}

/**
 * A function computed once for each gradient, for operations whose inputs' gradients come out of one
 * computation.
 */
export function once<R>(compute: (grad: Tensor) => R): (grad: Tensor) => R {
  let last: Tensor | undefined;
  let result: R | undefined;
  return (grad) => {
    if (last !== grad || result === undefined) {
      result = compute(grad);
      last = grad;
    }
    return result;
  };
}
