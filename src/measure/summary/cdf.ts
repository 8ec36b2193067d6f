import type { CandidateRows } from "../rows/index.js";
import { countAtMost } from "./histogram.js";
import { columnOrderStatistics } from "./measure.js";

const mostPoints = 200;

/**
 * The empirical distribution function of KL over `count` rows at up to 200 of its steps, evenly spread over
 * the rows: pairs of a KL, in the unit, and the exact share of rows that have at most this KL.
 */
export function cdf(
  rows: CandidateRows,
  count: number,
  unit: number,
  capacity: number | undefined,
): [kl: number, share: number][] {
  if (count === 0) return [];
  const points = Math.min(count, mostPoints);
  const ranks = Array.from({ length: points }, (_, i) =>
    points === 1 ? 0 : Math.round((i * (count - 1)) / (points - 1)),
  );
  const [values] = columnOrderStatistics(rows, "kl", count, ranks, capacity);
  const steps = [...new Set(values)].filter((value) => value < Infinity);
  // How many rows lie in (previous step, step].
  const counts = new Array<number>(steps.length + 1).fill(0);
  rows.forEach(["kl"], ([kl], i) => {
    const atMost = countAtMost(steps, kl[i]);
    counts[atMost > 0 && steps[atMost - 1] === kl[i] ? atMost - 1 : atMost]++;
  });
  let sum = 0;
  return steps.map((step, i) => {
    sum += counts[i];
    return [step / unit, sum / count];
  });
}
