import type { FloatArray } from "../kernels/index.js";
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
