import type { CandidateSummary, Comparison } from "./comparison.js";
import type { CompareOptions } from "./options.js";

/** Below so many clusters a reader should know how few they are. */
const fewClusters = 6;

/**
 * What a reader must know of a comparison to take its numbers for what they are, one sentence each.
 *
 * @param withinFloor - Candidates that are not clearly farther than the null control.
 */
export function notesOf(
  comparison: Omit<Comparison, "notes">,
  withinFloor: readonly number[],
  options: CompareOptions,
): string[] {
  const { candidates, clusters, reference, floor } = comparison;
  const notes: string[] = [];
  for (const i of withinFloor) {
    notes.push(
      `${candidates[i].name} lies within the floor: its KL is not clearly above that of ${floor?.name}, another ` +
        "run of the reference.",
    );
  }
  if (clusters !== null && clusters.count < fewClusters) {
    notes.push(
      `There ${clusters.count === 1 ? "is" : "are"} only ${clusters.count} of the clusters that standard errors ` +
        "and intervals are made of, so these are rough.",
    );
  }
  if (new Set(candidates.map(excludedRows)).size > 1) {
    notes.push(
      "The rows left out are not the same for all candidates, so their means are over different rows; " +
        "differences are over the rows that both have.",
    );
  }
  if (options.allowMismatch?.includes("tokens")) {
    const others = candidates.filter(({ tokens }) => tokens !== reference.tokens);
    for (const { name } of others) {
      notes.push(`${name} was computed on other tokens than the reference, which was allowed.`);
    }
  }
  return notes;
}

function excludedRows({ excluded }: CandidateSummary): string {
  return JSON.stringify(excluded.map(({ count, first }) => [count, first]));
}
