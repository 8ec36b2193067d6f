import { KullbackError } from "../errors.js";
import { backend } from "../kernels/index.js";
import { version } from "../version.js";
import type { RowFacts } from "./facts/index.js";
import type { Input, Inputs, SettledFrom } from "./inputs/index.js";
import type { Plan } from "./plan.js";

/** What decides the values of rows, besides the files. */
export interface JournalFacts extends Pick<SettledFrom, "computed" | "kinds" | "tolerance"> {
  readonly dim: readonly number[];
  readonly plan: Plan;
  readonly facts: RowFacts;
}

/**
 * A text that two comparisons share exactly when their rows have the same values: the files by size and hash,
 * the options that matter, and the kernels, whose last bits differ.
 *
 * @throws KullbackError for an input that has no hash, being in memory.
 */
export async function journalKey(
  inputs: Inputs,
  { computed, kinds, tolerance, dim, plan, facts }: JournalFacts,
): Promise<string> {
  const { reference, candidates, floor, labels, mask } = inputs;
  const files = [reference, ...candidates, ...[floor, labels, mask].map((input) => input ?? null)];
  const { start, end } = facts.selection;
  return JSON.stringify({
    version,
    backend: backend(),
    files: files.map((input) => (input === null ? null : identityOf(input))),
    computed,
    kinds,
    tolerance,
    dim,
    measures: plan.measures.map(({ key }) => key),
    llamaCpp: plan.llamaCpp ?? null,
    ...{ entropy: plan.entropy, topOverlap: plan.topOverlap, rank: plan.rank, start, end },
  });
}

function identityOf({ summary, file }: Input): unknown {
  const { name, size, hash, shape, dtype } = summary;
  if (hash === null) {
    throw new KullbackError(`${name}: only a comparison of files can be resumed`);
  }
  // Of a file with several arrays or columns, which of them it is.
  const part = file.array?.offset ?? name.slice(file.source.name.length);
  return { size, hash: hash.value, part, shape, dtype };
}
