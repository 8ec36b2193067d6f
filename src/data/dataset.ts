import { KullbackError } from "../errors.js";
import { defaultGenerator, type Generator, randomPermutation } from "../kernels/index.js";
import {
  checkTensors,
  describeShape,
  describeValue,
  indexSelect,
  select,
  type Tensor,
  tensor,
} from "../tensor/index.js";
import { warn } from "../warn.js";
import type { Collated } from "./collate.js";
import { checkGenerator } from "./sampler.js";

/** Items by number: examples to train on, as `torch.utils.data.Dataset`. */
export interface Dataset<Item> {
  /** How many items there are. */
  readonly length: number;
  /** The item at `index`, from 0 to `length` − 1; a promise if it has to be read. */
  get(index: number): Item | Promise<Item>;
  /**
   * The items at `indices` as one batch, for datasets that can make it in fewer steps than by making every
   * item. It must be what the default collation makes of the items.
   */
  batch?: ((indices: readonly number[]) => Collated<Item> | Promise<Collated<Item>>) | undefined;
}

/**
 * Tensors that agree in the size of their first axis, along which the items lie, as
 * `torch.utils.data.TensorDataset`: item i is `[tensors[0][i], tensors[1][i], …]`.
 */
export class TensorDataset<const Tensors extends readonly Tensor[]> implements Dataset<Tensors> {
  readonly tensors: Tensors;
  readonly length: number;

  /** @throws KullbackError without tensors, and for sizes that differ */
  constructor(...tensors: Tensors) {
    checkTensors("TensorDataset", ...tensors);
    const sizes = tensors.map(({ shape }) => shape[0]);
    if (sizes.length === 0 || sizes.some((size) => size === undefined || size !== sizes[0])) {
      throw new KullbackError(
        "TensorDataset: wanted tensors of the same size along the first axis, got shapes " +
          `[${tensors.map(({ shape }) => describeShape(shape)).join(", ")}]`,
      );
    }
    this.tensors = tensors;
    this.length = sizes[0];
  }

  get(index: number): Tensors {
    checkIndex("TensorDataset", index, this.length);
    return this.tensors.map((x) => select(x, 0, index)) as unknown as Tensors;
  }

  batch(indices: readonly number[]): Collated<Tensors> {
    for (const index of indices) checkIndex("TensorDataset", index, this.length);
    const places = tensor(Int32Array.from(indices));
    return this.tensors.map((x) => indexSelect(x, 0, places)) as unknown as Collated<Tensors>;
  }
}

/** Some items of a dataset, in an order of their own, as `torch.utils.data.Subset`. */
export class Subset<Item> implements Dataset<Item> {
  readonly dataset: Dataset<Item>;
  readonly indices: readonly number[];
  readonly batch: Dataset<Item>["batch"];

  /** @throws KullbackError for an index outside the dataset */
  constructor(dataset: Dataset<Item>, indices: Iterable<number>) {
    checkDataset("Subset", dataset);
    if (typeof indices?.[Symbol.iterator] !== "function") {
      throw new KullbackError(`Subset: wanted an iterable of indices, got ${describeValue(indices)}`);
    }
    this.dataset = dataset;
    this.indices = [...indices];
    for (const index of this.indices) checkIndex("Subset", index, dataset.length);
    if (dataset.batch !== undefined) {
      this.batch = (chosen) => dataset.batch!(chosen.map((index) => this.indices[index]));
    }
  }

  get length(): number {
    return this.indices.length;
  }

  get(index: number): Item | Promise<Item> {
    checkIndex("Subset", index, this.length);
    return this.dataset.get(this.indices[index]);
  }
}

/** Throws unless `dataset` has a number of items and a function that gets them. */
export function checkDataset(name: string, dataset: Dataset<unknown>): void {
  const { length, get } = (dataset ?? {}) as Partial<Dataset<unknown>>;
  if (typeof get !== "function" || typeof dataset === "string") {
    throw new KullbackError(
      `${name}: wanted a dataset, with length and get(index), got ${describeValue(dataset)}`,
    );
  }
  if (Number.isInteger(length) && length! >= 0) return;
  throw new KullbackError(
    `${name}: wanted a dataset with a whole number of items, got a length of ${length}`,
  );
}

/** Throws unless `index` is that of one of `length` items. */
export function checkIndex(name: string, index: number, length: number): void {
  if (Number.isInteger(index) && index >= 0 && index < length) return;
  throw new KullbackError(`${name}: index ${index} is out of range for ${length} items`);
}

/**
 * Splits a dataset at random into parts that share no item, the same as `torch.utils.data.random_split` does
 * for the same seed.
 *
 * @param lengths - the number of items of each part; or shares that sum to 1, what rounding leaves being dealt
 * out from the first part on
 * @throws KullbackError if the lengths do not add up to the dataset's
 */
export function randomSplit<Item>(
  dataset: Dataset<Item>,
  lengths: readonly number[],
  { generator = defaultGenerator }: { generator?: Generator } = {},
): Subset<Item>[] {
  checkDataset("randomSplit", dataset);
  if (!Array.isArray(lengths)) {
    throw new KullbackError(`randomSplit: wanted an array of lengths, got ${describeValue(lengths)}`);
  }
  checkGenerator("randomSplit", generator);
  const counts = countsOf(dataset.length, lengths);
  const order = randomPermutation(dataset.length, generator);
  let end = 0;
  return counts.map((count) => {
    end += count;
    return new Subset(dataset, order.subarray(end - count, end));
  });
}

function countsOf(total: number, lengths: readonly number[]): number[] {
  const sum = lengths.reduce((a, b) => a + b, 0);
  const counts = sum <= 1 && Math.abs(sum - 1) <= 1e-9 ? countsOfShares(total, lengths) : [...lengths];
  const fits = counts.every((count) => Number.isInteger(count) && count >= 0);
  if (fits && counts.reduce((a, b) => a + b, 0) === total) return counts;
  throw new KullbackError(
    `randomSplit: the lengths must add up to the ${total} items of the dataset, or be shares that add up to 1, ` +
      `got [${lengths.join(", ")}]`,
  );
}

function countsOfShares(total: number, shares: readonly number[]): number[] {
  const counts = shares.map((share) => Math.floor(total * share));
  const left = total - counts.reduce((a, b) => a + b, 0);
  for (let i = 0; i < left; i++) counts[i % counts.length]++;
  counts.forEach((count, i) => {
    if (count === 0) warn(`randomSplit: the length of the split at index ${i} is 0`);
  });
  return counts;
}
