import { KullbackError } from "../errors.js";
import { allocateUnset, elementwise, isFloat } from "../kernels/index.js";
import {
  add,
  div,
  eq,
  exp,
  isGradEnabled,
  leaf,
  mul,
  neg,
  sameShape,
  sub,
  type Tensor,
  where,
  xlogy,
} from "../tensor/index.js";
import { warn } from "../warn.js";
import {
  checkReduction,
  checkTensors,
  type LegacyReduction,
  type LossReduction,
  legacyReduction,
  type PointwiseLoss,
  pointwiseLoss,
} from "./loss.js";

/** Options of {@link klDiv} and `nn.KLDivLoss`. */
export interface KlDivOptions extends LegacyReduction {
  /**
   * `"none"` keeps the elements, `"sum"` adds them up, `"batchmean"` divides their sum by the size of the
   * input's first axis, and `"mean"` (default, with a warning) divides it by the number of elements, which
   * is not a Kullback–Leibler divergence.
   */
  reduction?: LossReduction | "batchmean";
  /** Whether `target` holds log-probabilities; default false. */
  logTarget?: boolean;
}

/** The gradient with respect to the input does not depend on the input. */
function neededTensors(x: Tensor, t: Tensor): Tensor[] {
  return t.requiresGrad ? [x, t] : [t];
}

/** t·log t − t·x. The gradients are in the form, and so at t = 0 of the values, that PyTorch's are. */
const ofProbabilities: PointwiseLoss = {
  gradFn: "KlDivBackward",
  value: "klDiv",
  ofInput: (grad, _, t) => mul(neg(grad), t),
  ofTarget: (grad, x, t) => {
    const inOnePass = byTargetAtOnce(grad, x, t);
    if (inOnePass !== undefined) return inOnePass;
    const ofLog = where(eq(t, 0), 0, xlogy(grad, t));
    return add(add(ofLog, div(mul(grad, t), t)), mul(neg(grad), x));
  },
  saved: neededTensors,
};

/** The gradient by the target, where one number stands for all of `grad` and nothing is recorded, if a kernel does it. */
function byTargetAtOnce(grad: Tensor, x: Tensor, t: Tensor): Tensor | undefined {
  if (isGradEnabled() || grad.numel !== 1 || !sameShape(x.shape, t.shape)) return undefined;
  const out = allocateUnset(t.dtype, t.numel);
  return elementwise.klDivByTarget(x.data, t.data, grad.item(), out)
    ? leaf(out, t.dtype, t.shape)
    : undefined;
}

/** eᵗ·(t − x). */
const ofLogProbabilities: PointwiseLoss = {
  gradFn: "KlDivBackward",
  value: "klDivLogTarget",
  ofInput: (grad, _, t) => neg(mul(grad, exp(t))),
  ofTarget: (grad, x, t) => add(mul(mul(grad, sub(t, x)), exp(t)), mul(grad, exp(t))),
  saved: neededTensors,
};

/**
 * The pointwise Kullback–Leibler loss target·(log target − input), as `torch.nn.functional.kl_div`.
 * In nats. Nothing is checked or normalised: see `divergence` for a measure of two distributions.
 *
 * @param input - log-probabilities of the model, any shape
 * @param target - probabilities (log-probabilities with `logTarget`), of a shape that broadcasts with the
 * input's
 * @returns a 0-d tensor, or with `reduction: "none"` one of the broadcast shape, of the dtype that both
 * promote to; differentiable any number of times in both arguments
 * @throws KullbackError if the reduction is unknown, both arguments are integers, or shapes do not fit
 */
export function klDiv(input: Tensor, target: Tensor, options: KlDivOptions = {}): Tensor {
  checkTensors("klDiv", input, target);
  const { reduction = "mean", logTarget = false } = options;
  const legacy = legacyReduction("klDiv", options);
  if (legacy === undefined && reduction === "mean") {
    warn(
      'klDiv: reduction "mean" divides the total loss by both the batch size and the support size; "batchmean" ' +
        "divides only by the batch size and agrees with the mathematical definition",
    );
  }
  const elements = legacy ?? (reduction === "batchmean" ? "sum" : reduction);
  checkReduction("klDiv", elements);
  if (!isFloat(input.dtype) || !isFloat(target.dtype)) {
    throw new KullbackError(`klDiv: Integral inputs not supported, got ${input.dtype} and ${target.dtype}`);
  }
  // As in PyTorch, "batchmean" divides even what the legacy flags have reduced otherwise.
  const batch = reduction === "batchmean" && input.ndim > 0 ? input.shape[0] : 1;
  return pointwiseLoss(
    "klDiv",
    logTarget ? ofLogProbabilities : ofProbabilities,
    input,
    target,
    elements,
    batch,
  );
}
