import type { Histogram } from "../comparison.js";
import type { CandidateRows } from "../rows/index.js";

/** Widths of bins in powers of ten, of which the finest that fits is taken, and how many bins fit. */
const widths = [0.01, 0.02, 0.05, 0.1, 0.2, 0.25];
const mostBins = 48;

/**
 * Edges of equal bins in log10 of KL from the smallest to the largest that is neither 0 nor infinite, and at
 * most 12 powers of ten below the largest. Without such a KL there is one bin, around 1.
 *
 * @param range - The smallest and the largest of all candidates, in the unit.
 */
export function histogramEdges([min, max]: readonly [min: number, max: number]): number[] {
  if (!(min <= max)) return [-0.5, 0.5];
  const [low, high] = [Math.log10(min), Math.log10(max)];
  for (const width of widths) {
    // The last edge lies above the largest value, so that every bin is closed below and open above.
    const last = Math.floor(high / width) + 1;
    const first = Math.max(Math.floor(low / width), last - mostBins);
    if (low >= first * width || width === widths.at(-1)) {
      return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * width).toFixed(2)));
    }
  }
  return [];
}

/** The smallest and the largest KL of the rows that is neither 0 nor infinite, in nats. */
export function positiveRange(rows: CandidateRows): [min: number, max: number] {
  let [min, max] = [Infinity, 0];
  rows.forEach(["kl"], ([kl], i) => {
    const value = kl[i];
    if (!(value > 0 && value < Infinity)) return;
    if (value < min) min = value;
    if (value > max) max = value;
  });
  return [min, max];
}

/** Counts the rows by log10 of KL in the unit. */
export function histogram(rows: CandidateRows, edges: readonly number[], unit: number): Histogram {
  const counts = new Array<number>(edges.length - 1).fill(0);
  const thresholds = edges.map((edge) => 10 ** edge * unit);
  const others = { zero: 0, below: 0, infinite: 0 };
  rows.forEach(["kl"], ([kl], i) => {
    const value = kl[i];
    if (value <= 0) others.zero++;
    else if (value === Infinity) others.infinite++;
    else if (value < thresholds[0]) others.below++;
    else counts[Math.min(countAtMost(thresholds, value) - 1, counts.length - 1)]++;
  });
  return { edges: [...edges], counts, ...others };
}

/** How many of ascending numbers are at most `value`. */
export function countAtMost(ascending: ArrayLike<number>, value: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
