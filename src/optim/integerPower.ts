import { productError } from "../kernels/index.js";

/**
 * x to the power n, for 0 ≤ x ≤ 1 and an integer n ≥ 0, to half a unit in the last place: the same bits wherever
 * it runs. `Math.pow` has other last bits from one version of a JavaScript engine to the next, and so would
 * whole trainings.
 *
 * By repeated squaring in pairs of numbers (sum and rest): T. J. Dekker, "A floating-point technique for extending
 * the available precision", Numerische Mathematik 18 (1971).
 */
export function integerPower(x: number, n: number): number {
  let [power, powerRest, square, squareRest] = [1, 0, x, 0];
  for (let left = n; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) [power, powerRest] = product(power, powerRest, square, squareRest);
    [square, squareRest] = product(square, squareRest, square, squareRest);
  }
  return power;
}

/** (a + aRest)·(b + bRest) as a sum and its rest. */
function product(a: number, aRest: number, b: number, bRest: number): [number, number] {
  const first = a * b;
  const rest = productError(a, b, first) + (a * bRest + aRest * b);
  const sum = first + rest;
  return [sum, rest - (sum - first)];
}
