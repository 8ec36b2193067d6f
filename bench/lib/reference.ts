import { readFileSync } from "node:fs";
import losses from "../training/losses.json" with { type: "json" };
import type { Case, Shape } from "./cases.js";

/**
 * The mean divergence of the near-equal rows of `inputs.ts`, by mpmath with 60 digits (`near-equal.py`).
 */
export const nearEqual = {
  logits: { shape: [64, 1000], kl: 6.478848269650118e-10 },
  probs: { shape: [64, 10], kl: 1.8654276660121e-11 },
} as const;

/** How many elements of each array a contender gives for the check. */
export const checked = 4;

/** The numbers of a file of bare float32 (or float64) values. */
export function readFloats(file: string, dtype: "float32"): Float32Array<ArrayBuffer>;
export function readFloats(file: string, dtype: "float64"): Float64Array<ArrayBuffer>;
export function readFloats(file: string, dtype: "float32" | "float64") {
  const bytes = new Uint8Array(readFileSync(file));
  return dtype === "float32" ? new Float32Array(bytes.buffer) : new Float64Array(bytes.buffer);
}

function logSoftmax(row: Float32Array): number[] {
  const max = row.reduce((a, b) => Math.max(a, b));
  const total = row.reduce((sum, x) => sum + Math.exp(x - max), 0);
  return Array.from(row, (x) => x - max - Math.log(total));
}

/** The mean divergence, then the first elements of the gradients in a and in b. */
function divergenceOf(a: Float32Array, b: Float32Array, [rows, classes]: Shape) {
  let total = 0;
  const gradA: number[] = [];
  const gradB: number[] = [];
  for (let row = 0; row < rows; row++) {
    const logP = logSoftmax(a.subarray(row * classes, (row + 1) * classes));
    const logQ = logSoftmax(b.subarray(row * classes, (row + 1) * classes));
    const kl = logP.reduce((sum, t, i) => sum + Math.exp(t) * (t - logQ[i]), 0);
    total += kl;
    if (row > 0) continue;
    for (let i = 0; i < checked; i++) {
      gradA.push((Math.exp(logP[i]) * (logP[i] - logQ[i] - kl)) / rows);
      gradB.push((Math.exp(logQ[i]) - Math.exp(logP[i])) / rows);
    }
  }
  return { kl: total / rows, gradA, gradB };
}

function divergenceOfProbs(p: Float64Array, q: Float64Array, rows: number): number {
  return p.reduce((sum, x, i) => sum + x * Math.log(x / q[i]), 0) / rows;
}

function productStart(a: Float32Array, b: Float32Array, [, inner, columns]: Shape): number[] {
  return Array.from({ length: checked }, (_, j) => {
    let sum = 0;
    for (let k = 0; k < inner; k++) sum += a[k] * b[k * columns + j];
    return sum;
  });
}

/**
 * What a contender should answer to `check`, in float64: the mean divergence followed by the first four
 * elements of each gradient asked for (b's, or a's and b's), or the first four elements of the result. Of a
 * model, the losses of the first steps, by PyTorch (`training/losses.py`).
 */
export function referenceValues({ task, shape, inputs }: Case): number[] {
  if (task === "fromProbs") {
    return [divergenceOfProbs(readFloats(inputs[0], "float64"), readFloats(inputs[1], "float64"), shape[0])];
  }
  if (task in losses) return losses[task as keyof typeof losses];
  const a = readFloats(inputs[0], "float32");
  const b = readFloats(inputs[1], "float32");
  switch (task) {
    case "softmax":
    case "logSoftmax": {
      const logs = logSoftmax(a.subarray(0, shape[1])).slice(0, checked);
      return task === "softmax" ? logs.map(Math.exp) : logs;
    }
    case "matmul":
      return productStart(a, b, shape);
    default: {
      const { kl, gradA, gradB } = divergenceOf(a, b, shape);
      if (task === "forward") return [kl];
      return task === "backwardQ" ? [kl, ...gradB] : [kl, ...gradA, ...gradB];
    }
  }
}

/** Whether a contender computed the same thing: every number within a thousandth of the largest. */
export function agrees(values: readonly number[], reference: readonly number[]): boolean {
  const near = (found: readonly number[], wanted: readonly number[]) => {
    const scale = Math.max(...wanted.map(Math.abs));
    return wanted.every((x, i) => Math.abs(found[i] - x) <= 1e-3 * scale);
  };
  return (
    values.length === reference.length &&
    near(values.slice(0, 1), reference.slice(0, 1)) &&
    near(values.slice(1), reference.slice(1))
  );
}
