import { KullbackError } from "../errors.js";
import {
  add,
  clamp,
  describeShape,
  div,
  eq,
  mul,
  type Shape,
  sameShape,
  sqrt,
  sub,
  sum,
  type Tensor,
  where,
} from "../tensor/index.js";
import { checkReduction, checkTensors, type LossReduction, reduceLoss } from "./loss.js";

/** Options of {@link cosineEmbeddingLoss} and `nn.CosineEmbeddingLoss`. */
export interface CosineEmbeddingLossOptions {
  /** The cosine up to which vectors of target −1 cost nothing; default 0. */
  margin?: number;
  /** What becomes of the elements; default `"mean"`. */
  reduction?: LossReduction;
}

/** Keeps the cosine of vectors of length 0 finite, as in PyTorch. */
const TINY = 1e-12;

/**
 * 1 − cos(a, b) where the target is 1, max(0, cos(a, b) − margin) where it is −1, as
 * `torch.nn.functional.cosine_embedding_loss`.
 *
 * @param input1 - vectors, [rows, features] or [features]
 * @param input2 - vectors of the same shape
 * @param target - 1 or −1 for each row: [rows] or 0-d
 * @returns a 0-d tensor, or with `reduction: "none"` one of the target's shape
 * @throws KullbackError if shapes do not fit or the reduction is unknown
 */
export function cosineEmbeddingLoss(
  input1: Tensor,
  input2: Tensor,
  target: Tensor,
  { margin = 0, reduction = "mean" }: CosineEmbeddingLossOptions = {},
): Tensor {
  checkTensors("cosineEmbeddingLoss", input1, input2, target);
  checkReduction("cosineEmbeddingLoss", reduction);
  const rows: Shape = input1.shape.slice(0, -1);
  const fits = input1.ndim >= 1 && input1.ndim <= 2 && sameShape(input1.shape, input2.shape);
  if (!fits || !sameShape(target.shape, rows)) {
    const shapes = [input1, input2, target].map(({ shape }) => describeShape(shape)).join(", ");
    throw new KullbackError(
      `cosineEmbeddingLoss: wanted inputs [rows, features] and a target [rows], or [features] and 0-d, got ${shapes}`,
    );
  }
  const dot = (a: Tensor, b: Tensor) => sum(mul(a, b), -1);
  const squares = mul(add(dot(input1, input1), TINY), add(dot(input2, input2), TINY));
  const cosine = div(dot(input1, input2), sqrt(squares));
  const alike = where(eq(target, 1), sub(1, cosine), 0);
  const unlike = where(eq(target, -1), clamp(sub(cosine, margin), 0), 0);
  return reduceLoss(add(alike, unlike), reduction);
}
