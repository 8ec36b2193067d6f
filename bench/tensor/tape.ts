// What an operation on few elements costs, in nanoseconds: by itself, recorded, and with its gradient.
// Run: npx tsx bench/tensor/tape.ts

import { logSoftmax, matmul, mul, noGrad, randn, type Tensor, tensor } from "../../src/index.js";
import { nanoseconds, table } from "./measure.js";

const length = 500;
const small = (shape: number[]) => {
  const x = randn(shape).mul(0.1);
  x.requiresGrad = true;
  return x;
};
const other = small([4]);
const matrix = randn([4, 4]);
const one = tensor(1);

const operations: Record<string, { shape: number[]; step: (x: Tensor) => Tensor }> = {
  add: { shape: [4], step: (x) => x.add(other) },
  mul: { shape: [4], step: (x) => x.mul(other) },
  "mul by 0-d": { shape: [4], step: (x) => mul(x, one) },
  "mul by number": { shape: [4], step: (x) => x.mul(1.0001) },
  tanh: { shape: [4], step: (x) => x.tanh() },
  exp: { shape: [4], step: (x) => x.neg().exp() },
  relu: { shape: [4], step: (x) => x.relu() },
  "matmul 4×4": { shape: [4, 4], step: (x) => matmul(x, matrix) },
  "sum (and expand)": { shape: [4], step: (x) => x.sum().expand([4]) },
  "logSoftmax [1, 10]": { shape: [1, 10], step: (x) => logSoftmax(x, -1) },
};

function chain(start: Tensor, step: (x: Tensor) => Tensor): Tensor {
  let x = start;
  for (let i = 0; i < length; i++) x = step(x);
  return x;
}

for (const [name, { shape, step }] of Object.entries(operations)) {
  const start = small(shape);
  const ones = tensor(Array.from({ length: start.numel }, () => 1)).reshape(shape);
  table(name, {
    forward: nanoseconds(length, () => noGrad(() => chain(start, step)), 400),
    recorded: nanoseconds(length, () => chain(start, step), 400),
    "and backward": nanoseconds(
      length,
      () => {
        chain(start, step).backward(ones);
        start.grad = null;
        other.grad = null;
      },
      600,
    ),
  });
}
