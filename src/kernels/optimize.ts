// Steps of optimizers on packed arrays, in place. What is stored is rounded to its dtype.

import type { FloatArray } from "./dtype.js";

/** How the direction d of a step comes from the loss's gradient g: d = sign·g + decay·x. */
export interface Descent {
  /** 1, or −1 to climb. */
  readonly sign: number;
  /** Strength λ of the penalty ½λ‖x‖². */
  readonly decay: number;
}

/** What {@link sgdStep} needs besides arrays. */
export interface SgdFactors extends Descent {
  readonly lr: number;
  /** How much of the last direction is kept, and how much of the gradient is added to it. */
  readonly kept: number;
  readonly added: number;
  /** With `nesterov` the step goes along the gradient and this much of the direction. */
  readonly nesterov: boolean;
  readonly momentum: number;
}

/**
 * b ← kept·b + added·d, then x ← x − lr·b, or x ← x − lr·(d + momentum·b); without b it is x ← x − lr·d.
 * Arithmetic is float64.
 */
export function sgdStep(x: FloatArray, g: FloatArray, b: FloatArray | undefined, factors: SgdFactors): void {
  const { sign, decay, lr, kept, added, nesterov, momentum } = factors;
  for (let i = 0; i < x.length; i++) {
    let d = sign * g[i];
    if (decay !== 0) d += decay * x[i];
    if (b === undefined) {
      x[i] -= lr * d;
    } else {
      b[i] = kept * b[i] + added * d;
      x[i] -= lr * (nesterov ? d + momentum * b[i] : b[i]);
    }
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
export interface AdamFactors extends Descent {
  /** What the parameter is multiplied by before the step: less than 1 for a decay beside the gradient. */
  readonly shrink: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly stepSize: number;
  /** Divides √v: the square root of 1 − β₂ᵗ. */
  readonly correction: number;
  readonly eps: number;
}

/**
 * m ← m + (1 − β₁)·(d − m), v ← β₂·v + (1 − β₂)·d², x ← shrink·x − stepSize·m/(√v/correction + eps);
 * with `largest` that stands for v in the step. Arithmetic is of the parameter's dtype, as in PyTorch, but for the
 * product with `shrink`, whose errors would all be of one sign.
 */
export function adamStep(arrays: AdamArrays, factors: AdamFactors): void {
  const { x, gradient: g, m, v, largest } = arrays;
  const r: (value: number) => number = x instanceof Float32Array ? Math.fround : (value) => value;
  const { sign, shrink, beta1, beta2 } = factors;
  const decay = r(factors.decay);
  const [rest1, kept2, rest2] = [r(1 - beta1), r(beta2), r(1 - beta2)];
  const [stepSize, correction, eps] = [r(factors.stepSize), r(factors.correction), r(factors.eps)];
  for (let i = 0; i < x.length; i++) {
    let d = sign * g[i];
    if (decay !== 0) d = r(d + r(decay * x[i]));
    m[i] += r(rest1 * r(d - m[i]));
    v[i] = r(kept2 * v[i]) + r(r(rest2 * d) * d);
    if (largest !== undefined) largest[i] = Math.max(largest[i], v[i]);
    const denominator = r(r(r(Math.sqrt((largest ?? v)[i])) / correction) + eps);
    x[i] *= shrink;
    x[i] -= r(r(stepSize * m[i]) / denominator);
  }
}
