import { KullbackError } from "../errors.js";
import { Vocabulary } from "../io/index.js";
import { version } from "../version.js";
import type { CandidateSummary, Comparison, Unit } from "./comparison.js";
import { anySelected, type RowFacts, readRowFacts } from "./facts/index.js";
import {
  type CompareInput,
  closeInputs,
  compareShapes,
  type Input,
  type Inputs,
  openInputs,
  settleFrom,
} from "./inputs/index.js";
import { journalKey } from "./journalKey.js";
import { notesOf } from "./notes.js";
import type { CompareOptions } from "./options.js";
import { type Pairs, pairsOf, planFor } from "./pairs.js";
import type { Plan } from "./plan.js";
import { RowCollector, rowTable } from "./rows/index.js";
import {
  histogramEdges,
  markParetoFront,
  pairedDifference,
  positiveRange,
  rank,
  type SummaryRequest,
  slicingsOf,
  summarise,
} from "./summary/index.js";

const units: Readonly<Record<"e" | 2 | 10, { name: Unit; nats: number }>> = {
  e: { name: "nats", nats: 1 },
  2: { name: "bits", nats: Math.LN2 },
  10: { name: "hartleys", nats: Math.LN10 },
};

const defaultRowMemory = 64 * 2 ** 20;

/**
 * Says how far candidate distributions Q are from a reference P, row by row: the distribution of KL(P‖Q) and
 * other measures over rows with their uncertainty, agreement of the largest class, slices, the worst rows; the
 * ranking of the candidates and the paired differences between neighbours in it.
 *
 * Files are read in blocks, once each. The values of rows, 42 bytes a row and candidate by default, are kept
 * in memory up to a budget and in a temporary file beyond it, so memory does not grow with the files. Rows
 * that are no distributions are left out and listed. Arithmetic is float64, sums over rows are exact.
 *
 * @example
 * const { candidates, ranking } = await compare("base.npy", ["int8.npy", "int4.npy"]);
 * for (const i of ranking) console.log(candidates[i].name, candidates[i].measures.kl.mean);
 *
 * @param reference - P: a path, a Blob, an array in memory, …; see {@link CompareInput}.
 * @param candidates - One Q or several, of the reference's shape.
 * @throws {@link KullbackError} when a file cannot be read, shapes or tokens differ, it is not clear what the
 *   values are, labels or other numbers of rows do not fit, or no row can be compared.
 */
export async function compare(
  reference: CompareInput,
  candidates: CompareInput | readonly CompareInput[],
  options: CompareOptions = {},
): Promise<Comparison> {
  const vocabulary = new Vocabulary();
  const how = { dim: listOf(options.dim ?? -1), vocabulary, signal: options.signal };
  const inputs = await openInputs(reference, listOf(candidates), options, how);
  try {
    return await compareInputs(inputs, options, vocabulary);
  } finally {
    await closeInputs(inputs);
  }
}

async function compareInputs(
  inputs: Inputs,
  options: CompareOptions,
  vocabulary: Vocabulary,
): Promise<Comparison> {
  const { base = "e", convention = "math" } = options;
  const { reference } = inputs;
  const others = [...inputs.candidates, ...(inputs.floor ? [inputs.floor] : [])];
  const all = [reference, ...others];
  const shape = compareShapes(reference, others, listOf(options.dim ?? -1), options.allowMismatch ?? []);
  const facts = await readRowFacts(inputs, shape.rows, shape.classes ?? Infinity, options);
  const settled = await settleFrom(options.from ?? "auto", all);
  const plan = planFor(all, shape, settled, options);
  const { pairs, bound, classes } = pairsOf(all, shape, settled, vocabulary);

  const key = { ...settled, dim: shape.dim, plan, facts };
  const collector = new RowCollector({
    plan,
    labels: facts.labels,
    candidates: others.length,
    selection: facts.selection,
    budget: options.rowMemory ?? defaultRowMemory,
    resume:
      options.resume === undefined ? undefined : { path: options.resume, key: await journalKey(inputs, key) },
  });
  let complete = false;
  try {
    await computeRows(pairs, all, plan, facts, collector, options);
    const { candidates, floor, withinFloor, ...ranked } = await summariseAll(
      inputs,
      collector,
      { base, plan, facts, pairs },
      options,
    );
    const names = inputs.candidates.map(({ name }) => name);
    const { store, columns } = collector;
    await options.saveRows?.(rowTable({ store, columns, names, plan, facts, base }));
    complete = true;
    const comparison: Omit<Comparison, "notes"> = {
      schema: "kullback.compare/2",
      version,
      reference: reference.summary,
      convention,
      from: settled.from,
      found: settled.found,
      dim: shape.dim,
      rows: shape.rows,
      classes,
      bound,
      unit: units[base].name,
      direction: "KL(P‖Q), P the reference",
      measures: plan.measures.map(({ key }) => key),
      selection: facts.selection.summary,
      clusters: facts.clusters ? { by: facts.clusters.by, count: facts.clusters.count } : null,
      labels: inputs.labels?.summary ?? null,
      rowFiles: (["mask", "groups", "clusters"] as const).flatMap((role) => {
        const input = inputs[role];
        return input === undefined ? [] : [{ role, ...input.summary }];
      }),
      candidates,
      ...ranked,
      floor,
    };
    const seen = { inputs: all, kinds: settled.kinds, origin: facts.origin, withinFloor };
    return { ...comparison, notes: notesOf(comparison, seen, options) };
  } finally {
    collector.close(complete);
  }
}

