import { describe, expect, it } from "vitest";
import { F } from "../../src/functional/index.js";
import type { DType } from "../../src/kernels/index.js";
import { type Tensor, tensor, zeros } from "../../src/tensor/index.js";
import losses from "../oracle/losses.json" with { type: "json" };
import { type Derivatives, decode, type EncodedTensor, expectDerivatives } from "./oracle.js";

interface Case extends Derivatives {
  inputs: EncodedTensor[];
  options: Record<string, unknown>;
  dtype: DType;
  target?: EncodedTensor;
}

const oracle = losses as unknown as Record<string, Case[]>;

/** The options of a case, tensors decoded in its dtype. */
function optionsOf({ options, dtype }: Case): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [
      key,
      typeof value === "object" && value !== null ? decode(value as EncodedTensor, dtype) : value,
    ]),
  );
}

type Loss = (inputs: Tensor[], target: Tensor, options: never) => Tensor;

const functions: Record<string, Loss> = {
  crossEntropy: ([x], target, options) => F.crossEntropy(x, target, options),
  nllLoss: ([x], target, options) => F.nllLoss(x, target, options),
  crossEntropyProbabilities: ([x, t], _, options) => F.crossEntropy(x, t, options),
  binaryCrossEntropy: ([x, t], _, options) => F.binaryCrossEntropy(x, t, options),
  binaryCrossEntropyEdges: ([x, t], _, options) => F.binaryCrossEntropy(x, t, options),
  binaryCrossEntropyWithLogits: ([x, t], _, options) => F.binaryCrossEntropyWithLogits(x, t, options),
  l1Loss: ([x, t], _, options) => F.l1Loss(x, t, options),
  smoothL1Loss: ([x, t], _, options) => F.smoothL1Loss(x, t, options),
  huberLoss: ([x, t], _, options) => F.huberLoss(x, t, options),
  cosineEmbeddingLoss: ([a, b], target, options) => F.cosineEmbeddingLoss(a, b, target, options),
};

describe.each(Object.entries(functions))("%s", (name, loss) => {
  it.each(oracle[name])("gives PyTorch's value and derivatives with $options in $dtype", (entry) => {
    const { inputs, dtype, target } = entry;
    const given = target === undefined ? zeros([]) : decode(target);
    const options = optionsOf(entry) as never;
    // In second derivatives PyTorch adds 1e-12 to what it divides by.
    const scale = name === "binaryCrossEntropy" ? 1e9 : 16;
    expectDerivatives(
      (...xs) => loss(xs, given, options),
      inputs.map((x) => decode(x, dtype)),
      entry,
      { scale, anyZero: true },
    );
  });
});

