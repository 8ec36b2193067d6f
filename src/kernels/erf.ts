/**
 * The complementary error function, erfc(x) = 2/√π ∫ₓ^∞ exp(−u²) du, in float64: a series of
 * positive terms near zero, a continued fraction beyond.
 *
 * M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions, 7.1.6 and 7.1.14.
 */
export function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x);
  return x < 2 ? 1 - erfSeries(x) : erfcFraction(x);
}

/** erf(x) = 2/√π ∫₀ˣ exp(−u²) du. */
export function erf(x: number): number {
  return Math.abs(x) < 2 ? erfSeries(x) : 1 - erfc(x);
}

/** erf(x) = 2/√π · exp(−x²) · Σ 2ⁿ x²ⁿ⁺¹ / (1·3·5·…·(2n+1)). */
function erfSeries(x: number): number {
  let term = x;
  let total = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(total); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
}

/** erfc(x) = exp(−x²)/√π · 1/(x + ½/(x + 1/(x + 1½/(x + …)))); 50 terms are exact to rounding from x = 2 on. */
function erfcFraction(x: number): number {
  let tail = x;
  for (let n = 50; n >= 1; n--) tail = x + n / 2 / tail;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / tail;
}
