// What pointwise losses share: their reductions, and recording one together with its reduction.

import { KullbackError } from "../errors.js";
import { type elementwise, isFloat } from "../kernels/index.js";
import {
  describeShape,
  div,
  expand,
  mapBinary,
  mean,
  promote,
  recordBinary,
  sameShape,
  sum,
  type Tensor,
} from "../tensor/index.js";
import { warn } from "../warn.js";

export { checkTensors } from "../tensor/index.js";

/** What becomes of a loss's elements: kept, averaged or summed. */
export type LossReduction = "none" | "mean" | "sum";

/** PyTorch's deprecated way to choose a reduction; a left-out flag counts as true. */
export interface LegacyReduction {
  /** Deprecated: with `reduce`, true for `"mean"` and false for `"sum"`. */
  sizeAverage?: boolean;
  /** Deprecated: false for `"none"`. */
  reduce?: boolean;
}

/** The reduction that the legacy flags stand for, with a warning; undefined if neither was given. */
export function legacyReduction(
  name: string,
  { sizeAverage, reduce }: LegacyReduction,
): LossReduction | undefined {
  if (sizeAverage === undefined && reduce === undefined) return undefined;
  const reduction = reduce === false ? "none" : sizeAverage === false ? "sum" : "mean";
  warn(`${name}: sizeAverage and reduce are deprecated, please use reduction: "${reduction}" instead`);
  return reduction;
}

/** Throws unless `reduction` is one of {@link LossReduction}. */
export function checkReduction(name: string, reduction: string): asserts reduction is LossReduction {
  if (reduction !== "none" && reduction !== "mean" && reduction !== "sum") {
    throw new KullbackError(`${name}: ${String(reduction)} is not a valid value for reduction`);
  }
}

/** Warns if the shapes differ, since what broadcasting makes of them is seldom meant. */
export function warnOfBroadcasting(name: string, input: Tensor, target: Tensor): void {
  if (sameShape(input.shape, target.shape)) return;
  warn(
    `${name}: using a target of shape ${describeShape(target.shape)} that is different to the input's ` +
      `${describeShape(input.shape)}; broadcasting will likely lead to incorrect results`,
  );
}

/** `elements` kept, averaged or summed. */
export function reduceLoss(elements: Tensor, reduction: LossReduction): Tensor {
  return reduction === "none" ? elements : (reduction === "mean" ? mean : sum)(elements);
}

/** A pointwise loss: the name of its value at one pair of elements, and its gradients by recorded operations. */
export interface PointwiseLoss {
  /** As its node on the tape is called. */
  gradFn: string;
  value: elementwise.BinaryName | ((input: number, target: number) => number);
  /**
   * The gradient with respect to `input`, given that of the loss: one for each element, or, where both arguments have
   * the loss's full shape, one number for all. The result has the full shape in any case.
   */
  ofInput: (grad: Tensor, input: Tensor, target: Tensor) => Tensor;
  /** The gradient with respect to `target`, likewise. */
  ofTarget: (grad: Tensor, input: Tensor, target: Tensor) => Tensor;
  /** Those of the two that the gradients wanted are computed from. */
  saved: (input: Tensor, target: Tensor) => Tensor[];
}

/**
 * The loss of `input` and `target`, broadcast and of the dtype they promote to, reduced and divided by
 * `divisor`, recorded as one operation.
 */
export function pointwiseLoss(
  name: string,
  loss: PointwiseLoss,
  input: Tensor,
  target: Tensor,
  reduction: LossReduction,
  divisor = 1,
): Tensor {
  const [x, t] = promote(input, target);
  if (!isFloat(x.dtype)) {
    throw new KullbackError(
      `${name}: wanted a floating-point tensor among the two, got ${input.dtype} and ${target.dtype}`,
    );
  }
  const elements = mapBinary(name, loss.value, x, t, x.dtype);
  const { shape, numel } = elements;
  const reduced = reduceLoss(elements, reduction);
  if (reduction !== "none") elements.dispose();
  const out = divisor === 1 ? reduced : div(reduced, divisor);
  const share = reduction === "mean" ? Math.max(numel, 1) * divisor : divisor;
  // Operands of the full shape broadcast the one number themselves, which spares whole passes over copies of it.
  const isFull = sameShape(x.shape, shape) && sameShape(t.shape, shape);
  const ofElements = (grad: Tensor) => {
    const part = share === 1 ? grad : div(grad, share);
    return reduction === "none" || isFull ? part : expand(part, shape);
  };
  return recordBinary(
    out,
    loss.gradFn,
    x,
    t,
    [(grad) => loss.ofInput(ofElements(grad), x, t), (grad) => loss.ofTarget(ofElements(grad), x, t)],
    loss.saved(x, t),
  );
}
