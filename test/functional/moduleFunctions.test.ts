import { describe, expect, it } from "vitest";
import { F } from "../../src/functional/index.js";
import { arange, gradcheck, gradgradcheck, type Tensor, tensor } from "../../src/tensor/index.js";
import oracle from "../oracle/modules.json" with { type: "json" };
import cases from "../oracle/modules-functions.json" with { type: "json" };
import { type Derivatives, type EncodedTensor, expectDerivatives, expectTensor } from "./oracle.js";
import { wave } from "./wave.js";

type Options = Record<string, unknown>;

const indices = tensor([1, 3, 1, 0, 3, 4], { dtype: "int32" }).reshape([2, 3]);
const inf = Number.NEGATIVE_INFINITY;
const masks: Record<string, (dtype: "float32" | "float64") => Tensor> = {
  tall: () =>
    tensor(
      [
        [1, 0, 1, 1],
        [1, 1, 0, 1],
        [0, 0, 0, 1],
      ].map((row) => row.map(Boolean)),
    ),
  added: (dtype) =>
    tensor(
      [
        [0.5, inf, 1, 0],
        [0, 0.25, -1, 2],
        [inf, inf, inf, inf],
      ],
      { dtype },
    ),
};

/** The functions as the oracle's script calls them. */
const functions: Record<string, (inputs: Tensor[], options: Options) => Tensor> = {
  conv2d: ([x, w, b], options) => F.conv2d(x, w, b, options),
  maxPool2d: ([x], { kernelSize, ...options }) => F.maxPool2d(x, kernelSize as F.Pair, options),
  avgPool2d: ([x], { kernelSize, ...options }) => F.avgPool2d(x, kernelSize as F.Pair, options),
  adaptiveAvgPool2d: ([x], { outputSize }) => F.adaptiveAvgPool2d(x, outputSize as F.OutputSize),
  adaptiveMaxPool2d: ([x], { outputSize }) => F.adaptiveMaxPool2d(x, outputSize as F.OutputSize),
  batchNorm: ([x, weight, bias], { running, ...options }) => {
    const moments = running === true ? [tensor([0.5, -1]), tensor([2, 0.25])] : [];
    return F.batchNorm(x, moments[0], moments[1], { weight, bias, ...options });
  },
  layerNorm: ([x, weight, bias], { normalizedShape, ...options }) =>
    F.layerNorm(x, normalizedShape as number[], { weight, bias, ...options }),
  embedding: ([w], options) => F.embedding(indices, w, options),
  scaledDotProductAttention: ([q, k, v], { mask, ...options }) => {
    const attnMask = mask === undefined ? undefined : masks[mask as string](q.dtype as "float32");
    return F.scaledDotProductAttention(q, k, v, { attnMask, ...options });
  },
  leakyRelu: ([x], { negativeSlope }) => F.leakyRelu(x, negativeSlope as number),
  silu: ([x]) => F.silu(x),
  gelu: ([x], options) => F.gelu(x, options),
  softplus: ([x], options) => F.softplus(x, options),
  pad: ([x], { widths, value }) => F.pad(x, widths as number[], value as number),
};

const named = cases.map((entry) => ({
  ...entry,
  title: `${entry.f} of ${entry.value.dtype} ${JSON.stringify(entry.shapes)} ${JSON.stringify(entry.options)}`,
}));

describe("functions have PyTorch's values, gradients and second derivatives", () => {
  it.each(named)("$title", ({ f, shapes, options, ...wanted }) => {
    const expected = wanted as unknown as Derivatives;
    const inputs = shapes.map((shape, k) => wave(k, shape, expected.value.dtype));
    // PyTorch's sums run in other orders than ours: both round terms of this size.
    const scale = expected.value.dtype === "float64" ? 64 : 32;
    expectDerivatives((...own) => functions[f](own, options), inputs, expected, { scale });
  });
});

