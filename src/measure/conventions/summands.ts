/** What one class adds: x is its probability under P, y under Q, with their logarithms. */
export type ClassSummand = (x: number, logX: number, y: number, logY: number) => number;

/**
 * SciPy's `rel_entr`: x log(x/y), 0 where x = 0 ≤ y, and +∞ where a probability is negative or y = 0 < x.
 * NaN stays NaN.
 */
export const relativeEntropy: ClassSummand = (x, logX, y, logY) => {
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  if (x > 0 && y > 0) return x * (logX - logY);
  return x === 0 && y >= 0 ? 0 : Infinity;
};

/** The same with P and Q swapped. */
export const reverseRelativeEntropy: ClassSummand = (x, logX, y, logY) => relativeEntropy(y, logY, x, logX);

/** PyTorch's `kl_div`: xlogy(x, x) − x log y, which is NaN where x = y = 0, and where x < 0. */
export const torchSummand: ClassSummand = (x, logX, _y, logY) => (x === 0 ? 0 : x * logX) - x * logY;

/** ½ x log(x/m) + ½ y log(y/m) with m = (x + y)/2. */
export const jensenShannon: ClassSummand = (x, logX, y, logY) => {
  const m = (x + y) / 2;
  const logM = Math.log(m);
  return (relativeEntropy(x, logX, m, logM) + relativeEntropy(y, logY, m, logM)) / 2;
};

/** (x − y) log(x/y), a summand of Jeffreys' divergence and of the population stability index. */
export const jeffreys: ClassSummand = (x, logX, y, logY) =>
  relativeEntropy(x, logX, y, logY) + relativeEntropy(y, logY, x, logX);
