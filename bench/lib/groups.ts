import type { GroupName } from "../contenders/index.js";
import type { ModelName } from "../training/models.js";
import type { Shape, Task } from "./cases.js";
import type { InputKind } from "./inputs.js";
import { nearEqual } from "./reference.js";

/** How a time is told. */
export interface Unit {
  name: string;
  /** From nanoseconds a computation. */
  of(ns: number, shape: Shape): number;
  /** Whether more is better. */
  isRate: boolean;
}

/** A table: contenders down, shapes across. */
export interface TablePlan {
  title: string;
  task: Task;
  unit: Unit;
  inputs: InputKind;
  shapes: readonly Shape[];
  /** Of which `shapes` are measured with `--quick`. */
  quick: readonly Shape[];
  /** Near-equal rows to try as well: what each contender makes of them is the last column. */
  nearEqual?: { inputs: InputKind; shape: Shape; kl: number };
}

const perPair: Unit = { name: "ns per pair", of: (ns, [rows, n]) => ns / (rows * n), isRate: false };
const perElement: Unit = { ...perPair, name: "ns per element" };
const gigaflops: Unit = { name: "GFLOP/s", of: (ns, [m, k, n]) => (2 * m * k * n) / ns, isRate: true };

const steps: Unit = { name: "steps per second", of: (ns) => 1e9 / ns, isRate: true };

/** A table of training a model, whose sizes `shape` tells. */
const training = (model: ModelName, title: string, shape: Shape): TablePlan => ({
  title: `Training ${title}, Adam on the cross-entropy`,
  task: model,
  unit: steps,
  inputs: model,
  shapes: [shape],
  quick: [shape],
});

const rowShapes: readonly Shape[] = [
  [4096, 10],
  [4096, 1000],
  [256, 32000],
  [64, 128256],
];
const quickRows = rowShapes.slice(0, 2);
const matrixShapes: readonly Shape[] = [
  [512, 512, 512],
  [64, 784, 256],
];

const divergences = { unit: perPair, inputs: "logits", shapes: rowShapes, quick: quickRows } as const;
const softmaxes = {
  unit: perElement,
  inputs: "logits",
  shapes: rowShapes,
  quick: quickRows.slice(1),
} as const;

/** The tables of each group. */
export const groups: Readonly<Record<GroupName, readonly TablePlan[]>> = {
  divergence: [
    {
      ...divergences,
      title: "KL(softmax a ‖ softmax b), mean over rows",
      task: "forward",
      nearEqual: { ...nearEqual.logits, inputs: "nearLogits" },
    },
    { ...divergences, title: "The same with the gradient of b", task: "backwardQ" },
    {
      ...divergences,
      title: "The same with the gradients of a and b",
      task: "backwardBoth",
      quick: [],
    },
  ],
  softmax: [
    { ...softmaxes, title: "softmax", task: "softmax" },
    { ...softmaxes, title: "log-softmax", task: "logSoftmax" },
  ],
  matmul: [
    {
      title: "Matrix product, m×k×n",
      task: "matmul",
      unit: gigaflops,
      inputs: "matrices",
      shapes: matrixShapes,
      quick: matrixShapes,
    },
  ],
  small: [
    {
      title: "KL(p ‖ q) of short rows of probabilities, float64",
      task: "fromProbs",
      unit: perPair,
      inputs: "probs",
      shapes: [
        [4096, 10],
        [4096, 100],
      ],
      quick: [[4096, 10]],
      nearEqual: { ...nearEqual.probs, inputs: "nearProbs" },
    },
  ],
  training: [
    training("mlp", "an MLP, batch × 784 × 256 × 10", [64, 784, 256, 10]),
    training("transformer", "a transformer of 2 layers, batch × context × width", [16, 64, 64]),
    training("cnn", "a CNN, batch × image, to 8 and 16 channels", [64, 28, 28]),
  ],
};
