import { describe, expect, it } from "vitest";
import { KullbackError, nn, zeros } from "../../src/index.js";

const wrong = (value: unknown) => value as never;
const noTensors = [undefined, null, "x", 3, [1, 2], {}];

describe("modules run on what is no tensor", () => {
  const layers: nn.Layer[] = [
    new nn.Linear(3, 2),
    new nn.Conv2d(3, 2, 1),
    new nn.BatchNorm1d(3),
    new nn.BatchNorm2d(3),
    new nn.LayerNorm(3),
    new nn.Embedding(3, 2),
    new nn.Dropout(0.5),
    new nn.ReLU(),
    new nn.LeakyReLU(),
    new nn.GELU(),
    new nn.SiLU(),
    new nn.Tanh(),
    new nn.Sigmoid(),
    new nn.Softplus(),
    new nn.Softmax(-1),
    new nn.LogSoftmax(-1),
    new nn.Flatten(),
    new nn.MaxPool2d(2),
    new nn.AvgPool2d(2),
    new nn.AdaptiveAvgPool2d(1),
    new nn.Sequential(new nn.Linear(3, 2)),
  ];

  it.each(layers.map((layer) => [layer.constructor.name, layer] as const))("%s says so", (_, layer) => {
    for (const value of noTensors) {
      expect(() => layer.forward(wrong(value))).toThrow(KullbackError);
      expect(() => layer.forward(wrong(value))).toThrow(/^\w+: wanted a tensor, got /);
    }
  });

  it("MultiheadAttention says so of query, key and value", () => {
    const attention = new nn.MultiheadAttention(4, 2);
    const x = zeros([3, 1, 4]);
    for (const value of noTensors) {
      for (const place of [0, 1, 2]) {
        const [q, k, v] = [x, x, x].with(place, wrong(value));
        expect(() => attention.forward(q, k, v)).toThrow("MultiheadAttention: wanted a tensor, got ");
      }
    }
  });
});

describe("modules made or changed in a wrong way", () => {
  it.each([
    [() => new nn.Parameter(wrong(3)), "Parameter: wanted a tensor, got a number"],
    [() => new nn.LayerNorm(wrong(undefined)), "LayerNorm: wanted sizes that are non-negative integers"],
    [
      () => new nn.MultiheadAttention(4, Number.POSITIVE_INFINITY),
      "embedDim must be divisible by numHeads, got 4 and Infinity",
    ],
    [
      () => new nn.MultiheadAttention(4, 2, { dropout: 1.5 }),
      "MultiheadAttention: dropout has to be a probability between 0 and 1, but got 1.5",
    ],
    [() => new nn.MultiheadAttention(4, 2, { dropout: Number.NaN }), "but got NaN"],
    [
      () => new nn.Sequential(new nn.ReLU(), wrong("x")),
      "Sequential: wanted modules, got a string at place 1",
    ],
    [() => new nn.ModuleDict({ a: wrong(3) }), 'ModuleDict: wanted a module called "a", got a number'],
    [() => new nn.ReLU().registerBuffer("a", wrong(3)), "registerBuffer: wanted a tensor, got a number"],
    [() => new nn.ReLU().registerBuffer(wrong(3), zeros([1])), "registerBuffer: wanted a free name"],
    [() => new nn.ReLU().apply(wrong("x")), "apply: wanted a function, got a string"],
    [
      () => new nn.Linear(2, 2).to(wrong("int32")),
      "to: a module can only be of a floating-point dtype, got int32",
    ],
    [() => new nn.Linear(2, 2).to(wrong("foo")), 'to: wanted dtype "float32"'],
    [
      () => new nn.Linear(2, 2).loadStateDict(wrong(undefined)),
      "loadStateDict: wanted tensors by name, got undefined",
    ],
    [
      () => new nn.Linear(2, 2).loadStateDict(wrong("x")),
      "loadStateDict: wanted tensors by name, got a string",
    ],
    [
      () => nn.init.normal_(zeros([2]), wrong({ std: 0.1 })),
      "normal_: wanted a number as mean, got an object",
    ],
    [() => nn.init.normal_(zeros([2]), 0, Number.NaN), "normal_: wanted a number as std, got NaN"],
    [() => nn.init.uniform_(zeros([2]), wrong("0")), "uniform_: wanted a number as a, got a string"],
    [() => nn.init.constant_(zeros([2]), wrong(undefined)), "constant_: wanted a number, got undefined"],
    [() => nn.init.ones_(wrong([1, 2])), "ones_: wanted a tensor, got an array"],
  ] as [() => unknown, string][])("%s", (call, message) => {
    expect(call).toThrow(message);
    expect(call).toThrow(KullbackError);
  });
});
