import type { CandidateSummary, PairedDifference } from "../comparison.js";
import type { CandidateRows } from "../rows/index.js";
import { Mean } from "../statistics/index.js";
import type { SummaryContext } from "./context.js";

/**
 * Indices of candidates by mean KL, the closest first. Those with infinite rows come last, the fewer such rows
 * the earlier, and of as many by the mean of the others; equal ones stay in the order given.
 */
export function rank(candidates: readonly CandidateSummary[]): number[] {
  const order = candidates.map((_, i) => i);
  const badness = ({ measures: { kl } }: CandidateSummary) => [kl.infinite.count, kl.finiteMean || 0];
  return order.sort((a, b) => {
    const [infiniteA, meanA] = badness(candidates[a]);
    const [infiniteB, meanB] = badness(candidates[b]);
    return infiniteA - infiniteB || meanA - meanB || a - b;
  });
}

/** The paired difference of two candidates, over the rows that count, with finite KL, in both. */
export function pairedDifference(
  rows: readonly CandidateRows[],
  better: number,
  worse: number,
  { unit, clusters }: SummaryContext,
): PairedDifference {
  const differences = new Mean(clusters);
  rows[worse].forEachPair(rows[better], "kl", (worseKl, betterKl, row) => {
    const difference = worseKl - betterKl;
    if (Number.isFinite(worseKl) && Number.isFinite(betterKl)) differences.add(row, difference);
  });
  return {
    better,
    worse,
    rows: differences.count,
    difference: differences.estimate(unit),
    interval: differences.interval(unit),
    pValue: differences.pValue(),
  };
}

/**
 * Marks the candidates, of those whose model's size is known, that no other of them beats: none is both at
 * most as large and at most as far, and smaller or closer.
 */
export function markParetoFront(candidates: readonly CandidateSummary[]): CandidateSummary[] {
  const known = candidates.filter(({ modelBytes }) => modelBytes !== null);
  const beats = (a: CandidateSummary, b: CandidateSummary) => {
    const [sizeA, sizeB] = [a.modelBytes!, b.modelBytes!];
    const [klA, klB] = [a.measures.kl.mean, b.measures.kl.mean];
    return sizeA <= sizeB && klA <= klB && (sizeA < sizeB || klA < klB);
  };
  return candidates.map((candidate) => ({
    ...candidate,
    pareto: candidate.modelBytes === null ? null : !known.some((other) => beats(other, candidate)),
  }));
}
