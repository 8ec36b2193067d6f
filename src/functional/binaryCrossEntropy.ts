import { KullbackError } from "../errors.js";
import { isFloat } from "../kernels/index.js";
import {
  add,
  clamp,
  describeShape,
  div,
  log,
  log1p,
  mapBinary,
  mul,
  neg,
  recordBinary,
  sameShape,
  sub,
  type Tensor,
} from "../tensor/index.js";
import { logSigmoid } from "./logSigmoid.js";
import { checkReduction, checkTensors, type LossReduction, reduceLoss } from "./loss.js";

/** Options of {@link binaryCrossEntropy} and `nn.BCELoss`. */
export interface BinaryCrossEntropyOptions {
  /** Multiplies the elements, broadcast to the input's shape; default 1. */
  weight?: Tensor;
  /** What becomes of the elements; default `"mean"`. */
  reduction?: LossReduction;
}

/** Options of {@link binaryCrossEntropyWithLogits} and `nn.BCEWithLogitsLoss`. */
export interface BinaryCrossEntropyWithLogitsOptions extends BinaryCrossEntropyOptions {
  /** Multiplies the part of positive targets, broadcast to the target's shape; default 1. */
  posWeight?: Tensor;
}

function check(name: string, input: Tensor, target: Tensor, reduction: string): void {
  checkTensors(name, input, target);
  checkReduction(name, reduction);
  if (!sameShape(input.shape, target.shape)) {
    throw new KullbackError(
      `${name}: target size (${describeShape(target.shape)}) must be the same as input size ` +
        `(${describeShape(input.shape)})`,
    );
  }
  if (!isFloat(input.dtype) || !isFloat(target.dtype)) {
    throw new KullbackError(`${name}: wanted floating-point tensors, got ${input.dtype} and ${target.dtype}`);
  }
}

function finish(elements: Tensor, { weight, reduction = "mean" }: BinaryCrossEntropyOptions): Tensor {
  return reduceLoss(weight === undefined ? elements : mul(elements, weight), reduction);
}

/** Logarithms below this are taken for it, so that a loss at probability 0 is finite. */
const LEAST_LOG = -100;

/** The least variance that a gradient is divided by, in the float32 that PyTorch keeps it in. */
const LEAST_VARIANCE = Math.fround(1e-12);

/**
 * −(target·log input + (1 − target)·log(1 − input)), as `torch.nn.functional.binary_cross_entropy`, logarithms
 * being −100 at least. Prefer {@link binaryCrossEntropyWithLogits}, which loses no digits.
 *
 * @param input - probabilities, any shape
 * @param target - probabilities of the input's shape
 * @returns nats: a 0-d tensor, or with `reduction: "none"` one of the input's shape
 * @throws KullbackError if shapes or dtypes do not fit, or an input is not between 0 and 1
 */
export function binaryCrossEntropy(
  input: Tensor,
  target: Tensor,
  options: BinaryCrossEntropyOptions = {},
): Tensor {
  check("binaryCrossEntropy", input, target, options.reduction ?? "mean");
  for (const x of input.data) {
    if (!(x >= 0 && x <= 1)) {
      throw new KullbackError(
        `binaryCrossEntropy: all elements of input should be between 0 and 1, got ${x}`,
      );
    }
  }
  const limited = (logarithm: number) => Math.max(logarithm, LEAST_LOG);
  const values = mapBinary(
    "binaryCrossEntropy",
    (x, t) => (t - 1) * limited(Math.log1p(-x)) - t * limited(Math.log(x)),
    input,
    target,
    input.dtype,
  );
  const slope = () => div(sub(input, target), clamp(mul(sub(1, input), input), LEAST_VARIANCE));
  const odds = () => sub(clamp(log1p(neg(input)), LEAST_LOG), clamp(log(input), LEAST_LOG));
  const elements = recordBinary(
    values,
    "BinaryCrossEntropyBackward",
    input,
    target,
    [(grad) => mul(grad, slope()), (grad) => mul(grad, odds())],
    [input, target],
  );
  return finish(elements, options);
}

/**
 * The cross-entropy of `target` and sigmoid(input), as
 * `torch.nn.functional.binary_cross_entropy_with_logits`: (1 − t)·x + (1 + (posWeight − 1)·t)·log(1 + e⁻ˣ).
 *
 * @param input - logits, any shape
 * @param target - probabilities of the input's shape
 * @returns nats: a 0-d tensor, or with `reduction: "none"` one of the input's shape
 * @throws KullbackError if shapes or dtypes do not fit, or the reduction is unknown
 */
export function binaryCrossEntropyWithLogits(
  input: Tensor,
  target: Tensor,
  options: BinaryCrossEntropyWithLogitsOptions = {},
): Tensor {
  check("binaryCrossEntropyWithLogits", input, target, options.reduction ?? "mean");
  const { posWeight } = options;
  const positive = neg(logSigmoid(input));
  const share = posWeight === undefined ? undefined : add(mul(sub(posWeight, 1), target), 1);
  const elements = add(mul(sub(1, target), input), share === undefined ? positive : mul(share, positive));
  return finish(elements, options);
}
