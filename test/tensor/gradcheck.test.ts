import { describe, expect, it } from "vitest";
import type { Tensor } from "../../src/tensor/index.js";
import * as k from "../../src/tensor/index.js";

/** Float64 numbers in (low, high), no two alike, that require a gradient. */
function input(shape: number[], low = -2, high = 2): Tensor {
  const array = new Float64Array(shape.reduce((n, size) => n * size, 1));
  for (let i = 0; i < array.length; i++)
    array[i] = low + ((i * 0.6180339887498949 + 0.311) % 1) * (high - low);
  return k.fromArray(array, shape, { requiresGrad: true });
}

const mask = k.tensor([
  [true, false, true],
  [false, true, true],
]);
const index = k.tensor(
  [
    [1, 0, 1],
    [0, 0, 1],
    [1, 1, 0],
  ],
  { dtype: "int32" },
);
const positive = () => input([2, 3], 0.2, 3);
const plain = () => input([2, 3]);

const cases: Record<string, [f: (...inputs: Tensor[]) => Tensor | readonly Tensor[], inputs: Tensor[]]> = {
  add: [k.add, [plain(), input([3])]],
  sub: [k.sub, [input([2, 1]), input([3])]],
  mul: [k.mul, [plain(), input([2, 1])]],
  div: [k.div, [plain(), input([3], 0.5, 2)]],
  neg: [k.neg, [plain()]],
  exp: [k.exp, [plain()]],
  expm1: [k.expm1, [plain()]],
  log: [k.log, [positive()]],
  log1p: [k.log1p, [positive()]],
  log2: [k.log2, [positive()]],
  sqrt: [k.sqrt, [positive()]],
  abs: [k.abs, [plain()]],
  sign: [k.sign, [plain()]],
  pow: [k.pow, [positive(), plain()]],
  "pow by a number": [(x) => k.pow(x, 3), [plain()]],
  "pow of a number": [(x) => k.pow(2, x), [plain()]],
  xlogy: [k.xlogy, [plain(), positive()]],
  sigmoid: [k.sigmoid, [plain()]],
  tanh: [k.tanh, [plain()]],
  relu: [k.relu, [plain()]],
  erf: [k.erf, [plain()]],
  softplus: [(x) => k.softplus(x, { beta: 2, threshold: 3 }), [plain()]],
  gelu: [(x) => k.gelu(x), [plain()]],
  "gelu by tanh": [(x) => k.gelu(x, { approximate: "tanh" }), [plain()]],
  maximum: [k.maximum, [plain(), input([3], -1, 1.1)]],
  minimum: [k.minimum, [plain(), input([3], -1, 1.1)]],
  clamp: [(x) => k.clamp(x, -1, 1), [plain()]],
  where: [(x, y) => k.where(mask, x, y), [plain(), input([3])]],
  to: [(x) => k.to(k.to(x, "float64"), "float64"), [plain()]],
  sum: [(x) => [k.sum(x), k.sum(x, 0), k.sum(x, [-1], true)], [plain()]],
  mean: [(x) => [k.mean(x), k.mean(x, 0), k.mean(x, [-1], true)], [plain()]],
  prod: [(x) => [k.prod(x), k.prod(x, 0), k.prod(x, 1, true)], [plain()]],
  "prod with zeros": [
    (x) => k.prod(x, 1),
    [
      k.tensor(
        [
          [0, 2, 3],
          [0, 0, 3],
        ],
        { dtype: "float64", requiresGrad: true },
      ),
    ],
  ],
  cumsum: [(x) => k.cumsum(x, -1), [plain()]],
  var: [(x) => [k.variance(x), k.variance(x, 0, { correction: 0 })], [plain()]],
  std: [(x) => [k.std(x), k.std(x, 1, { keepdim: true })], [plain()]],
  "norm 2": [(x) => [k.norm(x), k.norm(x, 2, 0)], [plain()]],
  "norm 0": [(x) => k.norm(x, 0, 1), [plain()]],
  "norm 1": [(x) => k.norm(x, 1, 1), [plain()]],
  "norm 3": [(x) => k.norm(x, 3, 1), [plain()]],
  "norm 1.5": [(x) => k.norm(x, 1.5, 1), [plain()]],
  "norm ½": [(x) => k.norm(x, 0.5, 1), [plain()]],
  "norm −1": [(x) => k.norm(x, -1, 1), [plain()]],
  "norm ∞": [(x) => k.norm(x, Number.POSITIVE_INFINITY, 1), [plain()]],
  "norm −∞": [(x) => k.norm(x, Number.NEGATIVE_INFINITY), [plain()]],
  logsumexp: [(x) => [k.logsumexp(x, 0), k.logsumexp(x, [0, 1], true)], [plain()]],
  softmax: [(x) => [k.softmax(x, 0), k.softmax(x, -1)], [plain()]],
  logSoftmax: [(x) => [k.logSoftmax(x, 0), k.logSoftmax(x, -1)], [plain()]],
  amax: [(x) => [k.amax(x), k.amax(x, [1])], [plain()]],
  amin: [(x) => [k.amin(x), k.amin(x, [1])], [plain()]],
  max: [(x) => [k.max(x), k.max(x, 1).values], [plain()]],
  min: [(x) => [k.min(x), k.min(x, 0, true).values], [plain()]],
  sort: [(x) => k.sort(x, 1, { descending: true }).values, [plain()]],
  topk: [(x) => k.topk(x, 2).values, [plain()]],
  matmul: [k.matmul, [input([2, 1, 2, 3]), input([2, 3, 2])]],
  "matmul of vectors": [k.matmul, [input([3]), input([3])]],
  "matmul with a vector": [k.matmul, [input([2, 2, 3]), input([3])]],
  linear: [k.linear, [input([2, 2, 3]), input([4, 3]), input([4])]],
  cat: [(x, y) => k.cat([x, y, x], 1), [plain(), input([2, 1])]],
  stack: [(x, y) => k.stack([x, y], 1), [plain(), positive()]],
  split: [(x) => k.split(x, 2, 1), [plain()]],
  chunk: [(x) => k.chunk(x, 2, 1), [plain()]],
  gather: [(x) => k.gather(x, 0, index), [plain()]],
  indexSelect: [(x) => k.indexSelect(x, 1, k.tensor([2, 2, 0], { dtype: "int32" })), [plain()]],
  flatten: [(x) => k.flatten(x), [plain()]],
  squeeze: [(x) => k.squeeze(x), [input([2, 1, 3])]],
  unsqueeze: [(x) => k.unsqueeze(x, 1), [plain()]],
  flip: [(x) => k.flip(x, [0, 1]), [plain()]],
  view: [(x) => k.view(x, [3, 2]), [plain()]],
  reshape: [(x) => k.reshape(k.t(x), [6]), [plain()]],
  transpose: [(x) => k.transpose(x, 0, 1), [plain()]],
  permute: [(x) => k.permute(x, [2, 0, 1]), [input([2, 1, 3])]],
  expand: [(x) => k.expand(x, [2, 2, 3]), [input([2, 1])]],
  select: [(x) => k.select(x, 1, -1), [plain()]],
  narrow: [(x) => k.narrow(x, 1, 1, 2), [plain()]],
  clone: [k.clone, [plain()]],
  contiguous: [(x) => k.contiguous(k.t(x)), [plain()]],
};

