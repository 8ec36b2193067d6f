import { KullbackError } from "../errors.js";
import type { From } from "../kernels/index.js";
import { version } from "../version.js";
import type { Input, Inputs } from "./inputs.js";
import type { Plan } from "./plan.js";
import type { RowFacts } from "./rowFacts.js";

/** What decides the values of rows, besides the files. */
export interface JournalFacts {
  readonly from: From;
  readonly tolerance: number;
  readonly dim: readonly number[];
  readonly plan: Plan;
  readonly facts: RowFacts;
}

/**
 * A text that two comparisons share exactly when their rows have the same values: the files by size and hash,
 * and the options that matter.
 *
 * @throws KullbackError for an input that has no hash, being in memory.
 */
export async function journalKey(
  inputs: Inputs,
  { from, tolerance, dim, plan, facts }: JournalFacts,
): Promise<string> {
  const { reference, candidates, floor, labels, mask } = inputs;
  const files = [reference, ...candidates, ...[floor, labels, mask].map((input) => input ?? null)];
  const { start, end } = facts.selection;
  return JSON.stringify({
    version,
    files: files.map((input) => (input === null ? null : identityOf(input))),
    from,
    tolerance,
    dim,
    measures: plan.measures.map(({ key }) => key),
    ...{ entropy: plan.entropy, topOverlap: plan.topOverlap, rank: plan.rank, start, end },
  });
}

function identityOf({ summary, array }: Input): unknown {
  const { name, size, hash, shape, dtype } = summary;
  if (hash === null) {
    throw new KullbackError(`${name}: only a comparison of files can be resumed`);
  }
  return { size, hash: hash.value, offset: array.offset, shape, dtype };
}
