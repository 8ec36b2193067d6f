// Which tokens of a batch count in a loss, and how the numbers of tokens become one.

import { KullbackError } from "../errors.js";
import {
  checkTensors,
  describeShape,
  div,
  indexSelect,
  mul,
  ne,
  numelOf,
  reshape,
  type Shape,
  sameShape,
  sum,
  type Tensor,
  tensor,
  to,
  where,
  zeros,
} from "../tensor/index.js";

/**
 * How the losses of tokens become one:
 *
 * - `"none"`: a number for each token, 0 for those that do not count
 * - `"sum"`: their sum
 * - `"token-mean"`: their sum divided by the number of tokens that count, in the whole batch
 * - `"sequence-mean"`: the mean over the tokens of each sequence, then the mean over the sequences
 * - `"batchmean"`: their sum divided by the size of the first axis
 *
 * A mean over no tokens is 0. Sequences run along the last axis of the tokens; one in which no token counts
 * is left out of the mean.
 */
export type TokenReduction = "none" | "sum" | "token-mean" | "sequence-mean" | "batchmean";

const reductions: readonly string[] = ["none", "sum", "token-mean", "sequence-mean", "batchmean"];

/** Options of losses over tokens. */
export interface TokenOptions {
  /** Which tokens count: `bool`, of the tokens' shape. Default: all. */
  mask?: Tensor;
  /** The correct class of each token, `int32`: tokens where it is `ignoreIndex` do not count. */
  labels?: Tensor;
  /** Default −100. */
  ignoreIndex?: number;
  /** How the losses of tokens become one; default `"token-mean"`. */
  reduction?: TokenReduction;
}

/** The tokens of a batch: their shape, and which of them count. */
export class Tokens {
  readonly #shape: Shape;
  /** `bool`; undefined if all count. */
  readonly #counts: Tensor | undefined;
  readonly #reduction: TokenReduction;
  /** The places of the tokens that count, [count]; undefined if all do. */
  readonly #places: Tensor | undefined;

  /** @throws KullbackError if mask or labels do not fit the tokens, or the reduction is unknown */
  constructor(name: string, shape: Shape, options: TokenOptions) {
    const { mask, labels, ignoreIndex = -100, reduction = "token-mean" } = options;
    if (!reductions.includes(reduction)) {
      throw new KullbackError(
        `${name}: reduction must be one of ${reductions.map((r) => `"${r}"`).join(", ")}, got ${String(reduction)}`,
      );
    }
    const fits = (what: string, x: Tensor, dtype: string) => {
      checkTensors(name, x);
      if (x.dtype === dtype && sameShape(x.shape, shape)) return x;
      throw new KullbackError(
        `${name}: wanted ${what} of shape ${describeShape(shape)} and ${dtype}, got ${describeShape(x.shape)} and ${x.dtype}`,
      );
    };
    const labelled = labels && ne(fits("labels", labels, "int32"), ignoreIndex);
    const kept = mask && fits("mask", mask, "bool");
    this.#shape = shape;
    this.#counts = labelled && kept ? where(kept, labelled, kept) : (labelled ?? kept);
    this.#reduction = reduction;
    this.#places = this.#counts && tensor(placesOf(this.#counts.data));
  }

  /** How many tokens count. */
  get count(): number {
    return this.#places?.numel ?? numelOf(this.#shape);
  }

  /** The rows of `x` [tokens…, features] that count, [count, features]. */
  pick(x: Tensor): Tensor {
    const rows = reshape(x, [numelOf(this.#shape), x.shape[x.ndim - 1]]);
    return this.#places === undefined ? rows : indexSelect(rows, 0, this.#places);
  }

  /** The elements of `x` [tokens…] that count, [count]. */
  pickEach(x: Tensor): Tensor {
    const elements = reshape(x, [numelOf(this.#shape)]);
    return this.#places === undefined ? elements : indexSelect(elements, 0, this.#places);
  }

  /** From the losses of the tokens that count, [count], to the loss. */
  reduce(values: Tensor): Tensor {
    switch (this.#reduction) {
      case "sum":
        return sum(values);
      case "token-mean":
        return div(sum(values), Math.max(this.count, 1));
      case "batchmean":
        return div(sum(values), this.#shape[0] ?? 1);
      case "none":
        return this.#spread(values);
      case "sequence-mean":
        return sum(mul(values, this.#sequenceShares(values)));
    }
  }

  /** The values at their tokens' places, 0 elsewhere. */
  #spread(values: Tensor): Tensor {
    if (this.#counts === undefined) return reshape(values, this.#shape);
    if (this.count === 0) return zeros(this.#shape, { dtype: values.dtype });
    let next = 0;
    // A token that does not count is given any value, which `where` takes away.
    const source = Int32Array.from(this.#counts.data, (counts) => (counts ? next++ : 0));
    return where(this.#counts, reshape(indexSelect(values, 0, tensor(source)), this.#shape), 0);
  }

  /** Of each token that counts, 1 / (tokens of its sequence · sequences). */
  #sequenceShares(values: Tensor): Tensor {
    const length = Math.max(this.#shape.at(-1) ?? 1, 1);
    const sequences = numelOf(this.#shape) / length;
    const places = this.#places?.data ?? Int32Array.from({ length: this.count }, (_, i) => i);
    const tokens = new Float64Array(sequences);
    for (const place of places) tokens[Math.floor(place / length)]++;
    const filled = tokens.filter((count) => count > 0).length;
    const shares = Float64Array.from(places, (place) => 1 / (tokens[Math.floor(place / length)] * filled));
    return to(tensor(shares), values.dtype);
  }
}

function placesOf(counts: ArrayLike<number>): Int32Array {
  const places: number[] = [];
  for (let i = 0; i < counts.length; i++) if (counts[i]) places.push(i);
  return Int32Array.from(places);
}
