import { KullbackError } from "../errors.js";
import { isFloat } from "../kernels/index.js";
import {
  add,
  describeShape,
  div,
  flatten,
  gather,
  mul,
  ne,
  neg,
  reshape,
  type Shape,
  sameShape,
  squeeze,
  sum,
  type Tensor,
  to,
  unsqueeze,
  where,
} from "../tensor/index.js";
import { checkReduction, checkTensors, type LossReduction } from "./loss.js";
import { logSoftmax } from "./softmax.js";

/** Options of {@link nllLoss} and `nn.NLLLoss`. */
export interface NllLossOptions {
  /** A weight for each class, [classes]; default 1. */
  weight?: Tensor;
  /** Targets of this value do not count; default −100. */
  ignoreIndex?: number;
  /** What becomes of the elements; `"mean"` (default) divides by the sum of their weights. */
  reduction?: LossReduction;
}

/** Options of {@link crossEntropy} and `nn.CrossEntropyLoss`. */
export interface CrossEntropyOptions extends NllLossOptions {
  /** Share of the target spread evenly over all classes, from 0 to 1; default 0. */
  labelSmoothing?: number;
}

/** The axis of classes: the only one, or the second. */
const classAxis = (input: Tensor) => (input.ndim === 1 ? 0 : 1);

/** Throws unless `target` holds a class for each row of `input`, and `weight` a number for each class. */
function checkClasses(name: string, input: Tensor, target: Tensor, weight: Tensor | undefined): void {
  const axis = classAxis(input);
  const rows: Shape = input.shape.filter((_, d) => d !== axis);
  if (input.ndim === 0)
    throw new KullbackError(`${name}: wanted an input with an axis of classes, got a 0-d tensor`);
  if (target.dtype !== "int32") {
    throw new KullbackError(`${name}: wanted int32 classes as target, got ${target.dtype}`);
  }
  if (!sameShape(rows, target.shape)) {
    throw new KullbackError(
      `${name}: wanted a target of shape ${describeShape(rows)} for an input of shape ` +
        `${describeShape(input.shape)}, got ${describeShape(target.shape)}`,
    );
  }
  checkWeight(name, input, weight);
}

function checkWeight(name: string, input: Tensor, weight: Tensor | undefined): void {
  if (weight === undefined) return;
  checkTensors(name, weight);
  const classes = input.shape[classAxis(input)];
  if (sameShape(weight.shape, [classes])) return;
  throw new KullbackError(
    `${name}: weight tensor should be defined either for all ${classes} classes or no classes, got shape ` +
      describeShape(weight.shape),
  );
}

/** A class for each row, with 0 for the rows that do not count, and which rows count. */
function classesOf(
  name: string,
  { shape }: Tensor,
  axis: number,
  target: Tensor,
  ignoreIndex: number,
): { index: Tensor; counts: Tensor } {
  for (const label of target.data) {
    if (label !== ignoreIndex && !(label >= 0 && label < shape[axis])) {
      throw new KullbackError(`${name}: target ${label} is out of bounds for ${shape[axis]} classes`);
    }
  }
  const counts = ne(target, ignoreIndex);
  return { index: where(counts, target, 0), counts };
}

/** The elements, or their sum divided by the sum of the weights of the rows that count. */
function reduceWeighted(elements: Tensor, weights: Tensor, reduction: LossReduction): Tensor {
  if (reduction === "none") return elements;
  return reduction === "sum" ? sum(elements) : div(sum(elements), sum(weights));
}

/** Of each row the weight of its class, 0 for rows that do not count. */
function rowWeights(index: Tensor, counts: Tensor, weight: Tensor | undefined, like: Tensor): Tensor {
  if (weight === undefined) return to(counts, like.dtype);
  const own = gather(to(weight, like.dtype), 0, flatten(index));
  return where(counts, reshape(own, index.shape), 0);
}

/**
 * The negative log-likelihood −weight[target]·input[target], as `torch.nn.functional.nll_loss`.
 *
 * @param input - log-probabilities, [classes], [rows, classes] or [rows, classes, …]
 * @param target - int32 classes, of the input's shape without the axis of classes
 * @returns a 0-d tensor, or with `reduction: "none"` one of the target's shape. The mean over no rows is NaN.
 * @throws KullbackError if shapes or dtypes do not fit, a target is no class, or the reduction is unknown
 */
