// What modules draw, compute, learn and print, held to real PyTorch's; see test/oracle/modules.py.

import { describe, expect, it } from "vitest";
import { F } from "../../src/functional/index.js";
import type { FloatDType } from "../../src/kernels/index.js";
import * as nn from "../../src/nn/index.js";
import { grad, manualSeed, rand, type Tensor, zeros } from "../../src/tensor/index.js";
import { decode, type EncodedTensor, expectTensor, pattern } from "../functional/oracle.js";
import { wave } from "../functional/wave.js";
import modules from "../oracle/modules.json" with { type: "json" };

interface Attention {
  options: nn.MultiheadAttentionOptions;
  inputs: number[][];
  masks: Record<string, unknown>;
  output: EncodedTensor;
  weights: EncodedTensor | null;
  grads: EncodedTensor[];
}

const oracle = modules as unknown as {
  drawn: { make: string; seed: number; state: Record<string, EncodedTensor>; after: EncodedTensor }[];
  inits: { call: string; seed: number; result: EncodedTensor; after: EncodedTensor }[];
  gains: Record<string, number>;
  dropouts: {
    seed: number;
    p: number;
    shape: number[];
    order: number[] | null;
    result: EncodedTensor;
    after: EncodedTensor;
  }[];
  attentions: Attention[];
  norms: { make: string; shape: number[]; outputs: EncodedTensor[]; state: Record<string, EncodedTensor> }[];
  printed: Record<string, string>;
};

/** The value of a JavaScript expression in which `names` are known. */
function evaluate(code: string, names: object): unknown {
  return new Function(...Object.keys(names), `"use strict"; return (${code})`)(...Object.values(names));
}

const make = (code: string) => evaluate(code, { nn }) as nn.Module;

/** Equal to the last bit, as the oracle's nine digits tell for float32. */
function expectExactly(found: Tensor, expected: EncodedTensor): void {
  expect(found.shape).toEqual(expected.shape);
  expect(found.dtype).toBe(expected.dtype);
  expect(Array.from(found.data)).toEqual(Array.from(decode(expected).data));
}

describe("modules draw PyTorch's numbers, bit for bit, under PyTorch's names", () => {
  it.each(oracle.drawn)("$make after manualSeed($seed)", ({ make: code, seed, state, after }) => {
    manualSeed(seed);
    const found = make(code).stateDict();
    expectExactly(rand([1]), after);
    expect(Object.keys(found)).toEqual(Object.keys(state));
    for (const [name, expected] of Object.entries(state)) expectExactly(found[name], expected);
  });
});

describe("nn.init", () => {
  it.each(oracle.inits.map((entry) => ({ ...entry, dtype: entry.result.dtype as FloatDType })))(
    "$call on $dtype draws PyTorch's numbers after manualSeed($seed)",
    ({ call, seed, result, after, dtype }) => {
      manualSeed(seed);
      const x = new nn.Parameter(zeros(result.shape, { dtype }).add(7));
      expect(evaluate(call, { ...nn.init, x })).toBe(x);
      expectExactly(rand([1]), after);
      // The normal numbers of float64 come from the platform's functions, and PyTorch's QR rounds otherwise.
      if (/orthogonal/.test(call)) expectTensor(x.detach(), result, { scale: 8 });
      else if (dtype === "float32") expectExactly(x, result);
      else expectTensor(x.detach(), result);
    },
  );

  it("calculateGain is PyTorch's", () => {
    const { calculateGain } = nn.init;
    for (const [name, gain] of Object.entries(oracle.gains)) {
      const [, nonlinearity, param] = /^([a-z_]+(?:conv2d|2d)?)([\d.]+)?$/.exec(name)!;
      expect(calculateGain(nonlinearity as "relu", param === undefined ? undefined : Number(param))).toBe(
        gain,
      );
    }
  });

  it("fills views, and is not recorded", () => {
    const x = new nn.Parameter(zeros([2, 3]));
    nn.init.ones_(x.detach().t().select(0, 1));
    expect(x.tolist()).toEqual([
      [0, 1, 0],
      [0, 1, 0],
    ]);
    expect(nn.init.constant_(x, 2).isLeaf).toBe(true);
  });

  it("makes rows or columns orthonormal", () => {
    for (const shape of [
      [3, 7],
      [7, 3],
      [4, 4],
    ]) {
      const x = nn.init.orthogonal_(zeros(shape, { dtype: "float64" }));
      const product = shape[0] <= shape[1] ? x.matmul(x.t()) : x.t().matmul(x);
      expect(product.sub(nn.init.eye_(product.clone())).abs().max().item()).toBeLessThan(1e-14);
    }
  });

  it("refuses what makes no sense, by name", () => {
    const { kaimingNormal_, normal_, truncNormal_, xavierUniform_, eye_, calculateGain, orthogonal_ } =
      nn.init;
    const vector = zeros([3]);
    expect(() => xavierUniform_(vector)).toThrow("xavierUniform_: fan in and fan out cannot be computed");
    expect(() => kaimingNormal_(zeros([2, 2]), { mode: "fan" as "fan_in" })).toThrow(
      'kaimingNormal_: mode must be "fan_in" or "fan_out", got fan',
    );
    expect(() => normal_(vector, 0, -1)).toThrow("normal: expected std >= 0, got -1");
    expect(() => normal_(zeros([2], { dtype: "int32" }))).toThrow(
      "normal_: wanted a floating-point tensor, got int32",
    );
    expect(() => truncNormal_(vector, { a: 1, b: 0 })).toThrow(
      "truncNormal_: wanted a < b and std > 0, got a=1, b=0",
    );
    expect(() => eye_(vector)).toThrow("eye_: only tensors with 2 dimensions are supported, got 1");
    expect(() => orthogonal_(vector)).toThrow("orthogonal_: only tensors with 2 or more dimensions");
    expect(() => calculateGain("mish" as "relu")).toThrow("calculateGain: unsupported nonlinearity mish");
  });
});

