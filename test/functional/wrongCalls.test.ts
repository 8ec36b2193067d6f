import { describe, expect, it } from "vitest";
import { divergence, F, KullbackError, randn, type Tensor, tensor, zeros } from "../../src/index.js";

type AnyFunction = (...values: unknown[]) => unknown;

const x = randn([2, 3]);
const image = randn([1, 1, 4, 4]);
const labels = tensor([0, 1], { dtype: "int32" });
const probabilities = x.sigmoid();
const tokens = randn([2, 3, 4]);
const head = randn([5, 3]);

/** A right call of every function; the arguments that are tensors are replaced by what are none. */
const calls: Record<string, unknown[]> = {
  adaptiveAvgPool2d: [image, 2],
  adaptiveMaxPool2d: [image, 2],
  avgPool2d: [image, 2],
  batchNorm: [x, zeros([3]), zeros([3])],
  binaryCrossEntropy: [probabilities, probabilities],
  binaryCrossEntropyWithLogits: [x, probabilities],
  conv2d: [image, randn([1, 1, 2, 2])],
  cosineEmbeddingLoss: [x, x, tensor([1, -1])],
  crossEntropy: [x, labels],
  distillationLoss: [x, x],
  dropout: [x],
  embedding: [labels, x],
  gelu: [x],
  huberLoss: [x, x],
  klDiv: [x, x],
  l1Loss: [x, x],
  layerNorm: [x, [3]],
  leakyRelu: [x],
  linear: [x, head],
  linearDivergence: [x, head, x, head],
  logSigmoid: [x],
  logSoftmax: [x, -1],
  maxPool2d: [image, 2],
  maxPool2dWithIndices: [image, 2],
  mseLoss: [x, x],
  nllLoss: [x, labels],
  oneHot: [labels],
  pad: [x, [1, 1]],
  relu: [x],
  sampledKl: [tensor([-1, -2]), tensor([-1, -3])],
  scaledDotProductAttention: [tokens, tokens, tokens],
  sigmoid: [x],
  silu: [x],
  smoothL1Loss: [x, x],
  softmax: [x, -1],
  softmin: [x, -1],
  softplus: [x],
  tanh: [x],
  topkDistillationLoss: [x, tensor([[0], [1]], { dtype: "int32" }), tensor([[-1], [-2]])],
};

const noTensors = [undefined, null, "x", 3, Number.NaN, [1, 2], {}, new Float32Array(2)];

describe("functions of F called with what is no tensor", () => {
  it("all functions are looked at", () => {
    expect(Object.keys(calls)).toEqual(Object.keys(F).sort());
  });

  it.each(Object.entries(calls))("%s says so, by its name", (name, values) => {
    const f = (F as unknown as Record<string, AnyFunction>)[name];
    expect(() => f(...values)).not.toThrow();
    values.forEach((value, place) => {
      if (typeof value !== "object" || Array.isArray(value)) return;
      // The running statistics of batchNorm may be left out in training.
      const wrong = name === "batchNorm" && place > 0 ? noTensors.slice(1) : noTensors;
      for (const other of wrong) {
        const call = () => f(...values.with(place, other));
        expect(call).toThrow(KullbackError);
        expect(call).toThrow(new RegExp(`^${name === "maxPool2dWithIndices" ? "maxPool2d" : name}: `));
      }
    });
  });
});

describe("options that are not what they should be", () => {
  const wrong = (value: unknown) => value as never;
  it.each([
    [
      "layerNorm",
      () => F.layerNorm(x, [3], { eps: Number.NaN }),
      "layerNorm: wanted a number as eps, got NaN",
    ],
    [
      "batchNorm",
      () => F.batchNorm(x, undefined, undefined, { training: true, momentum: wrong("a") }),
      "batchNorm: wanted a number as momentum, got a string",
    ],
    [
      "batchNorm",
      () => F.batchNorm(x, undefined, undefined, { training: true, weight: wrong([1]) }),
      "batchNorm: wanted a tensor, got an array",
    ],
    ["softplus", () => F.softplus(x, { beta: wrong(null) }), "softplus: wanted a number as beta, got null"],
    ["leakyRelu", () => F.leakyRelu(x, Number.NaN), "leakyRelu: wanted a number as negativeSlope, got NaN"],
    [
      "attention",
      () => F.scaledDotProductAttention(tokens, tokens, tokens, { scale: wrong("a") }),
      "scaledDotProductAttention: wanted a number as scale, got a string",
    ],
    [
      "crossEntropy",
      () => F.crossEntropy(x, labels, { weight: wrong([1, 2, 3]) }),
      "crossEntropy: wanted a tensor, got an array",
    ],
    [
      "distillationLoss",
      () => F.distillationLoss(x, x, { mask: wrong([true, false]) }),
      "distillationLoss: wanted a tensor, got an array",
    ],
    [
      "linearDivergence",
      () => F.linearDivergence(x, head, x, head, { studentBias: wrong([1]) }),
      "linearDivergence: wanted a tensor, got an array",
    ],
    ["linear", () => F.linear(x, head, wrong([1])), "linear: wanted a tensor, got an array"],
    [
      "conv2d",
      () => F.conv2d(image, randn([1, 1, 2, 2]), wrong([1])),
      "conv2d: wanted a tensor, got an array",
    ],
    ["pad", () => F.pad(x, wrong("x")), "pad: wanted widths such as [1, 1], got a string"],
    ["pad", () => F.pad(x, [1, 1], Number.NaN), "pad: wanted a number as value, got NaN"],
    [
      "binaryCrossEntropy",
      () => F.binaryCrossEntropy(tensor([Number.NaN]), tensor([1])),
      "binaryCrossEntropy: all elements of input should be between 0 and 1, got NaN",
    ],
  ] as [string, () => Tensor, string][])("%s", (_, call, message) => {
    expect(call).toThrow(message);
    expect(call).toThrow(KullbackError);
  });

  it("divergence of what is no tensor, or along what is no axis", () => {
    for (const value of noTensors) {
      expect(() => divergence(wrong(value), x)).toThrow("divergence: wanted a tensor, got ");
      expect(() => divergence(x, wrong(value))).toThrow("divergence: wanted a tensor, got ");
    }
    expect(() => divergence(x, x, { dim: wrong("x") })).toThrow("divergence: dim must be an integer, got x");
  });
});
