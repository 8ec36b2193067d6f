// Steps of optimizers on packed arrays, in place. Arithmetic is float64; what is stored is rounded to its dtype.

import type { FloatArray } from "./dtype.js";

/** What {@link sgdStep} needs besides arrays. */
export interface SgdFactors {
  readonly lr: number;
  /** How much of the last direction is kept, and how much of the gradient is added to it. */
  readonly kept: number;
  readonly added: number;
  /** With `nesterov` the step goes along the gradient and this much of the direction. */
  readonly nesterov: boolean;
  readonly momentum: number;
}

/** b ← kept·b + added·g, then x ← x − lr·b, or x ← x − lr·(g + momentum·b); without b it is x ← x − lr·g. */
export function sgdStep(x: FloatArray, g: FloatArray, b: FloatArray | undefined, factors: SgdFactors): void {
  const { lr, kept, added, nesterov, momentum } = factors;
  if (b === undefined) {
    for (let i = 0; i < x.length; i++) x[i] -= lr * g[i];
    return;
  }
  for (let i = 0; i < x.length; i++) {
    b[i] = kept * b[i] + added * g[i];
    x[i] -= lr * (nesterov ? g[i] + momentum * b[i] : b[i]);
  }
}

/** The arrays of {@link adamStep}. */
export interface AdamArrays {
  readonly x: FloatArray;
  readonly gradient: FloatArray;
  /** Running averages of the gradient and of its square; the largest of the latter, where that is wanted. */
  readonly m: FloatArray;
  readonly v: FloatArray;
  readonly largest?: FloatArray;
}

/** What {@link adamStep} needs besides arrays. */
export interface AdamFactors {
  readonly beta1: number;
  readonly beta2: number;
  readonly stepSize: number;
  /** Divides √v: the square root of 1 − β₂ᵗ. */
  readonly correction: number;
  readonly eps: number;
}

/**
 * m ← m + (1 − β₁)·(g − m), v ← β₂·v + (1 − β₂)·g², x ← x − stepSize·m/(√v/correction + eps); with `largest` that
 * stands for v in the step.
 */
export function adamStep(arrays: AdamArrays, factors: AdamFactors): void {
  const { x, gradient: g, m, v, largest } = arrays;
  const { beta1, beta2, stepSize, correction, eps } = factors;
  for (let i = 0; i < x.length; i++) {
    m[i] += (1 - beta1) * (g[i] - m[i]);
    v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
    if (largest !== undefined) largest[i] = Math.max(largest[i], v[i]);
    x[i] -= (stepSize * m[i]) / (Math.sqrt((largest ?? v)[i]) / correction + eps);
  }
}
