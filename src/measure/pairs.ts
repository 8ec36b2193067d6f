import { KullbackError } from "../errors.js";
import type { RowReader, Vocabulary } from "../io/index.js";
import type { Comparison } from "./comparison.js";
import type { CommonShape, Input, SettledFrom } from "./inputs/index.js";
import type { CompareOptions } from "./options.js";
import { defaultMeasures, type Plan, planOf } from "./plan.js";
import { type CompareRowsOptions, compareBuckets, compareRows, type RowSink } from "./rows/index.js";
import { likeliestOfRows, likeliestOfSides, type RowSources } from "./summary/index.js";

/** How the rows of candidates are compared with those of the reference. */
export interface Pairs {
  /** Computes rows and hands them on. */
  compute(how: Omit<CompareRowsOptions, "from" | "tolerance">, sink: RowSink): Promise<void>;
  /** What shows the likeliest classes of rows of a candidate, and of the reference beside them. */
  likeliest(candidate: number): RowSources["likeliest"];
}

/** Inputs as pairs of rows, all classes of which are compared, or buckets where only the likeliest are known. */
export function pairsOf(
  [reference, ...candidates]: readonly Input[],
  { classes, buckets }: CommonShape,
  { computed, kinds, tolerance }: SettledFrom,
  vocabulary: Vocabulary,
): Pick<Comparison, "bound" | "classes"> & { pairs: Pairs } {
  if (buckets === undefined) {
    const [p, ...qs] = [reference, ...candidates].map(denseReader);
    const pairs: Pairs = {
      compute: (how, sink) => compareRows(p, qs, { ...how, from: computed, tolerance }, sink),
      likeliest: (candidate) => likeliestOfRows(p, qs[candidate], computed),
    };
    return { pairs, bound: "exact", classes: p.classes };
  }
  const [p, ...qs] = [reference, ...candidates].map(({ file }, i) => ({ file, from: kinds[i] }));
  const textOf = (id: number) => (reference.file.ids === "text" ? vocabulary.textOf(id) : undefined);
  const pairs: Pairs = {
    compute: (how, sink) => compareBuckets(p, qs, { ...how, classes, buckets }, sink),
    likeliest: (candidate) => likeliestOfSides(p, qs[candidate], textOf),
  };
  return { pairs, bound: "lower", classes: buckets };
}

function denseReader({ name, file }: Input): RowReader {
  if (file.kind === "dense") return file.reader;
  throw new KullbackError(`${name}: wanted all classes of rows`);
}

/**
 * Plans what to compute of each row.
 *
 * @throws KullbackError for what the inputs do not allow: llama.cpp's numbers of probabilities, or of rows of which
 *   only the likeliest classes are known, and ranks among these.
 */
export function planFor(
  [reference, ...candidates]: readonly Input[],
  { classes, buckets }: CommonShape,
  { kinds }: SettledFrom,
  { convention, measures = defaultMeasures }: CompareOptions,
): Plan {
  const topK = [reference, ...candidates].find(({ file }) => file.kind === "top-k");
  if (convention === "llama.cpp" && topK !== undefined) {
    throw new KullbackError(
      `${topK.name}: holds the likeliest classes only, the convention llama.cpp needs all`,
    );
  }
  if (convention === "llama.cpp" && kinds[0] === "probs") {
    throw new KullbackError(
      `${reference.name}: holds probabilities, the convention llama.cpp takes logits or log-probabilities`,
    );
  }
  const listed = candidates.find(({ file }) => file.kind === "top-k");
  if (measures.includes("rank") && listed !== undefined) {
    throw new KullbackError(`${listed.name}: holds the likeliest classes only, the measure rank needs all`);
  }
  const compared = buckets === undefined ? (classes ?? 0) : buckets - 1;
  const llamaCpp = convention === "llama.cpp" ? { normalise: kinds[0] === "logits" } : undefined;
  return planOf(measures, compared, llamaCpp);
}
