import { describe, expect, it } from "vitest";
import { KullbackError } from "../../src/errors.js";
import type { DType } from "../../src/kernels/index.js";
import {
  arange,
  eye,
  fromArray,
  full,
  linspace,
  manualSeed,
  ones,
  onesLike,
  rand,
  randint,
  randn,
  randperm,
  type Tensor,
  type TensorData,
  tensor,
  zeros,
  zerosLike,
} from "../../src/tensor/index.js";
import rules from "../oracle/tensor-rules.json" with { type: "json" };

const described = (x: Tensor) => [x.dtype, [...x.shape], x.tolist()];

describe("tensor", () => {
  it("keeps the shape of nested arrays", () => {
    expect(
      described(
        tensor([
          [1, 2],
          [3, 4],
          [5, 6],
        ]),
      ),
    ).toEqual([
      "float32",
      [3, 2],
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    ]);
    expect(described(tensor([[[1]], [[2]]]))).toEqual(["float32", [2, 1, 1], [[[1]], [[2]]]]);
    expect(described(tensor(7))).toEqual(["float32", [], 7]);
  });

  it("takes empty arrays, also nested", () => {
    expect(described(tensor([]))).toEqual(["float32", [0], []]);
    expect(described(tensor([[], []]))).toEqual(["float32", [2, 0], [[], []]]);
    expect(described(tensor([[[]], [[]]]))).toEqual(["float32", [2, 1, 0], [[[]], [[]]]]);
  });

  it("makes booleans bool, and numbers among them float32", () => {
    expect(described(tensor([true, false]))).toEqual(["bool", [2], [true, false]]);
    expect(described(tensor(true))).toEqual(["bool", [], true]);
    expect(described(tensor([true, 2.5]))).toEqual(["float32", [2], [1, 2.5]]);
  });

  it("converts to the dtype asked for", () => {
    expect(described(tensor([0, 2.7, -2.7], { dtype: "int32" }))).toEqual(["int32", [3], [0, 2, -2]]);
    expect(described(tensor([0, 0.5, Number.NaN], { dtype: "bool" }))).toEqual([
      "bool",
      [3],
      [false, true, true],
    ]);
    expect(tensor([0.1], { dtype: "float64" }).item()).toBe(0.1);
    expect(tensor([0.1]).item()).toBe(Math.fround(0.1));
    expect(tensor([2 ** 31 - 1], { dtype: "int32" }).item()).toBe(2147483647);
  });

  it("copies typed arrays and keeps their type", () => {
    const source = Float64Array.of(0.1, 0.2);
    const x = tensor(source);
    source[0] = 9;
    expect(described(x)).toEqual(["float64", [2], [0.1, 0.2]]);
    expect(tensor(Int32Array.of(3)).dtype).toBe("int32");
    expect(described(tensor(Uint8Array.of(0, 5)))).toEqual(["bool", [2], [false, true]]);
    expect(described(tensor([Float32Array.of(1, 2), Float32Array.of(3, 4)]))).toEqual([
      "float32",
      [2, 2],
      [
        [1, 2],
        [3, 4],
      ],
    ]);
  });

  it.each([
    [[[1, 2], [3]], "tensor: ragged input: expected an array of length 2 at [1], got an array of 1"],
    [[[1], 2], "tensor: ragged input: expected an array of length 1 at [1], got a number"],
    [[1, [2]], "tensor: wanted a number or boolean at [1], got an array of 1"],
    [
      [[[1, 2]], [[3, 4, 5]]],
      "tensor: ragged input: expected an array of length 2 at [1][0], got an array of 3",
    ],
    [[[], [1]], "tensor: ragged input: expected an array of length 0 at [1], got an array of 1"],
    [["a"], "tensor: wanted a number or boolean at [0], got a string"],
    [[[1, null]], "tensor: wanted a number or boolean at [0][1], got null"],
    ["abc", "tensor: wanted a number or boolean at the data, got a string"],
    [undefined, "tensor: wanted a number or boolean at the data, got undefined"],
  ])("of %j says where it went wrong", (data, message) => {
    expect(() => tensor(data as unknown as TensorData)).toThrow(new KullbackError(message));
  });

  it("refuses a tensor, an unknown dtype, and gradients of integers", () => {
    expect(() => tensor(ones([2]) as unknown as TensorData)).toThrow(/use clone\(\) or detach\(\)/);
    expect(() => tensor([1], { dtype: "float16" as DType })).toThrow(/wanted dtype "float32".*got float16/);
    expect(() => tensor([1], { dtype: "int32", requiresGrad: true })).toThrow(
      /only floating-point tensors can require gradients, got int32/,
    );
  });

  it("requires gradients if asked", () => {
    expect(tensor([1], { requiresGrad: true }).requiresGrad).toBe(true);
    expect(tensor([1]).requiresGrad).toBe(false);
  });
});