describe("dropout draws PyTorch's masks", () => {
  it.each(oracle.dropouts)("p=$p of $shape, axes in the order $order", (entry) => {
    const { seed, p, shape, order, result, after } = entry;
    manualSeed(seed);
    const x = wave(1, shape, result.dtype);
    const layer = new nn.Dropout(p);
    expectTensor(layer.forward(order === null ? x : x.permute(order)), result);
    expectExactly(rand([1]), after);
  });

  it("and none in evaluation", () => {
    const x = wave(1, [4], "float32");
    expect(new nn.Dropout(0.5).eval().forward(x)).toBe(x);
    expect(F.dropout(x, { training: false })).toBe(x);
  });

  it("lets the gradient through where it lets the number through", () => {
    const x = wave(1, [50], "float64");
    x.requiresGrad = true;
    const out = F.dropout(x, { p: 0.25 });
    out.sum().backward();
    const kept = out.data.map((value) => (value === 0 ? 0 : 1 / 0.75));
    expect(x.grad!.tolist()).toEqual(Array.from(kept));
  });
});

/** Equal up to `allowed`, where sums of larger terms cancel to zeros with either sign. */
function expectNear(found: Tensor, expected: EncodedTensor, allowed: number): void {
  expect(found.shape).toEqual(expected.shape);
  expect(found.dtype).toBe(expected.dtype);
  expect(found.sub(decode(expected)).abs().max().item()).toBeLessThan(allowed);
}

