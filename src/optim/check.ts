import { KullbackError } from "../errors.js";
import { describeValue } from "../tensor/index.js";

/** Throws unless `value` is a number ≥ 0. */
export function checkNonNegative(name: string, what: string, value: number): void {
  if (!(typeof value === "number" && value >= 0))
    throw new KullbackError(`${name}: invalid ${what}: wanted a number ≥ 0, got ${value}`);
}

/** Throws unless both decay rates of moments lie in [0, 1). */
export function checkBetas(name: string, betas: readonly [number, number]): void {
  if (!Array.isArray(betas) || betas.length !== 2) {
    throw new KullbackError(`${name}: invalid betas: wanted two numbers, got ${describeValue(betas)}`);
  }
  betas.forEach((beta, i) => {
    if (!(beta >= 0 && beta < 1)) {
      throw new KullbackError(`${name}: invalid beta at index ${i}: wanted 0 ≤ beta < 1, got ${beta}`);
    }
  });
}
