/** 1/k! for k up to 15. */
const inverseFactorials = Float64Array.from({ length: 16 }, (_, k) => {
  let factorial = 1;
  for (let i = 2; i <= k; i++) factorial *= i;
  return 1 / factorial;
});

/**
 * e^x − 1 − x, without cancellation: the KL divergence of a class per unit of p, at x = log(q/p).
 *
 * Near 0 by Taylor's series Σ x^k/k! from k = 2, even and odd terms by themselves; its terms up to k = 15
 * reach 2⁻⁵³ at |x| = ½.
 */
export function expm1MinusX(x: number): number {
  if (Math.abs(x) > 0.5) return Math.expm1(x) - x;
  const square = x * x;
  let even = 0;
  let odd = 0;
  for (let k = Math.abs(x) < 0.01 ? 6 : 14; k >= 2; k -= 2) {
    even = even * square + inverseFactorials[k];
    odd = odd * square + inverseFactorials[k + 1];
  }
  return square * (even + x * odd);
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
