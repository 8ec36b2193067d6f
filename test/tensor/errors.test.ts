import { describe, expect, it } from "vitest";
import { KullbackError } from "../../src/errors.js";
import type { Tensor } from "../../src/tensor/index.js";
import * as k from "../../src/tensor/index.js";

const m = k.ones([2, 3]);
const ints = k.ones([2, 3], { dtype: "int32" });
const bools = k.ones([2, 3], { dtype: "bool" });
const index = k.tensor([0, 1], { dtype: "int32" });

/** What each wrong call says. */
const calls: [string, () => unknown, string | RegExp][] = [
  [
    "shapes that do not broadcast",
    () => k.add(m, k.ones([2])),
    "add: shapes [2, 3] and [2] do not broadcast: The size of tensor a (3) must match the size of tensor b (2) at non-singleton dimension 1",
  ],
  [
    "the same in a comparison",
    () => k.lt(m, k.ones([4, 3])),
    /^lt: shapes \[2, 3\] and \[4, 3\] do not broadcast/,
  ],
  [
    "where with shapes that do not fit",
    () => k.where(bools, m, k.ones([2])),
    /^where: shapes \[2, 3\] and \[2\]/,
  ],
  [
    "where without a bool condition",
    () => k.where(ints, m, m),
    "where: expected condition to be a bool tensor, got int32",
  ],
  [
    "a dim out of range",
    () => m.sum(2),
    "sum: Dimension out of range (expected to be in range of [-2, 1], but got 2)",
  ],
  [
    "a dim out of range for 0-d",
    () => k.tensor(1).mean(1),
    /expected to be in range of \[-1, 0\], but got 1/,
  ],
  ["a dim that is no integer", () => m.softmax(0.5), "softmax: dim must be an integer, got 0.5"],
  ["a dim listed twice", () => m.mean([0, -2]), "mean: dim 0 appears multiple times in the list of dims"],
  [
    "mean of integers",
    () => ints.mean(),
    'mean: wanted a floating-point tensor, got int32; convert with to("float32")',
  ],
  ["variance of booleans", () => bools.var(), /^var: wanted a floating-point tensor, got bool/],
  ["std of integers", () => ints.std(), /^std: wanted a floating-point tensor, got int32/],
  ["norm of integers", () => ints.norm(), /^norm: wanted a floating-point tensor, got int32/],
  [
    "softmax of integers",
    () => ints.softmax(0),
    /^softmax: not implemented for int32; pass a floating-point dtype/,
  ],
  ["softplus of integers", () => k.softplus(ints), /^softplus: wanted a floating-point tensor/],
  ["gelu of booleans", () => k.gelu(bools), /^gelu: wanted a floating-point tensor/],
  [
    "gelu of an unknown kind",
    () => k.gelu(m, { approximate: "erf" as "none" }),
    /must be "none" or "tanh", got erf/,
  ],
  ["minus a boolean", () => k.sub(m, true), /^sub: not defined for bool/],
  [
    "the negative of booleans",
    () => bools.neg(),
    'neg: not defined for bool; convert with to("int32"), or use logicalNot',
  ],
  ["abs of booleans", () => bools.abs(), /^abs: not defined for bool/],
  ["relu of booleans", () => bools.relu(), /^relu: not defined for bool/],
  ["booleans to the power of booleans", () => bools.pow(bools), /^pow: not defined for bool/],
  [
    "integers to a negative power",
    () => ints.pow(-1),
    /^pow: integers to negative integer powers are not allowed/,
  ],
  ["clamp without bounds", () => m.clamp(), "clamp: wanted min, max or both, got neither"],
  [
    "the largest of nothing",
    () => k.zeros([0]).max(),
    /^max: expected reduction dim to have non-zero size, got shape \[0\]/,
  ],
  [
    "amin along an empty axis",
    () => k.zeros([2, 0]).amin(1),
    /^amin: expected reduction dim .* got shape \[2, 0\]/,
  ],
  ["argmax of nothing", () => k.zeros([0, 3]).argmax(), /^argmax: expected reduction dim/],
  [
    "the ∞-norm of nothing",
    () => k.zeros([0]).norm(Number.POSITIVE_INFINITY),
    /^norm: expected reduction dim/,
  ],
  [
    "matrices that do not fit",
    () => k.matmul(m, m),
    "matmul: shapes [2, 3] and [2, 3] cannot be multiplied: 3 columns against 2 rows",
  ],
  ["matmul of a number", () => k.matmul(k.tensor(1), m), /at least 1D, but they are 0D and 2D/],
  [
    "batches that do not fit",
    () => k.matmul(k.ones([2, 1, 3]), k.ones([3, 3, 1])),
    /^matmul: shapes \[2\] and \[3\] do not broadcast/,
  ],
  ["matmul of booleans", () => k.matmul(bools, k.t(bools)), /^matmul: not defined for bool/],
  [
    "a linear map that does not fit",
    () => k.linear(m, m.t()),
    /^linear: input \[2, 3\] and weight \[3, 2\] do not fit/,
  ],
  ["an index of numbers", () => m.gather(0, m), "gather: expected dtype int32 for index, got float32"],
  [
    "an index beyond the end",
    () => m.indexSelect(0, k.tensor([2], { dtype: "int32" })),
    /index 2 is out of bounds for dimension with size 2/,
  ],
  [
    "an index before the start",
    () => m.indexSelect(1, k.tensor([-1], { dtype: "int32" })),
    /index -1 is out of bounds/,
  ],
  [
    "an index with too few axes",
    () => m.gather(0, index),
    /same number of dimensions .* got shapes \[2\] and \[2, 3\]/,
  ],
  [
    "an index that is too large",
    () => m.gather(0, k.zeros([1, 4], { dtype: "int32" })),
    /size does not match at dimension 1/,
  ],
  [
    "indexSelect by a matrix",
    () => m.indexSelect(0, k.zeros([1, 1], { dtype: "int32" })),
    /supposed to be a vector, got shape \[1, 1\]/,
  ],
  [
    "topk of more than there is",
    () => m.topk(4),
    "topk: selected index k out of range: wanted 0 to 3, got 4",
  ],
  [
    "select beyond the end",
    () => m.select(1, 3),
    /^select: index 3 is out of range for dim 1 of shape \[2, 3\]/,
  ],
  [
    "narrow beyond the end",
    () => m.narrow(1, 2, 2),
    "narrow: start (2) + length (2) exceeds dimension size (3)",
  ],
  [
    "narrow of a number",
    () => k.tensor(1).narrow(0, 0, 1),
    /^narrow: wanted a tensor with at least one dimension/,
  ],
  [
    "split into sizes that do not add up",
    () => m.split([1, 1], 1),
    "split: sizes [1, 1] sum to 2, wanted the axis's 3",
  ],
  ["split into nothing", () => m.split(0), /^split: wanted a positive integer as size, got 0/],
  ["chunk into nothing", () => m.chunk(0), /^chunk: wanted a positive number of chunks, got 0/],
  ["cat of nothing", () => k.cat([]), "cat: wanted a non-empty list of tensors"],
  [
    "cat of other sizes",
    () => k.cat([m, k.ones([2, 4])]),
    /except in dimension 0: tensor 0 has \[2, 3\], tensor 1 has \[2, 4\]/,
  ],
  [
    "cat of numbers",
    () => k.cat([k.tensor(1)]),
    /zero-dimensional tensors cannot be concatenated; use stack\(\)/,
  ],
  ["stack of other shapes", () => k.stack([m, k.ones([3])]), /got \[2, 3\] at entry 0 and \[3\] at entry 1/],
  ["view as another size", () => m.view([4]), "view: shape [4] is invalid for input of size 6"],
  [
    "view that would copy",
    () => m.t().view([6]),
    /^view: shape \[6\] is not compatible with the strides \[1, 3\] of shape \[3, 2\]/,
  ],
  [
    "reshape with two unknown sizes",
    () => m.reshape([-1, -1]),
    "reshape: only one size can be -1, got [-1, -1]",
  ],
  [
    "reshape with an ambiguous size",
    () => k.zeros([0]).reshape([0, -1]),
    /^reshape: shape \[0, -1\] is invalid/,
  ],
  ["expand to fewer axes", () => m.expand([3]), "expand: shape [2, 3] cannot be expanded to [3]"],
  ["expand of an axis", () => m.expand([4, 3]), /^expand: shape \[2, 3\] cannot be expanded to \[4, 3\]/],
  [
    "expand of an unknown new axis",
    () => m.expand([-1, 2, 3]),
    /^expand: wanted sizes that are non-negative integers/,
  ],
  ["permute of too few axes", () => m.permute([0]), "permute: wanted 2 dims, got [0]"],
  ["permute of an axis twice", () => m.permute([0, 0]), /^permute: dim 0 appears multiple times/],
  ["t of three axes", () => k.ones([1, 2, 3]).t(), /^t: wanted at most 2 dimensions, got shape \[1, 2, 3\]/],
  ["flatten backwards", () => m.flatten(1, 0), "flatten: startDim 1 comes after endDim 0"],
  ["item of many", () => m.item(), "item: wanted a tensor with one element, got shape [2, 3]"],
  [
    "an unknown dtype",
    () => m.to("half" as "float32"),
    /^to: wanted dtype "float32", "float64", "int32" or "bool", got half/,
  ],
];

describe("a wrong call says what it wanted and what it got", () => {
  it.each(calls)("%s", (_, call, message) => {
    expect(call).toThrow(KullbackError);
    expect(call).toThrow(message);
    expect(() => call()).not.toThrow(/\n/);
  });

  it.each([
    [[1, 2, 3], "an array of 3"],
    [undefined, "undefined"],
    [null, "null"],
    ["3", "a string"],
    [{}, "an object"],
  ])("an operand that is %j", (operand, what) => {
    const call = () => k.mul(m, operand as unknown as Tensor);
    expect(call).toThrow(new KullbackError(`operand: wanted a tensor, a number or a boolean, got ${what}`));
  });
});
