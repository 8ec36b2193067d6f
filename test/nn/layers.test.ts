import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { F } from "../../src/functional/index.js";
import type { FloatDType } from "../../src/kernels/index.js";
import {
  KLDivLoss,
  Linear,
  LogSoftmax,
  MSELoss,
  Parameter,
  ReLU,
  Sequential,
  Softmax,
} from "../../src/nn/index.js";
import { arange, manualSeed, ones, rand, randn, tensor, zeros } from "../../src/tensor/index.js";
import { type EncodedTensor, expectTensor, readOracle } from "../functional/oracle.js";

const oracle = readOracle<{
  linear: {
    seed: number;
    in: number;
    out: number;
    dtype: FloatDType;
    weight: EncodedTensor;
    bias: EncodedTensor | null;
    output: EncodedTensor;
    after: EncodedTensor;
  }[];
}>("nn");

/** The values of `expected` to the last bit. */
function expectExactly(
  found: { data: ArrayLike<number>; shape: readonly number[] },
  expected: EncodedTensor,
) {
  expect(found.shape).toEqual(expected.shape);
  const round = expected.dtype === "float32" ? Math.fround : Number;
  expect(Array.from(found.data)).toEqual(expected.values.map((value) => round(Number(value))));
}

beforeEach(() => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("Linear", () => {
  it.each(oracle.linear)("draws $dtype [$out, $in] as PyTorch does after manualSeed($seed)", (entry) => {
    manualSeed(entry.seed);
    const layer = new Linear(entry.in, entry.out, { bias: entry.bias !== null, dtype: entry.dtype });
    expectExactly(layer.weight, entry.weight);
    if (entry.bias !== null) expectExactly(layer.bias!, entry.bias);
    expectExactly(rand([1]), entry.after);
    const x = arange(-entry.in, entry.in, 1, { dtype: entry.dtype }).div(4).reshape([2, entry.in]);
    expectTensor(layer.forward(x), entry.output, { scale: 4 });
  });

  it("takes any number of leading axes", () => {
    expect(new Linear(3, 2).forward(zeros([4, 5, 3])).shape).toEqual([4, 5, 2]);
    expect(new Linear(3, 2).forward(zeros([3])).shape).toEqual([2]);
  });

  it("without inputs is its bias, which is 0", () => {
    expect(new Linear(0, 2).forward(zeros([1, 0])).tolist()).toEqual([[0, 0]]);
  });

  it("refuses sizes that are not sizes, and inputs that do not fit", () => {
    expect(() => new Linear(2.5, 1)).toThrow(/non-negative integers/);
    expect(() => new Linear(-1, 1)).toThrow(/non-negative integers/);
    expect(() => new Linear(3, 2).forward(zeros([1, 2]))).toThrow(
      /linear: input \[1, 2\] and weight \[2, 3\]/,
    );
  });
});

describe("Parameter", () => {
  it("is a leaf that requires gradients and shares the data's memory", () => {
    const data = tensor([1, 2]);
    const parameter = new Parameter(data.mul(1));
    expect(parameter.isLeaf && parameter.requiresGrad).toBe(true);
    const shared = new Parameter(data);
    data.fill_(3);
    expect(shared.tolist()).toEqual([3, 3]);
  });

  it("leaves the history of its data behind", () => {
    const x = ones([2], { requiresGrad: true });
    const parameter = new Parameter(x.mul(2));
    parameter.sum().backward();
    expect(x.grad).toBeNull();
    expect(parameter.grad?.tolist()).toEqual([1, 1]);
  });

  it("of integers has to do without gradients", () => {
    const ints = zeros([2], { dtype: "int32" });
    expect(() => new Parameter(ints)).toThrow(/only floating-point tensors can require gradients, got int32/);
    expect(new Parameter(ints, false).requiresGrad).toBe(false);
  });
});

describe("Sequential", () => {
  const layers = [new Linear(3, 4), new ReLU(), new Linear(4, 2)] as const;
  const model = new Sequential(...layers);

  it("has its layers by index, length and iteration", () => {
    expect(model.length).toBe(3);
    expect(model[1]).toBe(layers[1]);
    expect(model[3]).toBeUndefined();
    expect([...model]).toEqual([...layers]);
  });

  it("runs them one after the other", () => {
    const x = randn([5, 3]);
    const byHand = layers[2].forward(F.relu(layers[0].forward(x)));
    expect(model.forward(x).tolist()).toEqual(byHand.tolist());
  });

  it("counts and runs a layer as often as it was given", () => {
    const layer = new Softmax(-1);
    const twice = new Sequential(layer, layer);
    expect(twice.length).toBe(2);
    const x = randn([2, 3]);
    expect(twice.forward(x).tolist()).toEqual(F.softmax(F.softmax(x, -1), -1).tolist());
  });

  it("takes a replaced layer", () => {
    const replaced = new Sequential(new Softmax(0));
    replaced[0] = new LogSoftmax(0);
    const x = randn([3]);
    expect(replaced.forward(x).tolist()).toEqual(F.logSoftmax(x, 0).tolist());
  });

  it("without layers is the identity", () => {
    const x = randn([3]);
    expect(new Sequential().forward(x)).toBe(x);
  });
});

describe("modules of functions", () => {
  const x = randn([2, 3]);
  const input = F.logSoftmax(randn([2, 3]), -1);
  const target = F.softmax(randn([2, 3]), -1);

  it("compute what the functions compute", () => {
    expect(new ReLU().forward(x).tolist()).toEqual(F.relu(x).tolist());
    expect(new Softmax(0).forward(x).tolist()).toEqual(F.softmax(x, 0).tolist());
    expect(new LogSoftmax().forward(x).tolist()).toEqual(F.logSoftmax(x, 1).tolist());
    expect(new MSELoss().forward(x, target).item()).toBe(F.mseLoss(x, target).item());
    expect(new MSELoss({ reduction: "sum" }).forward(x, target).item()).toBe(
      F.mseLoss(x, target, { reduction: "sum" }).item(),
    );
  });

  it("KLDivLoss takes the options of klDiv", () => {
    for (const reduction of ["none", "sum", "mean", "batchmean"] as const) {
      for (const logTarget of [false, true]) {
        const t = logTarget ? target.log() : target;
        expect(new KLDivLoss({ reduction, logTarget }).forward(input, t).tolist()).toEqual(
          F.klDiv(input, t, { reduction, logTarget }).tolist(),
        );
      }
    }
  });

  it("KLDivLoss takes legacy flags at construction for a plain reduction, unlike the function", () => {
    const loss = new KLDivLoss({ sizeAverage: false, reduction: "batchmean" });
    expect(loss.reduction).toBe("sum");
    const sum = F.klDiv(input, target, { reduction: "sum" }).item();
    expect(loss.forward(input, target).item()).toBe(sum);
    expect(F.klDiv(input, target, { sizeAverage: false, reduction: "batchmean" }).item()).toBeCloseTo(
      sum / 2,
      6,
    );
  });

  it("KLDivLoss refuses an unknown reduction when it is called, not when it is made", () => {
    const loss = new KLDivLoss({ reduction: "foo" as "sum" });
    expect(() => loss.forward(input, target)).toThrow("foo is not a valid value for reduction");
  });
});
