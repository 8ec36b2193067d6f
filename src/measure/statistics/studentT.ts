/**
 * The two-sided tail of Student's t: the probability that |T| ≥ |t| with `df` > 0 degrees of freedom, which is
 * I_x(df/2, 1/2) with x = df/(df + t²). NaN for t or df that are NaN.
 */
export function studentTail(t: number, df: number): number {
  if (Number.isNaN(t) || !(df > 0)) return Number.NaN;
  const square = t * t;
  if (square === Infinity) return 0;
  // Of x and 1 − x, each is computed without a difference.
  return incompleteBeta(df / 2, df / (df + square), square / (df + square));
}

/** The t > 0 whose two-sided tail is `tail`, between 0 and 1. */
export function studentQuantile(tail: number, df: number): number {
  if (!(df > 0)) return Number.NaN;
  let high = 1;
  while (studentTail(high, df) > tail) high *= 2;
  let low = 0;
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return high;
    if (studentTail(middle, df) > tail) low = middle;
    else high = middle;
  }
}

/** I_x(a, 1/2), given x and y = 1 − x; the continued fraction is taken on the side where it converges fast. */
function incompleteBeta(a: number, x: number, y: number): number {
  if (x === 0) return 0;
  if (y === 0) return 1;
  const b = 0.5;
  const front = Math.exp(a * (y < 0.5 ? Math.log1p(-y) : Math.log(x)) + b * Math.log(y) - logBetaHalf(a));
  if (x < (a + 1) / (a + b + 2)) return (front * betaFraction(a, b, x)) / a;
  return 1 - (front * betaFraction(b, a, y)) / b;
}

/**
 * The continued fraction of the incomplete beta function, by Lentz's method.
 *
 * Reference: DLMF 8.17.22; Press et al., Numerical Recipes, 3rd edition, section 6.4.
 */
function betaFraction(a: number, b: number, x: number): number {
  const tiny = 1e-300;
  const away = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return fraction;
}

/**
 * log B(a, 1/2) = ½ log π − log(Γ(a + ½)/Γ(a)): the ratio by its asymptotic series where a is large, and by
 * Γ(a + ½)/Γ(a) = (a/(a + ½)) · Γ(a + 3/2)/Γ(a + 1) from there down. A difference of two log Γ would lose all
 * digits for large a.
 *
 * Reference: DLMF 5.11.13.
 */
function logBetaHalf(a: number): number {
  let shifted = a;
  let product = 1;
  while (shifted < 24) {
    product *= shifted / (shifted + 0.5);
    shifted++;
  }
  const u = 1 / shifted;
  const u2 = u * u;
  const series = u * (-1 / 8 + u2 * (1 / 192 + u2 * (-1 / 640 + (u2 * 17) / 14_336)));
  return 0.5 * Math.log(Math.PI) - (0.5 * Math.log(shifted) + series + Math.log(product));
}