describe.each(Object.entries(cases))("%s", (_, [f, inputs]) => {
  it("has the gradient that central differences show", () => {
    expect(k.gradcheck(f, inputs)).toBe(true);
  });

  it("has the second derivatives that central differences show", () => {
    expect(k.gradgradcheck(f, inputs)).toBe(true);
  });
});

describe("gradcheck", () => {
  /** x², whose gradient is said to be `slope`. */
  const square = (slope: (g: Tensor, x: Tensor) => Tensor) => (x: Tensor) =>
    k.record(
      k.noGrad(() => k.mul(x, x)),
      "SquareBackward",
      [x],
      [(g) => slope(g, x)],
      [x],
    );

  it("accepts a right gradient made with record", () => {
    const right = square((g, x) => k.mul(g, k.mul(x, 2)));
    expect(k.gradcheck(right, [plain()])).toBe(true);
    expect(k.gradgradcheck(right, [plain()])).toBe(true);
  });

  it("says where a gradient is wrong", () => {
    const wrong = square((g, x) => k.mul(g, k.mul(x, 2.01)));
    expect(() => k.gradcheck(wrong, [k.tensor([3], { dtype: "float64", requiresGrad: true })])).toThrow(
      /^gradcheck: gradient of input 0 at element 0 is 3\.\d+, by central differences 3\.\d+/,
    );
  });

  it("notices a gradient that is right in sum only", () => {
    const swapped = (x: Tensor) => k.record(x.clone(), "SwapBackward", [x], [(g) => k.flip(g, 0)]);
    expect(() => k.gradcheck(swapped, [input([4])])).toThrow(/gradient of input 0/);
  });

  it("notices a second derivative that is wrong though the first is right", () => {
    const cut = square((g, x) => k.mul(g, k.mul(x.detach(), 2)));
    expect(k.gradcheck(cut, [plain()])).toBe(true);
    expect(() => k.gradgradcheck(cut, [plain()])).toThrow(/^gradcheck: gradient of input 0/);
  });

  it("notices a gradient that is missing", () => {
    expect(() => k.gradcheck((x) => x.detach().mul(2).add(x.mul(0)), [plain()])).toThrow(
      /gradient of input 0/,
    );
    expect(() => k.gradcheck((x) => x.detach().mul(2), [plain()])).toThrow(/is 0, by central differences/);
  });

  it("checks each input that requires a gradient, and leaves it as it was", () => {
    const x = plain();
    const y = plain();
    const before = x.tolist();
    const wrong = (a: Tensor, b: Tensor) =>
      k.add(a, k.record(b.clone(), "WrongBackward", [b], [(g) => g.mul(2)]));
    expect(() => k.gradcheck(wrong, [x, y])).toThrow(/gradient of input 1/);
    expect(k.gradcheck(wrong, [x, y.detach()])).toBe(true);
    expect([x.tolist(), x.grad]).toEqual([before, null]);
  });

  it("needs float64 inputs that require gradients", () => {
    expect(() => k.gradcheck(k.exp, [k.ones([2])])).toThrow(/at least one input that requires gradient/);
    expect(() => k.gradcheck(k.exp, [k.ones([2], { requiresGrad: true })])).toThrow(/must be float64/);
  });

  it("passes over outputs that are not of floating point", () => {
    expect(k.gradcheck((x) => [x.mul(2), x.gt(0)], [plain()])).toBe(true);
  });
});
