import { faultsOf, type RowFault } from "../../kernels/index.js";
import type { CandidateSummary, Exclusion, InputSummary } from "../comparison.js";
import { type Plan, unitOf } from "../plan.js";
import { type CandidateRows, llamaCppOf, unselected } from "../rows/index.js";
import { Mean } from "../statistics/index.js";
import { cdf } from "./cdf.js";
import type { SummaryContext } from "./context.js";
import { histogram } from "./histogram.js";
import { labelSummary } from "./labels.js";
import { columnQuantiles, measureSummary } from "./measure.js";
import { NamedRows } from "./namedRows.js";
import { type Slicing, slice } from "./slices.js";
import { describeRows, type RowSources } from "./topClasses.js";
import { WorstRows } from "./worst.js";

/** What a summary is asked to hold. */
export interface SummaryRequest extends SummaryContext {
  readonly plan: Plan;
  readonly base: "e" | 2 | 10;
  readonly slicings: readonly Slicing[];
  /** Edges of the histogram, in log10 of the unit. */
  readonly edges: readonly number[];
  /** How many of the worst rows to list. */
  readonly worst: number;
  /** Lets other work happen between two passes over the rows; throws when the comparison is to stop. */
  readonly pause: () => Promise<void>;
}

/** The summary of one candidate, made of its rows. */
export async function summarise(
  rows: CandidateRows,
  input: InputSummary,
  modelBytes: number | null,
  sources: Omit<RowSources, "labels">,
  request: SummaryRequest,
): Promise<CandidateSummary> {
  const { plan, base, unit, clusters, capacity, pause } = request;
  const { count, excluded } = countRows(rows);
  const measures: CandidateSummary["measures"] = {};
  for (const { key, name } of plan.measures) {
    measures[key] = measureSummary(rows, key, unitOf(name, base), request);
    await pause();
  }
  const slices: CandidateSummary["slices"] = [];
  for (const slicing of request.slicings) {
    slices.push(slice(rows, slicing, request));
    await pause();
  }
  const sameTop = new Mean(clusters);
  const worst = new WorstRows(request.worst);
  rows.forEach(["sameTop", "kl"], ([same, kl], i, row) => {
    sameTop.add(row, same[i]);
    worst.add(row, kl[i]);
  });
  await pause();
  return {
    ...input,
    rows: count,
    excluded,
    modelBytes,
    pareto: null,
    measures,
    sameTop: sameTop.estimate(),
    topOverlap: plan.topOverlap > 0 ? topOverlap(rows, count, plan.topOverlap) : null,
    rankOfTop: plan.rank ? rankOfTop(rows, count, capacity) : null,
    entropy: plan.entropy ? entropies(rows, request) : null,
    labels: labelSummary(rows, request),
    histogram: histogram(rows, request.edges, unit),
    cdf: cdf(rows, count, unit, capacity),
    slices,
    worst: await describeRows(worst.list(), unit, { ...sources, labels: request.labels }),
    llamaCpp: plan.llamaCpp ? llamaCppOf(rows) : null,
  };
}

/** How many rows count, and which do not and why. */
function countRows(rows: CandidateRows): { count: number; excluded: Exclusion[] } {
  let count = 0;
  const reasons = new Map<string, { side: Exclusion["side"]; reason: RowFault; rows: NamedRows }>();
  rows.forEachStatus((status, row) => {
    if (status === 0) count++;
    else if (status !== unselected) {
      const { p, q } = faultsOf(status);
      const [side, reason] = p === undefined ? (["candidate", q!] as const) : (["reference", p] as const);
      const key = `${side} ${reason}`;
      const entry = reasons.get(key) ?? { side, reason, rows: new NamedRows() };
      reasons.set(key, entry);
      entry.rows.add(row);
    }
  });
  // Reasons were met in the order of their first rows.
  return {
    count,
    excluded: [...reasons.values()].map(({ side, reason, rows }) => ({ side, reason, ...rows.summary() })),
  };
}

function topOverlap(rows: CandidateRows, count: number, most: number): number[] {
  const sums = new Array<number>(most).fill(0);
  rows.forEach(["overlap"], ([overlap], i) => {
    for (let k = 0; k < most; k++) sums[k] += overlap[i * most + k];
  });
  return sums.map((sum, k) => sum / (count * (k + 1)));
}

function rankOfTop(
  rows: CandidateRows,
  count: number,
  capacity: number | undefined,
): CandidateSummary["rankOfTop"] {
  let sum = 0;
  rows.forEach(["rank"], ([rank], i) => {
    sum += rank[i];
  });
  const [median, p99, max] = columnQuantiles(rows, "rank", count, [0.5, 0.99, 1], capacity);
  return { mean: sum / count, median, p99, max };
}

/** The entropies and the cross-entropy H(P, Q) = H(P) + KL(P‖Q). */
function entropies(rows: CandidateRows, { unit, clusters }: SummaryContext): CandidateSummary["entropy"] {
  const [reference, candidate, cross] = [new Mean(clusters), new Mean(clusters), new Mean(clusters)];
  let infinite = false;
  rows.forEach(["entropyP", "entropyQ", "kl"], ([p, q, kl], i, row) => {
    reference.add(row, p[i]);
    candidate.add(row, q[i]);
    if (Number.isFinite(kl[i])) cross.add(row, p[i] + kl[i]);
    else infinite = true;
  });
  return {
    reference: reference.estimate(unit),
    candidate: candidate.estimate(unit),
    cross: infinite ? { value: Infinity, stderr: Number.NaN } : cross.estimate(unit),
  };
}
