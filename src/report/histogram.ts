import type { Histogram } from "../measure/index.js";

/** Bins [start, end) of histograms with equal edges. */
export interface BinRange {
  start: number;
  end: number;
}

/** A bin in log10 of the unit. */
export interface Bin {
  from: number;
  to: number;
  count: number;
}

/** The bins outside of which no histogram has a row; null if none has one at all. */
export function occupied(histograms: readonly Histogram[]): BinRange | null {
  let start = Infinity;
  let end = 0;
  for (const { counts } of histograms) {
    const first = counts.findIndex((count) => count > 0);
    if (first < 0) continue;
    start = Math.min(start, first);
    end = Math.max(end, counts.findLastIndex((count) => count > 0) + 1);
  }
  return end === 0 ? null : { start, end };
}

/**
 * The bins of a range, put together to at most `most` of equal width. The last may reach beyond the range
 * and be cut at the histogram's end.
 */
export function binned({ edges, counts }: Histogram, { start, end }: BinRange, most: number): Bin[] {
  const step = Math.ceil((end - start) / most);
  const bins: Bin[] = [];
  for (let i = start; i < end; i += step) {
    const stop = Math.min(i + step, counts.length);
    const count = counts.slice(i, stop).reduce((sum, n) => sum + n, 0);
    bins.push({ from: edges[i], to: edges[stop], count });
  }
  return bins;
}
