import { isFloat } from "../../kernels/index.js";
import { isAnomalyDetected, traceOf } from "../tape/anomaly.js";
import { isGradEnabled } from "../tape/gradMode.js";
import { GradNode, type Vjp } from "../tape/node.js";
import { latestWalk } from "../tape/walks.js";
import type { Tensor } from "../tensor.js";

/**
 * Puts the operation that made `out` on the tape, if recording is on and an input requires a
 * gradient. `vjps[i]` maps the gradient of `out` to that of `inputs[i]`, by recorded operations, so
 * that gradients can be differentiated again. `saved` names the tensors the vjps read: they must not
 * be changed in place before `backward`, and are let go of after it. A node that saved nothing keeps its
 * vjps, and with them whatever any function made beside them refers to: let none refer to a tensor.
 * `owned` names tensors made for the vjps alone, whose memory is given back then.
 *
 * Where gradients are not recorded themselves, all tensors that vjps get, make or return belong to the walk, which
 * gives their memory back when it has passed: no vjp may keep one for later, or make one of an older one's array.
 */
export function record(
  out: Tensor,
  name: string,
  inputs: readonly Tensor[],
  vjps: readonly Vjp<Tensor>[],
  saved: readonly Tensor[] = [],
  owned: readonly Tensor[] = [],
): Tensor {
  if (!isGradEnabled() || !inputs.some((input) => input.requiresGrad)) return out;
  const edges = inputs.map((input) => input.edge());
  const node = new GradNode(name, edges, vjps, saved, undefined, owned);
  if (isAnomalyDetected()) node.trace = traceOf(name, holdsNan(out));
  out.setGradFn(node);
  return out;
}

/** Whether an element of a floating-point tensor is NaN. */
export function holdsNan(x: Tensor): boolean {
  return isFloat(x.dtype) && x.data.some(Number.isNaN);
}

/**
 * A function computed once for each gradient of each walk, for operations whose inputs' gradients come out of one
 * computation.
 */
export function once<R>(compute: (grad: Tensor) => R): (grad: Tensor) => R {
  let last: Tensor | undefined;
  let walk = 0;
  let result: R | undefined;
  return (grad) => {
    if (last !== grad || walk !== latestWalk() || result === undefined) {
      result = compute(grad);
      last = grad;
      walk = latestWalk();
    }
    return result;
  };
}
