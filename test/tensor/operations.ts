// What the cases of test/oracle/tensor.py call, in our names.

import type { Tensor } from "../../src/tensor/index.js";
import * as k from "../../src/tensor/index.js";

type Operation = (operands: readonly unknown[], args: readonly unknown[]) => unknown;

/** f(...operands, ...args). */
function plain(f: unknown): Operation {
  return (operands, args) => (f as (...all: unknown[]) => unknown)(...operands, ...args);
}

/** f([operands], ...args), for functions of a list of tensors. */
function ofList(f: unknown): Operation {
  return (operands, args) => (f as (...all: unknown[]) => unknown)(operands, ...args);
}

/** f(x, ...args) whose values and indices are two results. */
function indexed(f: unknown): Operation {
  return (operands, args) => {
    const result = plain(f)(operands, args) as Tensor | k.Indexed;
    return "values" in result ? [result.values, result.indices] : result;
  };
}

const spread =
  (f: typeof k.variance) =>
  (x: Tensor, dim?: k.Dims, correction?: number, keepdim?: boolean): Tensor =>
    f(x, dim, { correction, keepdim });

const direct = {
  neg: k.neg,
  exp: k.exp,
  expm1: k.expm1,
  log: k.log,
  log1p: k.log1p,
  log2: k.log2,
  sqrt: k.sqrt,
  abs: k.abs,
  sign: k.sign,
  sigmoid: k.sigmoid,
  tanh: k.tanh,
  relu: k.relu,
  softplus: k.softplus,
  gelu: k.gelu,
  erf: k.erf,
  isnan: k.isnan,
  isfinite: k.isfinite,
  logicalNot: k.logicalNot,
  softplusWith: (x: Tensor, beta: number, threshold: number) => k.softplus(x, { beta, threshold }),
  geluTanh: (x: Tensor) => k.gelu(x, { approximate: "tanh" }),
  add: k.add,
  sub: k.sub,
  mul: k.mul,
  div: k.div,
  pow: k.pow,
  xlogy: k.xlogy,
  maximum: k.maximum,
  minimum: k.minimum,
  eq: k.eq,
  ne: k.ne,
  lt: k.lt,
  le: k.le,
  gt: k.gt,
  ge: k.ge,
  clamp: k.clamp,
  where: k.where,
  to: k.to,
  sum: k.sum,
  mean: k.mean,
  prod: k.prod,
  amax: k.amax,
  amin: k.amin,
  all: k.all,
  any: k.any,
  argmax: k.argmax,
  argmin: k.argmin,
  logsumexp: k.logsumexp,
  cumsum: k.cumsum,
  var: spread(k.variance),
  std: spread(k.std),
  norm: k.norm,
  softmax: k.softmax,
  logSoftmax: k.logSoftmax,
  softmaxAs: (x: Tensor, dim: number, dtype: Tensor["dtype"]) => k.softmax(x, dim, { dtype }),
  logSoftmaxAs: (x: Tensor, dim: number, dtype: Tensor["dtype"]) => k.logSoftmax(x, dim, { dtype }),
  matmul: k.matmul,
  linear: k.linear,
  split: k.split,
  chunk: k.chunk,
  gather: (x: Tensor, index: Tensor, dim: number) => k.gather(x, dim, k.to(index, "int32")),
  indexSelect: (x: Tensor, index: Tensor, dim: number) => k.indexSelect(x, dim, k.to(index, "int32")),
  flatten: k.flatten,
  squeeze: k.squeeze,
  unsqueeze: k.unsqueeze,
  flip: k.flip,
  view: k.view,
  reshape: k.reshape,
  transpose: k.transpose,
  permute: k.permute,
  t: k.t,
  expand: k.expand,
  select: k.select,
  narrow: k.narrow,
  clone: k.clone,
  contiguous: k.contiguous,
  detach: k.detach,
};

export const operations: Record<string, Operation> = {
  ...Object.fromEntries(Object.entries(direct).map(([name, f]) => [name, plain(f)])),
  cat: ofList(k.cat),
  stack: ofList(k.stack),
  max: indexed(k.max),
  min: indexed(k.min),
  topk: indexed((x: Tensor, n: number, dim?: number, largest?: boolean) => k.topk(x, n, dim, { largest })),
  sort: indexed((x: Tensor, dim?: number, descending?: boolean) => k.sort(x, dim, { descending })),
};
