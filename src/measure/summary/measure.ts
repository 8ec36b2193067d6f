import type { MeasureSummary } from "../comparison.js";
import type { CandidateRows } from "../rows/index.js";
import { interpolate, Mean, orderStatistics, quantileRanks, undefinedInterval } from "../statistics/index.js";
import type { SummaryContext } from "./context.js";
import { NamedRows } from "./namedRows.js";

const quantiles = {
  min: 0,
  p1: 0.01,
  p5: 0.05,
  p10: 0.1,
  median: 0.5,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
  p999: 0.999,
  max: 1,
} as const;

type QuantileName = keyof typeof quantiles;

/** The distribution of a measure over the rows that count, divided by `unit`; the column holds nats. */
export function measureSummary(
  rows: CandidateRows,
  column: string,
  unit: number,
  { clusters, capacity }: SummaryContext,
): MeasureSummary {
  const finite = new Mean(clusters);
  const infinite = new NamedRows();
  rows.forEach([column], ([values], i, row) => {
    if (Number.isFinite(values[i])) finite.add(row, values[i]);
    else infinite.add(row);
  });
  const found = columnQuantiles(
    rows,
    column,
    finite.count + infinite.summary().count,
    Object.values(quantiles),
    capacity,
  );
  const names = Object.keys(quantiles) as QuantileName[];
  const values = Object.fromEntries(names.map((name, i) => [name, found[i] / unit]));
  const { value: finiteMean, stderr: finiteStderr } = finite.estimate(unit);
  const allFinite = infinite.summary().count === 0;
  return {
    mean: allFinite ? finiteMean : Infinity,
    stderr: allFinite ? finiteStderr : Number.NaN,
    interval: allFinite ? finite.logInterval(unit) : undefinedInterval,
    ...(values as Record<QuantileName, number>),
    infinite: infinite.summary(),
    finiteMean,
    finiteStderr,
  };
}

/** Exact quantiles of a column of `count` rows that count; NaN without rows. */
export function columnQuantiles(
  rows: CandidateRows,
  column: string,
  count: number,
  probabilities: readonly number[],
  capacity: number | undefined,
): number[] {
  if (count === 0) return probabilities.map(() => Number.NaN);
  const ranks = probabilities.map((p) => quantileRanks(count, p));
  const [found] = columnOrderStatistics(
    rows,
    column,
    count,
    ranks.flatMap(({ low, high }) => [low, high]),
    capacity,
  );
  return ranks.map(({ share }, i) => interpolate(found[2 * i], found[2 * i + 1], share));
}

/** The values of a column of `count` rows that count at `ranks`, from 0. */
export function columnOrderStatistics(
  rows: CandidateRows,
  column: string,
  count: number,
  ranks: readonly number[],
  capacity: number | undefined,
): number[][] {
  const values = {
    sizes: [count],
    forEach: (visit: (value: number, group: number) => void) =>
      rows.forEach([column], ([piece], i) => visit(piece[i], 0)),
  };
  return orderStatistics(values, [ranks], capacity);
}
