import { describe, expect, it } from "vitest";
import { data, KullbackError, zeros } from "../../src/index.js";

const wrong = (value: unknown) => value as never;
const set = new data.TensorDataset(zeros([2, 3]));
const visit = (sampler: data.Sampler) => [...new data.DataLoader(set, { sampler })];

describe("data sets and loaders called in a wrong way", () => {
  it.each([
    [() => new data.TensorDataset(wrong([1, 2])), "TensorDataset: wanted a tensor, got an array"],
    [() => set.batch([0, 1.5]), "TensorDataset: index 1.5 is out of range for 2 items"],
    [() => set.batch([wrong("x")]), "TensorDataset: index x is out of range for 2 items"],
    [
      () => new data.Subset(wrong(undefined), [0]),
      "Subset: wanted a dataset, with length and get(index), got undefined",
    ],
    [
      () => new data.Subset(wrong("text"), [0]),
      "Subset: wanted a dataset, with length and get(index), got a string",
    ],
    [() => new data.Subset(set, wrong(3)), "Subset: wanted an iterable of indices, got a number"],
    [
      () => data.randomSplit<number>(wrong([1, 2, 3]), [1, 2]),
      "randomSplit: wanted a dataset, with length and get(index), got an array of 3",
    ],
    [() => data.randomSplit(set, wrong(2)), "randomSplit: wanted an array of lengths, got a number"],
    [
      () => data.randomSplit(set, [1, 1], { generator: wrong(3) }),
      "randomSplit: wanted a Generator as generator, got a number",
    ],
    [
      () => new data.DataLoader<number>(wrong(undefined)),
      "DataLoader: wanted a dataset, with length and get(index), got undefined",
    ],
    [
      () => new data.DataLoader<number>(wrong([1, 2])),
      "DataLoader: wanted a dataset, with length and get(index), got an array of 2",
    ],
    [
      () => new data.DataLoader({ length: Number.NaN, get: () => 1 }),
      "DataLoader: wanted a dataset with a whole number of items, got a length of NaN",
    ],
    [
      () => new data.DataLoader({ length: Number.POSITIVE_INFINITY, get: () => 1 }, { shuffle: true }),
      "got a length of Infinity",
    ],
    [() => new data.DataLoader({ length: -1, get: () => 1 }), "got a length of -1"],
    [() => new data.DataLoader(set, wrong("x")), "DataLoader: wanted an object of options, got a string"],
    [
      () => new data.DataLoader(set, { sampler: wrong(3) }),
      "DataLoader: wanted a sampler that is iterable and has a length, got a number",
    ],
    [
      () => new data.DataLoader(set, { shuffle: true, generator: wrong(7) }),
      "DataLoader: wanted a Generator as generator, got a number",
    ],
    [
      () => new data.DataLoader(set, { collate: wrong("x") }),
      "DataLoader: collate: wanted a function, got a string",
    ],
    [() => visit([0, 2]), "DataLoader: index 2 is out of range for 2 items"],
    [() => visit(wrong(["x"])), "DataLoader: index x is out of range for 2 items"],
    [() => data.progress(wrong(3)), "progress: wanted an iterable that has a length, got a number"],
    [() => data.progress(wrong({})), "progress: wanted an iterable that has a length, got an object"],
  ] as [() => unknown, string][])("%s", (call, message) => {
    expect(call).toThrow(message);
    expect(call).toThrow(KullbackError);
  });
});