describe("fromArray", () => {
  it("shares memory both ways", () => {
    const memory = Float32Array.of(1, 2, 3, 4, 5, 6);
    const x = fromArray(memory, [2, 3]);
    memory[4] = 50;
    expect(x.tolist()).toEqual([
      [1, 2, 3],
      [4, 50, 6],
    ]);
    x.mul_(2);
    expect([...memory]).toEqual([2, 4, 6, 8, 100, 12]);
    expect(x.data.buffer).toBe(memory.buffer);
  });

  it("takes one axis by default and refuses what does not fit", () => {
    expect(fromArray(Int32Array.of(1, 2)).shape).toEqual([2]);
    expect(() => fromArray(new Float32Array(5), [2, 3])).toThrow(
      "fromArray: shape [2, 3] holds 6 elements, the array has 5",
    );
    expect(() => fromArray(new Float32Array(1), [-1])).toThrow(/non-negative integers, got \[-1\]/);
    expect(() => fromArray(new Int8Array(2) as unknown as Float32Array)).toThrow(/wanted a Float32Array/);
  });
});

describe("full, zeros, ones, eye", () => {
  it("fill a shape", () => {
    expect(described(full([2, 2], 1.5))).toEqual([
      "float32",
      [2, 2],
      [
        [1.5, 1.5],
        [1.5, 1.5],
      ],
    ]);
    expect(described(full([], true))).toEqual(["bool", [], true]);
    expect(described(full([1], Number.NaN, { dtype: "bool" }))).toEqual(["bool", [1], [true]]);
    expect(described(zeros([0, 2]))).toEqual(["float32", [0, 2], []]);
    expect(described(ones([2], { dtype: "int32" }))).toEqual(["int32", [2], [1, 1]]);
    expect(described(eye(2, 3))).toEqual([
      "float32",
      [2, 3],
      [
        [1, 0, 0],
        [0, 1, 0],
      ],
    ]);
    expect(eye(3, 2, { dtype: "float64" }).dtype).toBe("float64");
    expect(eye(2).shape).toEqual([2, 2]);
  });

  it("take shape and dtype from another tensor, but not its gradient", () => {
    const x = tensor([1, 2], { dtype: "float64", requiresGrad: true });
    expect(described(zerosLike(x))).toEqual(["float64", [2], [0, 0]]);
    expect(onesLike(x, { dtype: "int32" }).dtype).toBe("int32");
    expect(onesLike(x).requiresGrad).toBe(false);
  });

  it.each([
    [[2, -1], /zeros|full/],
    [[1.5], /non-negative integers, got \[1.5\]/],
    [[2 ** 20, 2 ** 20], /too many elements/],
    [3, /wanted a shape such as \[2, 3\], got 3/],
  ])("refuse the shape %j", (shape, message) => {
    expect(() => zeros(shape as number[])).toThrow(message);
    expect(() => zeros(shape as number[])).toThrow(KullbackError);
  });
});

/** A few roundings of the largest number: PyTorch's last bits vary with the width of the machine's vectors. */
function expectClose(got: Tensor, expected: readonly number[]): void {
  const rounding = got.dtype === "float64" ? 2 ** -51 : got.dtype === "float32" ? 2 ** -22 : 0;
  const largest = Math.max(0, ...expected.map(Math.abs));
  expect(got.numel).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs(got.data[i] - value)).toBeLessThanOrEqual(rounding * largest);
  });
}

