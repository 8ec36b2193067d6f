/**
 * e^x − 1 − x, without cancellation: the KL divergence of a class per unit of p, at x = log(q/p).
 *
 * Near 0 by Taylor's series x²/2·(1 + x/3·(1 + x/4·(1 + …))), whose factors up to x/15 reach 2⁻⁵³ at |x| = ½.
 */
export function expm1MinusX(x: number): number {
  if (Math.abs(x) > 0.5) return Math.expm1(x) - x;
  let series = 1;
  for (let k = 15; k > 2; k--) series = 1 + (x / k) * series;
  return 0.5 * x * x * series;
}

/**
 * x·e^x − e^x + 1 for x ≤ 0, without cancellation: the reverse KL divergence of a class per unit of p, at
 * x = log(q/p). Goes to 1 as x goes to −∞.
 */
export function entropyGap(x: number): number {
  return x > -0.5 ? Math.exp(x) * expm1MinusX(-x) : timesExp(x) - Math.expm1(x);
}

/** x·e^x for x ≤ 0, with its limit 0 at −∞. */
export function timesExp(x: number): number {
  return x === -Infinity ? 0 : x * Math.exp(x);
}
