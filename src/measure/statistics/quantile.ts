/**
 * The ranks, from 0, of the order statistics that a quantile of `count` values at `p` (from 0 to 1) lies
 * between, and how far it is from the first to the second.
 */
export function quantileRanks(count: number, p: number): { low: number; high: number; share: number } {
  const position = p * (count - 1);
  const low = Math.floor(position);
  return { low, high: Math.ceil(position), share: position - low };
}

/**
 * The quantile between two order statistics: linear interpolation at p·(n − 1), which is definition 7 of
 * Hyndman and Fan (1996) and NumPy's default.
 */
export function interpolate(low: number, high: number, share: number): number {
  // Equal neighbours need no arithmetic, and two infinite ones allow none.
  return low === high || share === 0 ? low : low + (high - low) * share;
}

/** The quantile of ascending values at `p` (from 0 to 1), exact. NaN when there are no values. */
export function quantileOfSorted(sorted: Float64Array, p: number): number {
  if (sorted.length === 0) return Number.NaN;
  const { low, high, share } = quantileRanks(sorted.length, p);
  return interpolate(sorted[low], sorted[high], share);
}
