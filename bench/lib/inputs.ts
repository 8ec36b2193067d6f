import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { trainingInputs } from "../training/inputs.js";
import { type ModelName, models } from "../training/models.js";
import type { Shape } from "./cases.js";

/**
 * What the rows of an input pair look like.
 *
 * - `logits`: two independent rows; `nearLogits`: the second is the first with a relative noise of 1e-5
 * - `probs`, `nearProbs`: the same of probabilities, float64, that sum to exactly 1
 * - `matrices`: two matrices [m, k] and [k, n]
 * - the name of a model: its first parameters, and a batch
 *
 * Made of integers and exactly rounded operations only, so that they are the same bits everywhere;
 * `near-equal.py` makes the near-equal ones again to compute their divergence with mpmath.
 */
export type InputKind = "logits" | "nearLogits" | "probs" | "nearProbs" | "matrices" | ModelName;

/** Uniform numbers in [0, 1), multiples of 2⁻³²: mulberry32 (T. Ettinger, 2017). */
function uniforms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Nearly normal numbers of variance 1: a sum of four uniform ones. */
function normals(seed: number): () => number {
  const uniform = uniforms(seed);
  return () => (uniform() + uniform() + uniform() + uniform() - 2) * 1.7320508075688772;
}

function logits(count: number, seed: number): Float32Array {
  const normal = normals(seed);
  return Float32Array.from({ length: count }, () => 2 * normal());
}

function noisy(values: Float32Array, seed: number): Float32Array {
  const normal = normals(seed);
  return values.map((value) => value * (1 + 1e-5 * normal()));
}

/** Rows of multiples of 2⁻²⁰ that sum to 1: each class has at least half of its fair share. */
function probabilities(rows: number, classes: number, seed: number): Float64Array {
  const uniform = uniforms(seed);
  const share = Math.floor(2 ** 20 / classes);
  const values = new Float64Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    let rest = 2 ** 20;
    for (let i = 0; i < classes - 1; i++) {
      const part = Math.floor(share * (0.5 + uniform() / 2));
      values[row * classes + i] = part / 2 ** 20;
      rest -= part;
    }
    values[row * classes + classes - 1] = rest / 2 ** 20;
  }
  return values;
}

/** Moves a multiple of 2⁻²⁶, at most 2⁻²⁰, from each second class to the one before: sums stay 1. */
function moved(values: Float64Array, classes: number, seed: number): Float64Array {
  const uniform = uniforms(seed);
  const result = values.slice();
  for (let start = 0; start < values.length; start += classes) {
    for (let i = start; i + 1 < start + classes; i += 2) {
      const part = Math.floor(64 * uniform()) / 2 ** 26;
      result[i] += part;
      result[i + 1] -= part;
    }
  }
  return result;
}

function make(kind: InputKind, shape: Shape): [Float32Array, Float32Array] | [Float64Array, Float64Array] {
  const [rows, classes] = shape;
  switch (kind) {
    case "logits":
      return [logits(rows * classes, 1), logits(rows * classes, 2)];
    case "nearLogits": {
      const first = logits(rows * classes, 1);
      return [first, noisy(first, 2)];
    }
    case "probs":
      return [probabilities(rows, classes, 1), probabilities(rows, classes, 2)];
    case "nearProbs": {
      const first = probabilities(rows, classes, 1);
      return [first, moved(first, classes, 2)];
    }
    case "matrices":
      return [logits(rows * classes, 1), logits(classes * shape[2], 2)];
    default:
      return trainingInputs(models[kind], uniforms);
  }
}

/** The files of an input pair in `folder`, written unless they are there. */
export function inputFiles(folder: string, kind: InputKind, shape: Shape): [string, string] {
  const path = (name: string) => join(folder, `${kind}-${shape.join("x")}-${name}.bin`);
  const files: [string, string] = [path("a"), path("b")];
  if (!files.every((file) => existsSync(file))) {
    make(kind, shape).forEach((values, i) => {
      writeFileSync(files[i], new Uint8Array(values.buffer));
    });
  }
  return files;
}