describe("functions pass gradcheck and gradgradcheck", () => {
  // The row that is for padding has no gradient, although the result depends on it.
  const double = named.filter(
    ({ value, second, options }) =>
      value.dtype === "float64" && second !== undefined && !("paddingIdx" in options),
  );
  it.each(double)("$title", ({ f, shapes, options }) => {
    const inputs = shapes.map((shape, k) => {
      return wave(k, shape, "float64").mul(0.9);
    });
    for (const x of inputs) x.requiresGrad = true;
    const call = (...own: Tensor[]) => functions[f](own, options);
    expect(gradcheck(call, inputs)).toBe(true);
    expect(gradgradcheck(call, inputs)).toBe(true);
  });
});

describe("convolution", () => {
  it("of many images has the values of each by itself", () => {
    const x = wave(1, [70, 3, 9, 8], "float32");
    const w = wave(2, [4, 3, 3, 3], "float32");
    const all = F.conv2d(x, w, undefined, { padding: 1 });
    for (const i of [0, 34, 69]) {
      const one = F.conv2d(x.select(0, i), w, undefined, { padding: 1 });
      expect(all.select(0, i).sub(one).abs().max().item()).toBeLessThan(1e-4);
    }
  });

  it("of large images with filters of one pixel is a product of matrices", () => {
    const x = wave(1, [2, 3, 9, 8], "float64");
    const w = wave(2, [4, 3, 1, 1], "float64");
    const byProduct = w
      .reshape([4, 3])
      .matmul(x.reshape([2, 3, 72]))
      .reshape([2, 4, 9, 8]);
    expect(F.conv2d(x, w).sub(byProduct).abs().max().item()).toBeLessThan(1e-12);
    const call = (a: Tensor, b: Tensor) => F.conv2d(a, b);
    const leaves = [x.narrow(0, 0, 1).clone(), w.clone()].map((leaf) => leaf.detach());
    for (const leaf of leaves) leaf.requiresGrad = true;
    expect(gradcheck(call as (...inputs: Tensor[]) => Tensor, leaves)).toBe(true);
  });

  it("takes views and no images at all", () => {
    const x = wave(1, [2, 5, 4, 3], "float64");
    const w = wave(2, [2, 3, 2, 2], "float64");
    const turned = F.conv2d(x.permute([0, 3, 1, 2]), w);
    expect(turned.tolist()).toEqual(F.conv2d(x.permute([0, 3, 1, 2]).clone(), w).tolist());
    expect(F.conv2d(wave(1, [0, 3, 4, 4], "float64"), w).shape).toEqual([0, 2, 3, 3]);
  });
});

describe("maxPool2dWithIndices", () => {
  it("says where in its plane each largest element is, the first of equal ones", () => {
    const x = tensor([
      [
        [1, 1, 0],
        [2, 0, 5],
      ],
    ]);
    const { values, indices } = F.maxPool2dWithIndices(x, [2, 2], { stride: 1 });
    expect(values.tolist()).toEqual([[[2, 5]]]);
    expect(indices.tolist()).toEqual([[[3, 5]]]);
    expect(F.maxPool2dWithIndices(tensor([[[3, 3]]]), [1, 2]).indices.item()).toBe(0);
  });

  it("takes NaN for larger than all, as PyTorch does", () => {
    expect(F.maxPool2d(tensor([[[Number.NaN, 9]]]), [1, 2]).item()).toBeNaN();
    expect(F.maxPool2d(tensor([[[9, Number.NaN]]]), [1, 2]).item()).toBeNaN();
  });
});

describe("oneHot", () => {
  it("is PyTorch's", () => {
    const [some, given] = oracle.oneHot as EncodedTensor[];
    expectTensor(
      F.oneHot(
        tensor(
          [
            [0, 2],
            [1, 1],
          ],
          { dtype: "int32" },
        ),
      ),
      some,
    );
    expectTensor(F.oneHot(tensor([1, 0], { dtype: "int32" }), 3), given);
  });
});

