import { KullbackError } from "../errors.js";
import { defaultGenerator, type Generator } from "../kernels/index.js";
import { checkFunction, describeValue } from "../tensor/index.js";
import { type Collated, defaultCollate } from "./collate.js";
import { checkDataset, checkIndex, type Dataset } from "./dataset.js";
import { checkGenerator, drawSeed, randomSampler, type Sampler, sequentialSampler } from "./sampler.js";

/** Options of {@link DataLoader}. */
export interface DataLoaderOptions {
  /** Items in a batch; default 1. */
  batchSize?: number;
  /** Whether every epoch goes through the items in a new random order; default false. */
  shuffle?: boolean;
  /** The order of the items, in place of `shuffle`. */
  sampler?: Sampler;
  /** Whether to leave out a last batch that is not full; default false. */
  dropLast?: boolean;
  /** Where random numbers come from; default the generator that `manualSeed` seeds. */
  generator?: Generator;
  /** How many batches `for await` has read ahead; default 2. */
  prefetch?: number;
}

/** Options with a function that joins the items of a batch. */
export interface CollateOptions<Item, Batch> extends DataLoaderOptions {
  /** Joins the items of a batch. */
  collate: (items: Item[]) => Batch;
}

/**
 * Goes through a dataset in batches, as `torch.utils.data.DataLoader`: every iteration is an epoch, and
 * `shuffle` gives PyTorch's order for the same seed.
 *
 * ```ts
 * const loader = new data.DataLoader(new data.TensorDataset(images, labels), { batchSize: 64, shuffle: true });
 * for (const [x, y] of loader) { … }
 * for await (const [x, y] of loader) { … } // reads ahead, for datasets that give promises
 * ```
 */
export class DataLoader<Item, Batch = Collated<Item>> implements Iterable<Batch>, AsyncIterable<Batch> {
  readonly dataset: Dataset<Item>;
  readonly batchSize: number;

  readonly #sampler: Sampler;
  readonly #dropLast: boolean;
  readonly #generator: Generator;
  readonly #prefetch: number;
  readonly #load: (indices: readonly number[]) => Batch | Promise<Batch>;

  /** @throws KullbackError if options make no sense */
  constructor(
    dataset: Dataset<Item>,
    ...[options]: Batch extends Collated<Item>
      ? [options?: DataLoaderOptions | CollateOptions<Item, Batch>]
      : [options: CollateOptions<Item, Batch>]
  ) {
    const {
      batchSize = 1,
      shuffle = false,
      dropLast = false,
      prefetch = 2,
      ...rest
    }: DataLoaderOptions = checkOptions(options);
    checkDataset("DataLoader", dataset);
    checkCount("batchSize", batchSize);
    checkCount("prefetch", prefetch);
    if (rest.sampler !== undefined && shuffle) {
      throw new KullbackError("DataLoader: sampler and shuffle exclude each other");
    }
    if (rest.sampler !== undefined) checkSampler(rest.sampler);
    if (rest.generator !== undefined) checkGenerator("DataLoader", rest.generator);
    const collate = options !== undefined && "collate" in options ? options.collate : undefined;
    if (collate !== undefined) checkFunction("DataLoader: collate", collate);
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.#dropLast = dropLast;
    this.#prefetch = prefetch;
    this.#generator = rest.generator ?? defaultGenerator;
    this.#sampler =
      rest.sampler ??
      (shuffle ? randomSampler(dataset.length, rest.generator) : sequentialSampler(dataset.length));
    this.#load = collate === undefined ? byDefault(dataset) : byItems(dataset, collate);
  }

  /** The number of batches. */
  get length(): number {
    const batches = this.#sampler.length / this.batchSize;
    return this.#dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  /** @throws KullbackError if the dataset gives promises: use `for await` then */
  *[Symbol.iterator](): IterableIterator<Batch> {
    for (const indices of this.#indices()) {
      const batch = this.#load(indices);
      if (batch instanceof Promise) {
        batch.catch(() => {});
        throw new KullbackError("DataLoader: the dataset gives promises, go through it with for await");
      }
      yield batch;
    }
  }

  /** Batches one after the other, with as many being prepared ahead as `prefetch` says. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Batch, void, undefined> {
    const ahead: Promise<Batch>[] = [];
    for (const indices of this.#indices()) {
      const batch = Promise.resolve(indices).then(this.#load);
      // Whoever stops early leaves batches that nobody waits for.
      batch.catch(() => {});
      ahead.push(batch);
      if (ahead.length > this.#prefetch) yield await ahead.shift()!;
    }
    for (const batch of ahead) yield await batch;
  }

  /** The indices of each batch. */
  *#indices(): IterableIterator<number[]> {
    // PyTorch draws a seed for its workers at the start of every epoch, whether it has workers or not.
    drawSeed(this.#generator);
    let indices: number[] = [];
    for (const index of this.#sampler) {
      checkIndex("DataLoader", index, this.dataset.length);
      indices.push(index);
      if (indices.length < this.batchSize) continue;
      yield indices;
      indices = [];
    }
    if (indices.length > 0 && !this.#dropLast) yield indices;
  }
}

function checkCount(what: string, value: number): void {
  if (Number.isInteger(value) && value > 0) return;
  throw new KullbackError(`DataLoader: ${what} should be a positive integer, got ${value}`);
}

function checkOptions(options: DataLoaderOptions = {}): DataLoaderOptions {
  if (typeof options === "object" && options !== null) return options;
  throw new KullbackError(`DataLoader: wanted an object of options, got ${describeValue(options)}`);
}

function checkSampler(sampler: Sampler): void {
  const { length } = (sampler ?? {}) as Partial<Sampler>;
  if (typeof sampler?.[Symbol.iterator] === "function" && Number.isInteger(length)) return;
  throw new KullbackError(
    `DataLoader: wanted a sampler that is iterable and has a length, got ${describeValue(sampler)}`,
  );
}

function byItems<Item, Batch>(dataset: Dataset<Item>, collate: (items: Item[]) => Batch) {
  return (indices: readonly number[]): Batch | Promise<Batch> => {
    const items = indices.map((index) => dataset.get(index));
    const isReady = (all: (Item | Promise<Item>)[]): all is Item[] =>
      !all.some((item) => item instanceof Promise);
    return isReady(items) ? collate(items) : Promise.all(items).then(collate);
  };
}

function byDefault<Item, Batch>(dataset: Dataset<Item>) {
  const { batch } = dataset;
  const load = batch === undefined ? byItems(dataset, defaultCollate<Item>) : batch.bind(dataset);
  // Without a collate function the constructor's types leave no other Batch.
  return load as unknown as (indices: readonly number[]) => Batch | Promise<Batch>;
}