/** Goes through the rows of all inputs, from where the collector is. */
async function computeRows(
  pairs: Pairs,
  inputs: readonly Input[],
  plan: Plan,
  facts: RowFacts,
  collector: RowCollector,
  { signal, onProgress }: CompareOptions,
): Promise<void> {
  const { start, end } = facts.selection;
  const rows = inputs[0].file.reader.rows;
  const size = ({ file }: Input) => file.array?.byteLength ?? file.size;
  const totalBytes = inputs.reduce((sum, input) => sum + size(input), 0);
  const how = {
    request: {
      measures: plan.measures.map(({ measure }) => measure),
      entropies: plan.entropy,
      topOverlap: plan.topOverlap,
      rankOfTop: plan.rank,
    },
    labels: facts.labels,
    signal,
    start: start + collector.done,
    end,
    wanted: (first: number, count: number) => anySelected(facts.selection, first, count),
  };
  await pairs.compute(how, {
    take: (candidate, block) => collector.take(candidate, block),
    finish(first, count) {
      collector.finish(first, count);
      const done = first + count - start;
      const bytes = (totalBytes * done) / rows;
      const total = (totalBytes * (end - start)) / rows;
      onProgress?.({ rows: done, totalRows: end - start, bytes, totalBytes: total });
    },
  });
}

/** What was settled before the rows were computed. */
interface Settled {
  base: "e" | 2 | 10;
  plan: Plan;
  facts: RowFacts;
  pairs: Pairs;
}

/** The summaries of all candidates, how they rank, and the floor's. */
async function summariseAll(
  inputs: Inputs,
  collector: RowCollector,
  { base, plan, facts, pairs }: Settled,
  { worst = 5, modelBytes = [], signal, rowMemory }: CompareOptions,
): Promise<Pick<Comparison, "candidates" | "ranking" | "differences" | "floor"> & { withinFloor: number[] }> {
  const { labels, clusters, places } = facts;
  const unit = units[base].nats;
  const all = collector.rows();
  const ranges = all.map(positiveRange);
  const range = [Math.min(...ranges.map(([min]) => min)), Math.max(...ranges.map(([, max]) => max))] as const;
  const request: SummaryRequest = {
    ...{ plan, base, unit, clusters, labels, worst },
    capacity: rowMemory === undefined ? undefined : Math.max(1, Math.floor(rowMemory / 16)),
    slicings: slicingsOf(facts),
    edges: histogramEdges([range[0] / unit, range[1] / unit]),
    async pause() {
      await new Promise((resolve) => setTimeout(resolve, 0));
      signal?.throwIfAborted();
    },
  };
  const summaries: CandidateSummary[] = [];
  for (const [i, { summary }] of [...inputs.candidates, ...(inputs.floor ? [inputs.floor] : [])].entries()) {
    const sources = { likeliest: pairs.likeliest(i), places };
    const candidate = await summarise(all[i], summary, modelBytes[i] ?? null, sources, request);
    checkSomethingCompared(candidate);
    summaries.push(candidate);
  }
  const count = inputs.candidates.length;
  const candidates = markParetoFront(summaries.slice(0, count));
  const ranking = rank(candidates);
  const differences = ranking.slice(1).map((worse, i) => pairedDifference(all, ranking[i], worse, request));
  // What is not clearly farther than another run of the reference itself.
  const withinFloor = inputs.floor
    ? ranking.filter((i) => !(pairedDifference(all, count, i, request).interval.low > 0))
    : [];
  return { candidates, ranking, differences, floor: summaries[count] ?? null, withinFloor };
}

/** Candidates and axes may be given alone or in a list. */
function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}

function checkSomethingCompared({ name, rows, excluded }: CandidateSummary): void {
  if (rows > 0) return;
  const reasons = excluded
    .map(({ side, reason, count }) => `${count} for "${reason}" in the ${side}`)
    .join(", ");
  throw new KullbackError(`${name}: none of its rows can be compared (left out: ${reasons})`);
}
