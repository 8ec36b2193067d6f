// What a graph holds after backward, seen by the garbage collector.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import {
  add,
  cat,
  clamp,
  gather,
  gelu,
  linear,
  logSoftmax,
  logsumexp,
  matmul,
  maximum,
  mul,
  randn,
  softplus,
  stack,
  type Tensor,
  tensor,
  where,
} from "../../src/tensor/index.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const weight = randn([3, 3]);
const positions = tensor([[0, 1, 2]], { dtype: "int32" });

const operations: Record<string, (h: Tensor) => Tensor> = {
  add: (h) => add(h, 1),
  sub: (h) => h.sub(weight),
  mul: (h) => mul(h, 2),
  div: (h) => h.div(weight),
  neg: (h) => h.neg(),
  exp: (h) => h.exp(),
  log1p: (h) => h.abs().log1p(),
  sqrt: (h) => h.abs().sqrt(),
  pow: (h) => h.pow(2),
  sigmoid: (h) => h.sigmoid(),
  relu: (h) => h.relu(),
  clamp: (h) => clamp(h, -1, 1),
  maximum: (h) => maximum(h, weight),
  where: (h) => where(h.gt(0), h, 0),
  to: (h) => h.to("float64"),
  sum: (h) => h.sum(1),
  mean: (h) => h.mean([0, 1]),
  prod: (h) => h.prod(0),
  cumsum: (h) => h.cumsum(1),
  var: (h) => h.var(0),
  std: (h) => h.std(0),
  norm: (h) => h.norm(2, 1),
  "norm 0": (h) => h.norm(0, 1),
  "norm 1": (h) => h.norm(1, 1),
  "norm ∞": (h) => h.norm(Number.POSITIVE_INFINITY, 1),
  xlogy: (h) => h.xlogy(weight.abs()),
  softplus: (h) => softplus(h),
  gelu: (h) => gelu(h),
  erf: (h) => h.erf(),
  flatten: (h) => h.flatten(),
  t: (h) => h.t(),
  chunk: (h) => h.chunk(2, 1)[1],
  logsumexp: (h) => logsumexp(h, 1),
  softmax: (h) => h.softmax(-1),
  logSoftmax: (h) => logSoftmax(h, -1),
  amax: (h) => h.amax(1),
  max: (h) => h.max(1).values,
  sort: (h) => h.sort(0).values,
  topk: (h) => h.topk(2).values,
  matmul: (h) => matmul(h, weight),
  linear: (h) => linear(weight, h),
  cat: (h) => cat([h, weight], 1),
  stack: (h) => stack([weight, h]),
  split: (h) => h.split(2)[0],
  gather: (h) => gather(h, 0, positions),
  indexSelect: (h) => h.indexSelect(0, tensor([2, 0], { dtype: "int32" })),
  view: (h) => h.view([9]),
  reshape: (h) => h.transpose(0, 1).reshape([9]),
  transpose: (h) => h.transpose(0, 1),
  permute: (h) => h.permute([1, 0]),
  squeeze: (h) => h.unsqueeze(0).squeeze(0),
  unsqueeze: (h) => h.unsqueeze(1),
  expand: (h) => h.expand([2, 3, 3]),
  select: (h) => h.select(0, 1),
  narrow: (h) => h.narrow(0, 1, 2),
  flip: (h) => h.flip(0),
  clone: (h) => h.clone(),
};

/** The loss, and weak references to the memory of what was computed on the way to it. */
function run(operation: (h: Tensor) => Tensor, backward: boolean): [Tensor, WeakRef<object>[]] {
  const x = randn([3, 3], { requiresGrad: true });
  const h = x.mul(1.5);
  const y = operation(h);
  const loss = y.mul(y).sum();
  if (backward) loss.backward();
  return [loss, [h, y].map((tensor) => new WeakRef(tensor.array))];
}

/** Weak references are kept until the current turn of the event loop ends. */
async function collected(refs: readonly WeakRef<object>[]): Promise<boolean> {
  for (let attempt = 0; attempt < 3; attempt++) {
    await new Promise((resolve) => setTimeout(resolve));
    collect();
  }
  return refs.every((ref) => ref.deref() === undefined);
}

describe("a loss that is kept after backward holds no intermediate data", () => {
  it.each(Object.keys(operations))("of %s", async (name) => {
    const [loss, refs] = run(operations[name], true);
    expect(await collected(refs)).toBe(true);
    expect(loss.requiresGrad).toBe(true);
  });
});

it("a loss that was not walked back holds what its gradients need", async () => {
  const [loss, refs] = run((h) => h.exp(), false);
  expect(await collected(refs)).toBe(false);
  expect(loss.requiresGrad).toBe(true);
});

it("a graph whose loss is forgotten is collected", async () => {
  const refs = (() => run((h) => h.exp(), false)[1])();
  expect(await collected(refs)).toBe(true);
});
