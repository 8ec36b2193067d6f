import { KullbackError } from "../errors.js";
import { F } from "../functional/index.js";
import type { FloatDType } from "../kernels/index.js";
import {
  add,
  checkTensors,
  describeShape,
  full,
  linear,
  matmul,
  mean,
  mul,
  narrow,
  noGrad,
  permute,
  reshape,
  sameShape,
  softmax,
  squeeze,
  type Tensor,
  transpose,
  unsqueeze,
  where,
  zeros,
} from "../tensor/index.js";
import { xavierUniform_, zeros_ } from "./init/index.js";
import { Linear } from "./linear.js";
import { Module } from "./module.js";
import { Parameter } from "./parameter.js";

/** Options of {@link MultiheadAttention}. */
export interface MultiheadAttentionOptions {
  /** Probability of an attention weight to be dropped in training; default 0. */
  dropout?: number;
  /** Whether the projections have biases; default true. */
  bias?: boolean;
  /** Features of the keys; default embedDim. */
  kdim?: number;
  /** Features of the values; default embedDim. */
  vdim?: number;
  /** Whether inputs are [batch, sequence, features] and not [sequence, batch, features]; default false. */
  batchFirst?: boolean;
  /** Element type of the parameters; default `"float32"`. */
  dtype?: FloatDType;
}

/** Options of {@link MultiheadAttention.forward}. In bool masks, true is what must not be attended to. */
export interface AttendOptions {
  /** [batch, S], or [S] without a batch: bool, or floating-point numbers to add to the scores. */
  keyPaddingMask?: Tensor;
  /** Whether the attention weights are wanted; default true. Without them it is faster. */
  needWeights?: boolean;
  /** [L, S] or [batch · heads, L, S]: bool, or floating-point numbers to add to the scores. */
  attnMask?: Tensor;
  /** Whether the weights are averaged over the heads; default true. */
  averageAttnWeights?: boolean;
  /** Says that `attnMask`, which must be given, is the causal one; default false. */
  isCausal?: boolean;
}

/**
 * Attention with several heads: query, key and value are projected, each head attends with its share of the
 * features, and the heads' results are projected together.
 *
 * A. Vaswani et al., "Attention Is All You Need" (2017), arXiv:1706.03762.
 */
export class MultiheadAttention extends Module {
  readonly embedDim: number;
  readonly kdim: number;
  readonly vdim: number;
  readonly numHeads: number;
  readonly dropout: number;
  readonly batchFirst: boolean;
  /** [3·embedDim, embedDim], for query, key and value; undefined if `kdim` or `vdim` differ */
  inProjWeight: Parameter | undefined;
  /** [embedDim, embedDim], if `kdim` or `vdim` differ */
  qProjWeight: Parameter | undefined;
  /** [embedDim, kdim], if `kdim` or `vdim` differ */
  kProjWeight: Parameter | undefined;
  /** [embedDim, vdim], if `kdim` or `vdim` differ */
  vProjWeight: Parameter | undefined;
  /** [3·embedDim] */
  inProjBias: Parameter | undefined;
  outProj: Linear;

  /** @throws KullbackError unless `embedDim` is a multiple of `numHeads` */
  constructor(embedDim: number, numHeads: number, options: MultiheadAttentionOptions = {}) {
    super();
    const { dropout = 0, bias = true, kdim = embedDim, vdim = embedDim, batchFirst = false } = options;
    const { dtype = "float32" } = options;
    if (!(embedDim > 0 && numHeads > 0)) {
      throw new KullbackError(
        `MultiheadAttention: embedDim and numHeads must be greater than 0, got ${embedDim} and ${numHeads}`,
      );
    }
    if (!Number.isInteger(numHeads) || !Number.isInteger(embedDim / numHeads)) {
      throw new KullbackError(
        `MultiheadAttention: embedDim must be divisible by numHeads, got ${embedDim} and ${numHeads}`,
      );
    }
    if (!(dropout >= 0 && dropout <= 1)) {
      throw new KullbackError(
        `MultiheadAttention: dropout has to be a probability between 0 and 1, but got ${dropout}`,
      );
    }
    this.embedDim = embedDim;
    this.kdim = kdim;
    this.vdim = vdim;
    this.numHeads = numHeads;
    this.dropout = dropout;
    this.batchFirst = batchFirst;
    const weight = (rows: number, columns: number) => new Parameter(zeros([rows, columns], { dtype }));
    if (kdim === embedDim && vdim === embedDim) {
      this.inProjWeight = weight(3 * embedDim, embedDim);
    } else {
      this.qProjWeight = weight(embedDim, embedDim);
      this.kProjWeight = weight(embedDim, kdim);
      this.vProjWeight = weight(embedDim, vdim);
    }
    this.inProjBias = bias ? new Parameter(zeros([3 * embedDim], { dtype })) : undefined;
    this.outProj = new Linear(embedDim, embedDim, { bias, dtype });
    this.resetParameters();
  }

