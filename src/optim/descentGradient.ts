import type { Descent, FloatArray } from "../kernels/index.js";
import type { Point } from "./optimizer.js";

/**
 * The gradient of what is to be minimised: the loss's (or its negative's, to climb) plus that of the
 * penalty ½·weightDecay·‖x‖².
 */
export function descentGradient(
  { x, gradient }: Point,
  { weightDecay, maximize }: { weightDecay: number; maximize: boolean },
): FloatArray {
  if (weightDecay === 0 && !maximize) return gradient;
  const sign = maximize ? -1 : 1;
  if (weightDecay === 0) return Float64Array.from(gradient, (g) => sign * g);
  return Float64Array.from(gradient, (g, i) => sign * g + weightDecay * x[i]);
}

/** The same for kernels that do it themselves. */
export function descentOf({ weightDecay, maximize }: { weightDecay: number; maximize: boolean }): Descent {
  return { sign: maximize ? -1 : 1, decay: weightDecay };
}

/** How a group's parameters decay. */
interface Decay {
  lr: number;
  weightDecay: number;
  decoupledWeightDecay: boolean;
  maximize: boolean;
}

/** The options that {@link descentGradient} takes, without a penalty where the decay is decoupled from it. */
export function coupled({ weightDecay, decoupledWeightDecay, maximize }: Decay) {
  return { weightDecay: decoupledWeightDecay ? 0 : weightDecay, maximize };
}

/** Shrinks `x` by lr·weightDecay where the decay is decoupled from the gradient. */
export function decay(x: FloatArray, { lr, weightDecay, decoupledWeightDecay }: Decay): void {
  if (!decoupledWeightDecay || weightDecay === 0) return;
  const kept = 1 - lr * weightDecay;
  for (let i = 0; i < x.length; i++) x[i] *= kept;
}