describe("MultiheadAttention has PyTorch's results, weights and gradients", () => {
  const named: Record<string, () => Tensor> = {
    causal: () => wave(0, [3, 3], "float64").mul(0).add(causalNumbers()).gt(0),
    padding: () => decode({ dtype: "bool", shape: [2, 3], values: [0, 0, 1, 0, 1, 1] }),
    floats: () => wave(9, [3, 3], "float64"),
    floatPadding: () => wave(8, [2, 3], "float64"),
    each: () => wave(7, [4, 3, 3], "float64").gt(1),
  };
  const causalNumbers = () =>
    decode({ dtype: "float64", shape: [3, 3], values: [0, 1, 1, 0, 0, 1, 0, 0, 0] });
  const titled = oracle.attentions.map((entry) => ({
    ...entry,
    title: `${JSON.stringify(entry.options)} ${JSON.stringify(entry.inputs)} ${JSON.stringify(entry.masks)}`,
  }));

  it.each(titled)("$title", ({ options, inputs, masks, output, weights, grads }) => {
    manualSeed(5);
    const module = new nn.MultiheadAttention(4, 2, { ...options, dtype: "float64" });
    const leaves = inputs.map((shape, k) => wave(k, shape, "float64"));
    for (const leaf of leaves) leaf.requiresGrad = true;
    const [q, k, v] = leaves.length === 3 ? leaves : [leaves[0], leaves[0], leaves[0]];
    const given = Object.fromEntries(
      Object.entries(masks).map(([name, value]) => [
        name,
        typeof value === "string" ? named[value]() : value,
      ]),
    );
    const [out, found] = module.forward(q, k, v, given);
    expectNear(out, output, 1e-13);
    let total = out.mul(pattern(1, out.shape, out.dtype)).sum();
    if (weights === null) expect(found).toBeUndefined();
    else {
      expectNear(found!, weights, 1e-14);
      total = total.add(found!.mul(pattern(2, found!.shape, found!.dtype)).sum());
    }
    const wanted = [...leaves, ...module.parameters()];
    grad(total, wanted).forEach((gradient, i) => {
      expectNear(gradient, grads[i], 1e-13);
    });
  });

  it("refuses what does not fit, by name", () => {
    const module = new nn.MultiheadAttention(4, 2);
    const x = zeros([3, 2, 4]);
    const run =
      (options: nn.AttendOptions, key = x, value = key) =>
      () =>
        module.forward(x, key, value, options);
    expect(() => new nn.MultiheadAttention(5, 2)).toThrow(
      "embedDim must be divisible by numHeads, got 5 and 2",
    );
    expect(() => new nn.MultiheadAttention(4, 0)).toThrow("must be greater than 0, got 4 and 0");
    expect(run({ attnMask: zeros([3, 2]) })).toThrow(
      "attnMask should have shape [3, 3] or [4, 3, 3], got [3, 2]",
    );
    expect(run({ keyPaddingMask: zeros([3, 2]) })).toThrow(
      "keyPaddingMask should have shape [2, 3], got [3, 2]",
    );
    expect(run({ attnMask: zeros([3, 3], { dtype: "int32" }) })).toThrow(
      "attnMask should be bool or float32",
    );
    expect(run({ isCausal: true })).toThrow("needs attnMask if isCausal");
    expect(run({}, zeros([3, 2, 5]))).toThrow("expected key to have as many axes as query, and 4 features");
    expect(run({}, zeros([5, 2, 4]), x)).toThrow(
      "do not fit together: shapes [3, 2, 4], [5, 2, 4] and [3, 2, 4]",
    );
    expect(run({}, zeros([5, 1, 4]))).toThrow("do not fit together");
    expect(() => module.forward(zeros([4]), x, x)).toThrow(
      "should be unbatched 2D or batched 3D, got shape [4]",
    );
  });
});

describe("batch normalisation keeps PyTorch's running moments", () => {
  it.each(oracle.norms)("$make", ({ make: code, shape, outputs, state }) => {
    const module = make(code) as nn.BatchNorm1d;
    const found = [0, 1, 2].map((k) => module.forward(wave(k, shape, "float64").mul(k + 1)));
    module.eval();
    found.push(module.forward(wave(3, shape, "float64")));
    found.forEach((out, i) => {
      expectTensor(out.detach(), outputs[i], { scale: 8 });
    });
    const dict = module.stateDict();
    expect(Object.keys(dict)).toEqual(Object.keys(state));
    for (const [name, expected] of Object.entries(state)) expectTensor(dict[name], expected, { scale: 8 });
  });

  it("and refuses input that it is not for", () => {
    expect(() => new nn.BatchNorm2d(3).forward(zeros([2, 3]))).toThrow(
      "BatchNorm2d: expected 4D input, got shape [2, 3]",
    );
    expect(() => new nn.BatchNorm1d(3).forward(zeros([2, 2]))).toThrow(
      "BatchNorm1d: expected input with 3 features on axis 1, got shape [2, 2]",
    );
    expect(() => new nn.BatchNorm1d(3).forward(zeros([1, 3]))).toThrow(
      "more than 1 value per channel when training",
    );
  });

  it("forgets them when it is told to", () => {
    const module = new nn.BatchNorm1d(2);
    module.forward(wave(0, [3, 2], "float32"));
    module.resetParameters();
    expect(module.runningMean!.tolist()).toEqual([0, 0]);
    expect(module.runningVar!.tolist()).toEqual([1, 1]);
    expect(module.numBatchesTracked!.item()).toBe(0);
  });
});

describe("modules print as PyTorch's do", () => {
  it.each(Object.entries(oracle.printed))("%s", (code, text) => {
    expect(String(make(code))).toBe(text);
  });
});
