import { describe, expect, it } from "vitest";
import { DataLoader, type Dataset, randomSplit, Subset, TensorDataset } from "../../src/data/index.js";
import { Generator } from "../../src/kernels/index.js";
import { arange, manualSeed, rand, type Tensor, tensor, zeros } from "../../src/tensor/index.js";
import oracle from "../oracle/data.json" with { type: "json" };

const numbers = (x: Tensor) => Array.from(x.data);

/** Items that have to be waited for; the later ones are ready first. */
class Slow implements Dataset<number> {
  readonly length: number;
  opened = 0;
  constructor(length: number) {
    this.length = length;
  }
  async get(index: number): Promise<number> {
    this.opened++;
    await new Promise((resolve) => setTimeout(resolve, this.length - index));
    return index;
  }
}

describe("DataLoader", () => {
  it.each(oracle.loaders)(
    "gives PyTorch's batches: $n items by $batchSize, shuffle $shuffle, dropLast $dropLast, own generator $own",
    ({ n, batchSize, dropLast, shuffle, own, epochs, after }) => {
      manualSeed(n);
      const generator = own ? new Generator(123) : undefined;
      const dataset = new TensorDataset(arange(n).to("float32"));
      const loader = new DataLoader(dataset, { batchSize, dropLast, shuffle, generator });
      for (const wanted of epochs) {
        expect(loader.length).toBe(wanted.length);
        expect(Array.from(loader, ([x]) => numbers(x))).toEqual(wanted);
      }
      // Both streams go on where PyTorch's do.
      expect(numbers(rand([2]))).toEqual(after[0].map(Math.fround));
      if (own) expect(numbers(rand([2], { generator }))).toEqual(after[1].map(Math.fround));
    },
  );

  it("gives the same batches to for await", async () => {
    const loader = new DataLoader(new TensorDataset(arange(10)), { batchSize: 4, shuffle: true });
    manualSeed(3);
    const sync = Array.from(loader, ([x]) => numbers(x));
    manualSeed(3);
    const async: number[][] = [];
    for await (const [x] of loader) async.push(numbers(x));
    expect(async).toEqual(sync);
  });

  it("keeps the order of items that have to be waited for, and reads ahead", async () => {
    const dataset = new Slow(12);
    const seen: number[] = [];
    for await (const batch of new DataLoader(dataset, { batchSize: 2, prefetch: 3 })) {
      if (seen.length === 0) expect(dataset.opened).toBeGreaterThanOrEqual(8);
      seen.push(...numbers(batch));
    }
    expect(seen).toEqual(Array.from({ length: 12 }, (_, i) => i));
    expect(() => [...new DataLoader(dataset)]).toThrow(
      "DataLoader: the dataset gives promises, go through it with for await",
    );
  });

  it("hands on what a dataset fails with, once, and not to who has stopped", async () => {
    const broken: Dataset<number> = {
      length: 4,
      get: async (i) => (i < 2 ? i : Promise.reject(new Error(`item ${i}`))),
    };
    const read = async (stopAfter: number) => {
      let seen = 0;
      for await (const _ of new DataLoader(broken)) if (++seen === stopAfter) return seen;
      return seen;
    };
    await expect(read(10)).rejects.toThrow("item 2");
    expect(await read(1)).toBe(1);
  });

  it("joins items of any kind, or as it is told", () => {
    const items = [
      { x: tensor([1, 2]), pair: [1, true] as [number, boolean], name: "a" },
      { x: tensor([3, 4]), pair: [2, false] as [number, boolean], name: "b" },
    ];
    const dataset = { length: 2, get: (i: number) => items[i] };
    const [batch] = new DataLoader(dataset, { batchSize: 2 });
    expect(batch.x.shape).toEqual([2, 2]);
    expect(numbers(batch.pair[0])).toEqual([1, 2]);
    expect(batch.pair[1].dtype).toBe("bool");
    expect(batch.name).toEqual(["a", "b"]);
    const names = new DataLoader(dataset, {
      batchSize: 2,
      collate: (all) => all.map(({ name }) => name).join("+"),
    });
    expect([...names]).toEqual(["a+b"]);
    const odd = { length: 2, get: (i: number) => (i === 0 ? [1] : [1, 2]) };
    expect(() => [...new DataLoader(odd, { batchSize: 2 })]).toThrow(
      "each item of a batch should be of equal size",
    );
    const dates = { length: 1, get: () => new Date() };
    expect(() => [...new DataLoader(dates)]).toThrow("defaultCollate: wanted tensors, numbers, booleans");
  });

  it("follows a sampler", () => {
    const sampler = {
      length: 3,
      *[Symbol.iterator]() {
        yield* [4, 0, 4];
      },
    };
    const loader = new DataLoader(new TensorDataset(arange(5)), { batchSize: 2, sampler });
    expect(Array.from(loader, ([x]) => numbers(x))).toEqual([[4, 0], [4]]);
    expect(loader.length).toBe(2);
  });

  it("refuses options that make no sense", () => {
    const dataset = new TensorDataset(arange(5));
    expect(() => new DataLoader(dataset, { batchSize: 0 })).toThrow(
      "DataLoader: batchSize should be a positive integer, got 0",
    );
    expect(() => new DataLoader(dataset, { prefetch: 0.5 })).toThrow(
      "DataLoader: prefetch should be a positive",
    );
    const sampler = { length: 1, [Symbol.iterator]: () => [0][Symbol.iterator]() };
    expect(() => new DataLoader(dataset, { sampler, shuffle: true })).toThrow("sampler and shuffle exclude");
  });
});

describe("datasets", () => {
  it.each(oracle.splits)("randomSplit of $n into $lengths is PyTorch's", ({ n, lengths, parts }) => {
    manualSeed(7);
    const dataset = { length: n, get: (i: number) => i };
    expect(randomSplit(dataset, lengths).map(({ indices }) => [...indices])).toEqual(parts);
  });

  it("randomSplit refuses lengths that do not add up", () => {
    const dataset = new TensorDataset(arange(5));
    for (const lengths of [
      [2, 2],
      [0.5, 0.2],
      [5.5, -0.5],
      [6, -1],
    ]) {
      expect(() => randomSplit(dataset, lengths)).toThrow(
        "randomSplit: the lengths must add up to the 5 items",
      );
    }
  });

  it("Subset of a Subset gives items and batches in its order", () => {
    const dataset = new TensorDataset(tensor([10, 20, 30, 40]), zeros([4, 2]));
    const subset = new Subset(new Subset(dataset, [3, 1, 0]), [2, 0]);
    expect([subset.length, (subset.get(1) as readonly Tensor[])[0].item()]).toEqual([2, 40]);
    const [[x, y]] = new DataLoader(subset, { batchSize: 2 });
    expect(numbers(x)).toEqual([10, 40]);
    expect(y.shape).toEqual([2, 2]);
    expect(() => new Subset(dataset, [4])).toThrow("Subset: index 4 is out of range for 4 items");
    expect(() => subset.get(2)).toThrow("Subset: index 2 is out of range for 2 items");
  });

  it("TensorDataset refuses tensors of different sizes", () => {
    expect(() => new TensorDataset(zeros([2, 3]), zeros([3]))).toThrow(
      "TensorDataset: wanted tensors of the same size along the first axis, got shapes [[2, 3], [3]]",
    );
    expect(() => new TensorDataset(zeros([]))).toThrow("TensorDataset: wanted tensors");
    expect(() => new TensorDataset(zeros([2])).get(-1)).toThrow("TensorDataset: index -1 is out of range");
  });
});
