import { KullbackError } from "../errors.js";
import { isFloat } from "../kernels/index.js";
import {
  add,
  amax,
  broadcastShapes,
  checkNumber,
  describeShape,
  eq,
  full,
  leaf,
  matmul,
  mul,
  noGrad,
  sameShape,
  softmax,
  type Tensor,
  transpose,
  where,
} from "../tensor/index.js";
import { dropout } from "./dropout.js";
import { checkTensors } from "./loss.js";

/** Options of {@link scaledDotProductAttention}. */
export interface AttentionOptions {
  /** Broadcasts to [..., L, S]: bool, true where a key takes part, or floating-point, added to the scores. */
  attnMask?: Tensor;
  /** Probability of a weight to be dropped, in evaluation too if it is not 0; default 0. */
  dropoutP?: number;
  /** Whether query i sees keys 0 … i only; default false. */
  isCausal?: boolean;
  /** Factor of the scores; default 1/√E. */
  scale?: number;
}

/**
 * softmax(query · keyᵀ · scale + mask) · value, as `torch.nn.functional.scaled_dot_product_attention`. A query
 * that sees no key gets zeros.
 *
 * A. Vaswani et al., "Attention Is All You Need" (2017), arXiv:1706.03762.
 *
 * @param query - [..., L, E]
 * @param key - [..., S, E]
 * @param value - [..., S, V]
 * @returns [..., L, V]
 * @throws KullbackError if shapes, dtypes or options do not fit
 */
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: AttentionOptions = {},
): Tensor {
  check(query, key, value, options);
  if (options.scale !== undefined) checkNumber("scaledDotProductAttention", "scale", options.scale);
  const { attnMask, dropoutP = 0, isCausal = false } = options;
  const { scale = 1 / Math.sqrt(query.shape[query.ndim - 1]) } = options;
  const scores = matmul(mul(query, scale), transpose(key, -2, -1));
  const weights = isCausal
    ? softmax(add(scores, causalMask(scores)), -1)
    : attnMask === undefined
      ? softmax(scores, -1)
      : safeSoftmax(add(scores, additive(attnMask, scores)));
  return matmul(dropout(weights, { p: dropoutP }), value);
}

/** A mask to be added to the scores; −∞ where a bool one is false. */
function additive(mask: Tensor, scores: Tensor): Tensor {
  return mask.dtype === "bool"
    ? noGrad(() => where(mask, full([], 0, { dtype: scores.dtype }), Number.NEGATIVE_INFINITY))
    : mask;
}

/** −∞ above the diagonal, which the last two axes of `scores` have. */
function causalMask({ shape, dtype }: Tensor): Tensor {
  const [queries, keys] = shape.slice(-2);
  const array = dtype === "float64" ? new Float64Array(queries * keys) : new Float32Array(queries * keys);
  for (let i = 0; i < queries; i++)
    array.fill(Number.NEGATIVE_INFINITY, i * keys + Math.min(i + 1, keys), (i + 1) * keys);
  return leaf(array, dtype, [queries, keys]);
}

/** Softmax over the last axis, with zeros and no gradient for rows of −∞ alone. */
function safeSoftmax(scores: Tensor): Tensor {
  const unseeing = noGrad(() => eq(amax(scores, -1, true), Number.NEGATIVE_INFINITY));
  if (!unseeing.data.includes(1)) return softmax(scores, -1);
  return where(unseeing, 0, softmax(where(unseeing, 0, scores), -1));
}

function check(query: Tensor, key: Tensor, value: Tensor, { attnMask, isCausal }: AttentionOptions): void {
  const name = "scaledDotProductAttention";
  checkTensors(name, query, key, value);
  const shapes = [query, key, value].map(({ shape }) => describeShape(shape)).join(", ");
  if ([query, key, value].some(({ ndim }) => ndim < 2)) {
    throw new KullbackError(
      `${name}: expected query, key and value to be at least 2-dimensional, got ${shapes}`,
    );
  }
  const dtypes = [query, key, value].map(({ dtype }) => dtype);
  if (new Set(dtypes).size > 1 || !isFloat(query.dtype)) {
    throw new KullbackError(
      `${name}: expected one floating-point dtype of query, key and value, got ${dtypes.join(", ")}`,
    );
  }
  if (query.shape.at(-1) !== key.shape.at(-1) || key.shape.at(-2) !== value.shape.at(-2)) {
    throw new KullbackError(
      `${name}: query [..., L, E], key [..., S, E] and value [..., S, V] do not fit together: ${shapes}`,
    );
  }
  if (attnMask === undefined) return;
  if (isCausal === true) {
    throw new KullbackError(`${name}: attnMask should not be set when isCausal is true`);
  }
  if (attnMask.dtype !== "bool" && attnMask.dtype !== query.dtype) {
    throw new KullbackError(
      `${name}: expected attnMask to be bool or ${query.dtype} as query is, got ${attnMask.dtype}`,
    );
  }
  const batch = broadcastShapes(name, query.shape.slice(0, -2), key.shape.slice(0, -2));
  const scores = [...batch, query.shape[query.ndim - 2], key.shape[key.ndim - 2]];
  if (!sameShape(broadcastShapes(name, attnMask.shape, scores), scores)) {
    throw new KullbackError(
      `${name}: attnMask of shape ${describeShape(attnMask.shape)} does not broadcast to the scores' ` +
        describeShape(scores),
    );
  }
}