export function nllLoss(input: Tensor, target: Tensor, options: NllLossOptions = {}): Tensor {
  checkTensors("nllLoss", input, target);
  const { reduction = "mean" } = options;
  checkReduction("nllLoss", reduction);
  const { elements, weights } = nllElements("nllLoss", input, target, options);
  return reduceWeighted(elements, weights, reduction);
}

function nllElements(
  name: string,
  input: Tensor,
  target: Tensor,
  { weight, ignoreIndex = -100 }: NllLossOptions,
) {
  checkClasses(name, input, target, weight);
  const axis = classAxis(input);
  const { index, counts } = classesOf(name, input, axis, target, ignoreIndex);
  const weights = rowWeights(index, counts, weight, input);
  const picked = squeeze(gather(input, axis, unsqueeze(index, axis)), axis);
  // A row that does not count may hold −∞, which a weight of 0 would turn into NaN.
  const weighted = weight === undefined ? neg(picked) : neg(mul(picked, weights));
  return { elements: where(counts, weighted, 0), weights, counts };
}

/**
 * The cross-entropy of `target` and softmax(input), as `torch.nn.functional.cross_entropy`.
 *
 * @param input - logits, [classes], [rows, classes] or [rows, classes, …]
 * @param target - int32 classes, of the input's shape without the axis of classes; or probabilities, of the
 * input's shape
 * @returns nats: a 0-d tensor, or with `reduction: "none"` one number for each row. `"mean"` divides by the sum
 * of the weights of the rows that count for classes, by the number of rows for probabilities.
 * @throws KullbackError if shapes or dtypes do not fit, a target is no class, or an option is out of range
 */
export function crossEntropy(input: Tensor, target: Tensor, options: CrossEntropyOptions = {}): Tensor {
  checkTensors("crossEntropy", input, target);
  const { reduction = "mean", labelSmoothing = 0, weight } = options;
  checkReduction("crossEntropy", reduction);
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new KullbackError(
      `crossEntropy: labelSmoothing must be between 0.0 and 1.0, got ${labelSmoothing}`,
    );
  }
  if (input.ndim === 0) {
    throw new KullbackError("crossEntropy: wanted an input with an axis of classes, got a 0-d tensor");
  }
  const logProbs = logSoftmax(input, classAxis(input));
  if (isFloat(target.dtype)) return ofProbabilities(logProbs, target, options, reduction, labelSmoothing);
  const { elements, weights, counts } = nllElements("crossEntropy", logProbs, target, options);
  const hard = reduceWeighted(elements, weights, reduction);
  if (labelSmoothing === 0) return hard;
  const axis = classAxis(input);
  const spread = where(counts, neg(sum(weightedClasses(logProbs, weight), axis)), 0);
  const smooth = reduceWeighted(spread, weights, reduction);
  return add(mul(hard, 1 - labelSmoothing), mul(smooth, labelSmoothing / input.shape[axis]));
}

/** log-probabilities, each times the weight of its class. */
function weightedClasses(logProbs: Tensor, weight: Tensor | undefined): Tensor {
  if (weight === undefined) return logProbs;
  const axis = classAxis(logProbs);
  const column = logProbs.shape.map((size, d) => (d === axis ? size : 1));
  return mul(logProbs, reshape(to(weight, logProbs.dtype), column));
}

function ofProbabilities(
  logProbs: Tensor,
  target: Tensor,
  { weight, ignoreIndex = -100 }: CrossEntropyOptions,
  reduction: LossReduction,
  labelSmoothing: number,
): Tensor {
  if (!sameShape(logProbs.shape, target.shape)) {
    throw new KullbackError(
      `crossEntropy: wanted probabilities of the input's shape ${describeShape(logProbs.shape)} or int32 classes ` +
        `as target, got ${target.dtype} of shape ${describeShape(target.shape)}`,
    );
  }
  if (ignoreIndex >= 0) {
    throw new KullbackError("crossEntropy: ignoreIndex is not supported for a target of probabilities");
  }
  checkWeight("crossEntropy", logProbs, weight);
  const axis = classAxis(logProbs);
  const classes = logProbs.shape[axis];
  const smoothed =
    labelSmoothing === 0 ? target : add(mul(target, 1 - labelSmoothing), labelSmoothing / classes);
  const products = mul(weightedClasses(logProbs, weight), smoothed);
  const elements = neg(sum(products, axis));
  if (reduction === "none") return elements;
  return reduction === "sum" ? sum(elements) : div(sum(elements), elements.numel);
}
