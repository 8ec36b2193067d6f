import { KullbackError } from "../errors.js";
import type { RowReader } from "../io/index.js";
import { version } from "../version.js";
import { compareRows } from "./compareRows.js";
import type { CandidateSummary, Comparison, Unit } from "./comparison.js";
import { sumTolerance } from "./guessFrom.js";
import { type CompareInput, closeInputs, type Inputs, openInputs } from "./inputs.js";
import { journalKey } from "./journalKey.js";
import { notesOf } from "./notes.js";
import type { CompareOptions } from "./options.js";
import { defaultMeasures, type Plan, planOf } from "./plan.js";
import { RowCollector } from "./rowCollector.js";
import { type RowFacts, readRowFacts } from "./rowFacts.js";
import { rowTable } from "./rowTable.js";
import { anySelected } from "./selection.js";
import { settleFrom } from "./settleFrom.js";
import { compareShapes } from "./shapes.js";
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
  const inputs = await openInputs(reference, listOf(candidates), options);
  try {
    return await compareInputs(inputs, options);
  } finally {
    await closeInputs(inputs);
  }
}

async function compareInputs(inputs: Inputs, options: CompareOptions): Promise<Comparison> {
  const { base = "e", signal, onProgress } = options;
  const dims = listOf(options.dim ?? -1);
  const others = [...inputs.candidates, ...(inputs.floor ? [inputs.floor] : [])];
  const { readers, dim } = compareShapes(inputs.reference, others, dims, options.allowMismatch ?? []);
  const [p, ...qs] = readers;
  const { rows, classes } = p;
  const plan = planOf(options.measures ?? defaultMeasures, classes);
  const facts = await readRowFacts(inputs, rows, classes, options);
  const named = [inputs.reference, ...others].map(({ array }, i) => ({
    name: array.name,
    reader: readers[i],
  }));
  const { from, found } = await settleFrom(options.from ?? "auto", named);
  const tolerance = Math.max(...readers.map(({ dtype }) => sumTolerance(from, dtype)));

  const collector = new RowCollector({
    plan,
    labelled: facts.labels !== undefined,
    candidates: qs.length,
    selection: facts.selection,
    budget: options.rowMemory ?? defaultRowMemory,
    resume:
      options.resume === undefined
        ? undefined
        : { path: options.resume, key: await journalKey(inputs, { from, tolerance, dim, plan, facts }) },
  });
  let complete = false;
  try {
    const { start, end } = facts.selection;
    const totalBytes = [inputs.reference, ...others].reduce((sum, { array }) => sum + array.byteLength, 0);
    const request = {
      measures: plan.measures.map(({ measure }) => measure),
      entropies: plan.entropy,
      topOverlap: plan.topOverlap,
      rankOfTop: plan.rank,
    };
    await compareRows(
      p,
      qs,
      {
        ...{ from, tolerance, request, labels: facts.labels, signal },
        ...{ start: start + collector.done, end },
        wanted: (first, count) => anySelected(facts.selection, first, count),
      },
      {
        take: (candidate, block) => collector.take(candidate, block),
        finish(first, count) {
          collector.finish(first, count);
          const done = first + count - start;
          const bytes = (totalBytes * done) / rows;
          const total = (totalBytes * (end - start)) / rows;
          onProgress?.({ rows: done, totalRows: end - start, bytes, totalBytes: total });
        },
      },
    );
    const settled = { base, plan, facts, from, readers };
    const { candidates, floor, withinFloor, ...ranked } = await summariseAll(
      inputs,
      collector,
      settled,
      options,
    );
    const names = inputs.candidates.map(({ array }) => array.name);
    const { store, columns } = collector;
    await options.saveRows?.(rowTable({ store, columns, names, plan, facts, base }));
    complete = true;
    const comparison: Omit<Comparison, "notes"> = {
      schema: "kullback.compare/2",
      version,
      reference: inputs.reference.summary,
      convention: "math",
      from,
      found,
      dim,
      rows,
      classes,
      bound: "exact",
      unit: units[base].name,
      direction: "KL(P‖Q), P the reference",
      measures: plan.measures.map(({ key }) => key),
      selection: facts.selection.summary,
      clusters: facts.clusters ? { by: facts.clusters.by, count: facts.clusters.count } : null,
      labels: inputs.labels?.summary ?? null,
      candidates,
      ...ranked,
      floor,
    };
    return { ...comparison, notes: notesOf(comparison, withinFloor, options) };
  } finally {
    collector.close(complete);
  }
}

/** What was settled before the rows were computed. */
interface Settled {
  base: "e" | 2 | 10;
  plan: Plan;
  facts: RowFacts;
  from: Comparison["from"];
  readers: readonly RowReader[];
}

/** The summaries of all candidates, how they rank, and the floor's. */
async function summariseAll(
  inputs: Inputs,
  collector: RowCollector,
  { base, plan, facts, from, readers }: Settled,
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
    const sources = { reference: readers[0], candidate: readers[i + 1], from, places };
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