  /** Draws the projections' weights anew, apart from `outProj`'s, and sets the biases to zero. */
  resetParameters(): void {
    for (const weight of [this.inProjWeight, this.qProjWeight, this.kProjWeight, this.vProjWeight]) {
      if (weight !== undefined) xavierUniform_(weight);
    }
    if (this.inProjBias !== undefined) zeros_(this.inProjBias);
    if (this.outProj.bias !== undefined) zeros_(this.outProj.bias);
  }

  /**
   * @param query - [L, batch, embedDim], or [batch, L, embedDim] if `batchFirst`, or [L, embedDim]
   * @param key - the same with S in the place of L, and kdim
   * @param value - the same with S in the place of L, and vdim
   * @returns the result, of the query's shape, and, if wanted, the weights [batch, L, S], or
   * [batch, heads, L, S] if not averaged; without the batch if the inputs have none
   * @throws KullbackError if shapes, dtypes or options do not fit
   */
  forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    options: AttendOptions = {},
  ): [output: Tensor, weights: Tensor | undefined] {
    checkTensors("MultiheadAttention", query, key, value);
    if (query.ndim !== 2 && query.ndim !== 3) {
      throw new KullbackError(
        `MultiheadAttention: query should be unbatched 2D or batched 3D, got shape ${describeShape(query.shape)}`,
      );
    }
    if (query.ndim === 3) return this.#attend(query, key, value, this.batchFirst, options);
    const { keyPaddingMask } = options;
    const [output, weights] = this.#attend(
      unsqueeze(query, 0),
      unsqueeze(key, 0),
      unsqueeze(value, 0),
      true,
      {
        ...options,
        keyPaddingMask: keyPaddingMask && unsqueeze(keyPaddingMask, 0),
      },
    );
    return [squeeze(output, 0), weights && squeeze(weights, 0)];
  }

  #attend(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    batchFirst: boolean,
    options: AttendOptions,
  ): [Tensor, Tensor | undefined] {
    const { needWeights = true, averageAttnWeights = true, isCausal = false } = options;
    this.#check(query, key, value, batchFirst ? 0 : 1);
    const q = this.#heads(query, 0, batchFirst);
    const k = this.#heads(key, 1, batchFirst);
    const v = this.#heads(value, 2, batchFirst);
    const { keyPaddingMask, attnMask } = options;
    if (isCausal && attnMask === undefined) {
      throw new KullbackError(
        "MultiheadAttention: needs attnMask if isCausal says that it is the causal one",
      );
    }
    const causal = isCausal && keyPaddingMask === undefined && !needWeights;
    const [batch, , length] = q.shape;
    const mask = causal ? undefined : this.#mask([batch, this.numHeads, length, k.shape[2]], q, options);
    const p = this.training ? this.dropout : 0;
    if (!needWeights) {
      const heads = F.scaledDotProductAttention(q, k, v, { attnMask: mask, dropoutP: p, isCausal: causal });
      return [this.#join(heads, batchFirst), undefined];
    }
    const scores = matmul(mul(q, Math.sqrt(1 / q.shape[3])), transpose(k, -2, -1));
    const weights = F.dropout(softmax(mask === undefined ? scores : add(scores, mask), -1), { p });
    const output = this.#join(matmul(weights, v), batchFirst);
    return [output, averageAttnWeights ? mean(weights, 1) : weights];
  }

  /** The projection of an input, `which` of query, key and value, as [batch, heads, length, features]. */
  #heads(x: Tensor, which: number, batchFirst: boolean): Tensor {
    const { embedDim, numHeads, inProjWeight, inProjBias } = this;
    const own = [this.qProjWeight, this.kProjWeight, this.vProjWeight][which];
    const weight = own ?? narrow(inProjWeight!, 0, which * embedDim, embedDim);
    const bias = inProjBias && narrow(inProjBias, 0, which * embedDim, embedDim);
    const split = reshape(linear(x, weight, bias), [...x.shape.slice(0, 2), numHeads, embedDim / numHeads]);
    return permute(split, batchFirst ? [0, 2, 1, 3] : [1, 2, 0, 3]);
  }

  /** The heads' results [batch, heads, length, features] projected together, in the inputs' layout. */
  #join(heads: Tensor, batchFirst: boolean): Tensor {
    const ordered = permute(heads, batchFirst ? [0, 2, 1, 3] : [2, 0, 1, 3]);
    return this.outProj.forward(reshape(ordered, [...ordered.shape.slice(0, 2), this.embedDim]));
  }

  /** Both masks together, in numbers to add to scores of `shape` [batch, heads, L, S]. */
  #mask(shape: readonly number[], like: Tensor, options: AttendOptions): Tensor | undefined {
    const [batch, heads, length, keys] = shape;
    const { attnMask, keyPaddingMask } = options;
    const attending = attnMask && additive("attnMask", attnMask, like);
    const padding = keyPaddingMask && additive("keyPaddingMask", keyPaddingMask, like);
    if (padding !== undefined && !sameShape(padding.shape, [batch, keys])) {
      throw new KullbackError(
        `MultiheadAttention: keyPaddingMask should have shape ${describeShape([batch, keys])}, got ` +
          describeShape(padding.shape),
      );
    }
    const columns = padding && reshape(padding, [batch, 1, 1, keys]);
    if (attending === undefined) return columns;
    const each = sameShape(attending.shape, [batch * heads, length, keys]);
    if (!each && !sameShape(attending.shape, [length, keys])) {
      throw new KullbackError(
        `MultiheadAttention: attnMask should have shape ${describeShape([length, keys])} or ` +
          `${describeShape([batch * heads, length, keys])}, got ${describeShape(attending.shape)}`,
      );
    }
    const scores = each ? reshape(attending, shape) : attending;
    return columns === undefined ? scores : add(scores, columns);
  }

  #check(query: Tensor, key: Tensor, value: Tensor, batchAxis: number): void {
    const inputs = { query, key, value };
    const sizes = { query: this.embedDim, key: this.kdim, value: this.vdim };
    for (const [name, x] of Object.entries(inputs)) {
      const wanted = sizes[name as keyof typeof sizes];
      if (x.ndim === 3 && x.shape[2] === wanted) continue;
      throw new KullbackError(
        `MultiheadAttention: expected ${name} to have as many axes as query, and ${wanted} features, got shape ` +
          describeShape(x.shape),
      );
    }
    const fits =
      sameShape(key.shape.slice(0, 2), value.shape.slice(0, 2)) &&
      key.shape[batchAxis] === query.shape[batchAxis];
    if (fits) return;
    throw new KullbackError(
      `MultiheadAttention: query, key and value do not fit together: shapes ${describeShape(query.shape)}, ` +
        `${describeShape(key.shape)} and ${describeShape(value.shape)}`,
    );
  }
}

/** A mask as numbers to add to scores of the dtype of `like`. */
function additive(name: string, mask: Tensor, like: Tensor): Tensor {
  if (mask.dtype === "bool") {
    return noGrad(() => where(mask, Number.NEGATIVE_INFINITY, full([], 0, { dtype: like.dtype })));
  }
  if (mask.dtype === like.dtype) return mask;
  throw new KullbackError(
    `MultiheadAttention: ${name} should be bool or ${like.dtype} as the query is, got ${mask.dtype}`,
  );
}