describe("arange and linspace have PyTorch's numbers", () => {
  it.each(rules.arange)("arange(%j) in %s", (args, dtype, expected) => {
    const [start, end, step = 1] =
      (args as number[]).length === 1 ? [0, ...(args as number[])] : (args as number[]);
    const x = arange(start, end, step, { dtype: dtype as DType });
    expect(x.dtype).toBe(dtype);
    expectClose(x, expected as number[]);
  });

  it.each(rules.linspace)("linspace(%j) in %s", (args, dtype, expected) => {
    const [start, end, steps] = args as number[];
    const x = linspace(start, end, steps, { dtype: dtype as DType });
    expectClose(x, expected as number[]);
  });

  it("arange starts at 0 if only the end is given", () => {
    expect(described(arange(3))).toEqual(["float32", [3], [0, 1, 2]]);
    expect(described(arange(3, { dtype: "int32" }))).toEqual(["int32", [3], [0, 1, 2]]);
    expect(arange(3, { requiresGrad: true }).requiresGrad).toBe(true);
  });

  it("refuse steps that lead nowhere", () => {
    expect(() => arange(0, 5, -1)).toThrow(/step that leads from start to end, got 0, 5, step -1/);
    expect(() => arange(0, 5, 0)).toThrow(KullbackError);
    expect(() => arange(Number.POSITIVE_INFINITY)).toThrow(KullbackError);
    expect(() => linspace(0, 1, -2)).toThrow(KullbackError);
  });
});

describe("random tensors", () => {
  it("are PyTorch's after manualSeed, through every function in turn", () => {
    const { random } = rules;
    const floats = (values: readonly number[]) => values.map(Math.fround);
    manualSeed(random.seed);
    expect([...rand([2, 3]).data]).toEqual(floats(random.rand));
    expect([...randn([2, 2]).data]).toEqual(floats(random.randn));
    expect([...randn([17]).data]).toEqual(floats(random.randn17));
    expect([...rand([3], { dtype: "float64" }).data]).toEqual(random.rand64);
    expect([...randint(-3, 10, [6]).data]).toEqual(random.randint);
    expect([...randperm(7).data]).toEqual(random.randperm);
    expect([rand([]).item()]).toEqual(floats(random.rand0));
    expect([...randn([3]).data]).toEqual(floats(random.after));
  });

  it("have the shape, dtype and gradient asked for", () => {
    expect(described(randn([0, 2]))).toEqual(["float32", [0, 2], []]);
    expect(randn([2], { requiresGrad: true }).requiresGrad).toBe(true);
    expect(randint(0, 2, [2]).dtype).toBe("int32");
    expect(randperm(3).dtype).toBe("int32");
  });

  it("refuse integers as dtype, and empty intervals", () => {
    expect(() => rand([2], { dtype: "int32" })).toThrow("rand: wanted a floating-point dtype, got int32");
    expect(() => randint(3, 3, [2])).toThrow(KullbackError);
    expect(() => randperm(-1)).toThrow(KullbackError);
    expect(() => randn([-2])).toThrow(KullbackError);
  });
});

describe("reading a tensor", () => {
  it("item gives the only element", () => {
    expect(tensor([[2.5]]).item()).toBe(2.5);
    expect(tensor([1, 2, 3]).select(0, 1).item()).toBe(2);
    expect(tensor(true).item()).toBe(1);
    expect(() => tensor([1, 2]).item()).toThrow("item: wanted a tensor with one element, got shape [2]");
    expect(() => zeros([0]).item()).toThrow(KullbackError);
  });

  it("data is the memory of a contiguous tensor and a copy of any other", () => {
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    expect(x.data.buffer).toBe(x.select(0, 1).data.buffer);
    expect([...x.select(0, 1).data]).toEqual([3, 4]);
    expect([...x.transpose(0, 1).data]).toEqual([1, 3, 2, 4]);
    expect(x.transpose(0, 1).data.buffer).not.toBe(x.data.buffer);
  });

  it("tolist nests as deep as the shape", () => {
    expect(zeros([2, 0, 3]).tolist()).toEqual([[], []]);
    expect(
      tensor([
        [1, 2],
        [3, 4],
      ])
        .transpose(0, 1)
        .tolist(),
    ).toEqual([
      [1, 3],
      [2, 4],
    ]);
    expect(tensor([1, 2]).unsqueeze(0).expand([2, 2]).tolist()).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it("size counts negative axes from the end, and knows its bounds", () => {
    const x = zeros([2, 3]);
    expect([x.size(0), x.size(-1), x.ndim, x.numel]).toEqual([2, 3, 2, 6]);
    expect(() => x.size(2)).toThrow(
      /Dimension out of range \(expected to be in range of \[-2, 1\], but got 2\)/,
    );
    expect(() => tensor(1).size(0)).toThrow(KullbackError);
  });
});