describe("losses of classes", () => {
  it("leave rows that do not count out, whatever they hold", () => {
    const x = tensor([
      [Number.NEGATIVE_INFINITY, 0],
      [-0.5, -1],
    ]);
    x.requiresGrad = true;
    const loss = F.nllLoss(x, tensor(Int32Array.of(-100, 0)));
    loss.backward();
    expect(loss.item()).toBe(0.5);
    expect([...x.grad!.data].map(Math.abs)).toEqual([0, 0, 1, 0]);
  });

  it("are NaN as a mean over no rows, as in PyTorch, and 0 as a sum", () => {
    const none = tensor(Int32Array.of(-100, -100));
    expect(F.crossEntropy(zeros([2, 3]), none).item()).toBeNaN();
    expect(F.crossEntropy(zeros([2, 3]), none, { labelSmoothing: 0.1 }).item()).toBeNaN();
    expect(F.crossEntropy(zeros([2, 3]), none, { reduction: "sum" }).item()).toBe(0);
  });

  it("refuse what does not fit", () => {
    const x = zeros([2, 3]);
    const y = tensor(Int32Array.of(0, 2));
    const cases: [() => unknown, string][] = [
      [() => F.crossEntropy(x, tensor(Int32Array.of(5, 1))), "target 5 is out of bounds for 3 classes"],
      [() => F.crossEntropy(x, tensor(Int32Array.of(-1, 1))), "target -1 is out of bounds for 3 classes"],
      [
        () => F.crossEntropy(x, tensor(Int32Array.of(1))),
        "crossEntropy: wanted a target of shape [2] for an input of shape [2, 3], got [1]",
      ],
      [
        () => F.crossEntropy(x, zeros([3])),
        "wanted probabilities of the input's shape [2, 3] or int32 classes as target, got float32 of shape [3]",
      ],
      [
        () => F.crossEntropy(x, x, { ignoreIndex: 1 }),
        "ignoreIndex is not supported for a target of probabilities",
      ],
      [
        () => F.crossEntropy(x, y, { labelSmoothing: 1.5 }),
        "labelSmoothing must be between 0.0 and 1.0, got 1.5",
      ],
      [
        () => F.crossEntropy(x, y, { weight: zeros([2]) }),
        "either for all 3 classes or no classes, got shape [2]",
      ],
      [
        () => F.crossEntropy(x, x, { weight: zeros([2]) }),
        "either for all 3 classes or no classes, got shape [2]",
      ],
      [() => F.crossEntropy(zeros([]), y), "wanted an input with an axis of classes, got a 0-d tensor"],
      [() => F.nllLoss(zeros([]), y), "wanted an input with an axis of classes, got a 0-d tensor"],
      [() => F.nllLoss(x, zeros([2])), "nllLoss: wanted int32 classes as target, got float32"],
      [
        () => F.nllLoss(x, y, { reduction: "batchmean" as "mean" }),
        "batchmean is not a valid value for reduction",
      ],
      [() => F.crossEntropy(x, [0, 1] as unknown as Tensor), "crossEntropy: wanted a tensor, got an array"],
    ];
    for (const [attempt, message] of cases) expect(attempt).toThrow(message);
  });
});

describe("other losses", () => {
  it("refuse what does not fit", () => {
    const x = zeros([2]);
    const cases: [() => unknown, string][] = [
      [
        () => F.binaryCrossEntropy(tensor([0.5, 1.5]), x),
        "binaryCrossEntropy: all elements of input should be between 0 and 1, got 1.5",
      ],
      [
        () => F.binaryCrossEntropyWithLogits(x, zeros([3])),
        "binaryCrossEntropyWithLogits: target size ([3]) must be the same as input size ([2])",
      ],
      [() => F.binaryCrossEntropy(x, tensor(Int32Array.of(0, 1))), "wanted floating-point tensors"],
      [() => F.smoothL1Loss(x, x, { beta: -1 }), "smoothL1Loss: wanted a beta ≥ 0, got -1"],
      [() => F.huberLoss(x, x, { delta: 0 }), "huberLoss: wanted a delta > 0, got 0"],
      [() => F.l1Loss(x, x, { reduction: "x" as "mean" }), "l1Loss: x is not a valid value for reduction"],
      [
        () => F.cosineEmbeddingLoss(zeros([2, 3]), zeros([2, 3]), zeros([3])),
        "wanted inputs [rows, features] and a target [rows], or [features] and 0-d, got [2, 3], [2, 3], [3]",
      ],
      [() => F.logSigmoid(tensor(Int32Array.of(1))), "logSigmoid: wanted a floating-point tensor, got int32"],
    ];
    for (const [attempt, message] of cases) expect(attempt).toThrow(message);
  });

  it("logSigmoid neither overflows nor underflows", () => {
    const x = tensor([-800, -1, 0, 40, 800], { dtype: "float64", requiresGrad: true });
    const y = F.logSigmoid(x);
    y.sum().backward();
    // mpmath: log(1/(1+exp(-x)))
    const wanted = [-800, -1.3132616875182228, -Math.LN2, -4.248354255291589e-18, 0];
    wanted.forEach((value, i) => {
      expect(Math.abs(y.data[i] - value)).toBeLessThanOrEqual(1e-15 * Math.abs(value));
    });
    expect(x.grad!.data[0]).toBe(1);
    expect(x.grad!.data[2]).toBe(0.5);
    expect(x.grad!.data[4]).toBe(0);
  });
});
