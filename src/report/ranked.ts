import type { CandidateSummary, Comparison } from "../measure/index.js";
import { shortNames } from "./names.js";

/** A candidate as reports show it: with its place in the ranking, and a name without shared folders. */
export interface Ranked {
  /** 1 for the closest. */
  rank: number;
  name: string;
  candidate: CandidateSummary;
}

/** The candidates from the closest to the farthest. */
export function rankedCandidates({ reference, candidates, ranking }: Comparison): Ranked[] {
  const names = shortNames([reference.name, ...candidates.map(({ name }) => name)]).slice(1);
  return ranking.map((index, place) => ({
    rank: place + 1,
    name: names[index],
    candidate: candidates[index],
  }));
}