describe("attention", () => {
  const [q, k, v] = [0, 1, 2].map((i) => wave(i, [2, 3, 4, 4], "float64"));

  it("gives a query that sees no key zeros, and no gradient", () => {
    const attnMask = tensor([
      [true, false, false, true],
      [false, false, false, false],
    ]).select(0, 1);
    const query = q.detach();
    query.requiresGrad = true;
    const out = F.scaledDotProductAttention(query, k, v, { attnMask });
    out.sum().backward();
    expect(out.abs().max().item()).toBe(0);
    expect(query.grad!.abs().max().item()).toBe(0);
  });

  it("with a causal mask is attention to all keys so far", () => {
    const whole = F.scaledDotProductAttention(q, k, v, { isCausal: true });
    const third = F.scaledDotProductAttention(q.narrow(2, 2, 1), k.narrow(2, 0, 3), v.narrow(2, 0, 3));
    expect(whole.narrow(2, 2, 1).sub(third).abs().max().item()).toBeLessThan(1e-14);
  });
});

describe("wrong calls say what and where", () => {
  const image = wave(0, [1, 2, 4, 4], "float32");
  const filters = wave(1, [2, 2, 3, 3], "float32");
  const [q, k] = [wave(0, [3, 4], "float32"), wave(1, [5, 4], "float32")];
  const ints = arange(3, { dtype: "int32" });
  const table = wave(0, [3, 2], "float32");

  it.each<[() => unknown, string]>([
    [
      () => F.conv2d(table, filters),
      "conv2d: expected 3D (unbatched) or 4D (batched) input, got shape [3, 2]",
    ],
    [
      () => F.conv2d(image.narrow(1, 0, 1), filters),
      "conv2d: given groups=1, weight of size [2, 2, 3, 3], expected input [1, 1, 4, 4] to have 2 channels, " +
        "but got 1 channels instead",
    ],
    [() => F.conv2d(image, filters, undefined, { groups: 3 }), "to be divisible by groups"],
    [
      () => F.conv2d(image, filters, undefined, { groups: 0 }),
      "conv2d: groups must be a positive integer, got 0",
    ],
    [
      () => F.conv2d(image, filters, undefined, { stride: 0 }),
      "conv2d: stride must be an integer of at least 1",
    ],
    [
      () => F.conv2d(image, filters, undefined, { padding: [1, -1] }),
      "conv2d: padding must be an integer of at",
    ],
    [() => F.conv2d(image, filters, undefined, { padding: "same", stride: 2 }), "not supported for strided"],
    [
      () => F.conv2d(image, filters, undefined, { dilation: 3 }),
      "padded input size per channel: (4 x 4), kernel size: (7 x 7)",
    ],
    [() => F.conv2d(image, filters, table), "expected bias to be 1-dimensional with 2 elements"],
    [
      () => F.conv2d(image, filters.to("float64")),
      "input type float32 and weight type float64 should be the same",
    ],
    [() => F.conv2d(image.to("int32"), filters), "conv2d: wanted a floating-point input, got int32"],
    [
      () => F.conv2d(image, table),
      "conv2d: expected a weight [outChannels, channels / groups, height, width]",
    ],
    [() => F.maxPool2d(table, 2), "maxPool2d: expected 3D or 4D (batch mode) tensor"],
    [
      () => F.maxPool2d(image, 2, { padding: 2 }),
      "maxPool2d: padding should be at most half of effective kernel size",
    ],
    [() => F.maxPool2d(image, 5), "maxPool2d: an axis of 4 with padding 0 is too small for a window of 5"],
    [() => F.avgPool2d(image, 2, { divisorOverride: 0 }), "avgPool2d: divisorOverride must not be zero"],
    [
      () => F.avgPool2d(image, 2.5),
      "avgPool2d: kernelSize must be an integer of at least 1, or two, got 2.5",
    ],
    [() => F.avgPool2d(image.to("int32"), 2), "avgPool2d: wanted a floating-point tensor, got int32"],
    [
      () => F.adaptiveAvgPool2d(image, -1),
      "adaptiveAvgPool2d: outputSize must be a non-negative integer or null",
    ],
    [
      () => F.batchNorm(table, undefined, undefined),
      "batchNorm: expected runningMean to be defined in evaluation mode",
    ],
    [
      () => F.batchNorm(q.select(0, 0), undefined, undefined, { training: true }),
      "expected input [batch, channels, …]",
    ],
    [
      () => F.batchNorm(table.narrow(0, 0, 1), undefined, undefined, { training: true }),
      "batchNorm: expected more than 1 value per channel when training, got input size [1, 2]",
    ],
    [
      () => F.batchNorm(table, undefined, undefined, { training: true, weight: q }),
      "expected weight to be float32 of shape [2]",
    ],
    [
      () => F.layerNorm(table, [3]),
      "layerNorm: given normalizedShape [3], expected input with shape [*, 3], but got input of size [3, 2]",
    ],
    [() => F.layerNorm(table, []), "layerNorm: expected normalizedShape to have at least one axis"],
    [
      () => F.layerNorm(table, [2], { bias: q }),
      "layerNorm: expected bias to be float32 of shape [2], got float32 of [3, 4]",
    ],
    [() => F.embedding(ints.add(1), table), "embedding: index 3 is out of range for 3 rows"],
    [() => F.embedding(table, table), "embedding: expected indices to be int32, got float32"],
    [() => F.embedding(ints, q.select(0, 0)), "embedding: weight must be 2-D, got shape [4]"],
    [
      () => F.embedding(ints, table, { paddingIdx: 3 }),
      "embedding: paddingIdx must be within the 3 rows, got 3",
    ],
    [() => F.dropout(table, { p: 1.5 }), "dropout: probability has to be between 0 and 1, but got 1.5"],
    [() => F.dropout(ints), "dropout: wanted a floating-point tensor, got int32"],
    [() => F.oneHot(table), "oneHot: wanted class indices as int32, got float32"],
    [() => F.oneHot(ints, 2), "oneHot: class values must be smaller than numClasses=2, got 2"],
    [() => F.oneHot(ints.sub(1)), "oneHot: class values must be non-negative, got -1"],
    [() => F.pad(table, [1]), "pad: wanted pairs of integers for at most 2 axes, got [1] for shape [3, 2]"],
    [() => F.pad(table, [-2, -1]), "pad: widths [-2, -1] leave shape [3, 2] with a negative size"],
    [
      () => F.scaledDotProductAttention(q.select(0, 0), k, k),
      "to be at least 2-dimensional, got [4], [5, 4], [5, 4]",
    ],
    [() => F.scaledDotProductAttention(q, k.to("float64"), k), "expected one floating-point dtype"],
    [() => F.scaledDotProductAttention(q, table, table), "do not fit together: [3, 4], [3, 2], [3, 2]"],
    [
      () => F.scaledDotProductAttention(q, k, k, { attnMask: ints }),
      "expected attnMask to be bool or float32 as query is, got int32",
    ],
    [() => F.scaledDotProductAttention(q, k, k, { attnMask: q }), "do not broadcast"],
    [
      () => F.scaledDotProductAttention(q, k, k, { attnMask: table, isCausal: true }),
      "should not be set when isCausal",
    ],
    [
      () => F.scaledDotProductAttention(q, k, k, { attnMask: wave(0, [2, 3, 5], "float32") }),
      "does not broadcast to the scores' [3, 5]",
    ],
    [() => F.leakyRelu(ints), "leakyRelu: wanted a floating-point tensor, got int32"],
  ])("%s", (call, message) => {
    expect(call).toThrow(message);
  });
});
