import { type RowReader, rowArray } from "../../io/index.js";
import { type From, likeliestOf } from "../../kernels/index.js";
import type { ClassProbability, WorstRow } from "../comparison.js";
import type { Places } from "../facts/index.js";
import type { BucketSide } from "../rows/index.js";
import { type BucketInput, likeliestKnown, logProbOf, readSides } from "../rows/index.js";
import type { RowKl } from "./worst.js";

/** How many classes are listed for each side. */
const listed = 5;

/** What is needed to describe a row. */
export interface RowSources {
  /** The likeliest classes of both sides of a row, which is read once more. */
  readonly likeliest: (row: number) => Promise<Pick<WorstRow, "topReference" | "topCandidate">>;
  readonly places: Places | undefined;
  readonly labels: Int32Array | undefined;
}

/** The rows with what is known of them, and the likeliest classes of both sides. */
export async function describeRows(
  rows: readonly RowKl[],
  unit: number,
  { likeliest, places, labels }: RowSources,
): Promise<WorstRow[]> {
  const described = new Map<number, WorstRow>();
  // In the order of the file, for some can only be read forward.
  for (const { row, kl } of [...rows].sort((a, b) => a.row - b.row)) {
    described.set(row, {
      row,
      kl: kl / unit,
      ...(places && { chunk: places.chunkOf(row), position: places.positionOf(row) }),
      ...(labels && labels[row] >= 0 && { label: labels[row] }),
      ...(await likeliest(row)),
    });
  }
  return rows.map(({ row }) => described.get(row)!);
}

/** The likeliest classes of rows of which all classes are known. */
export function likeliestOfRows(
  reference: RowReader,
  candidate: RowReader,
  from: From,
): RowSources["likeliest"] {
  return async (row) => {
    const p = await probabilities(reference, row, from);
    const q = await probabilities(candidate, row, from);
    const classes = (side: Float64Array): ClassProbability[] =>
      likeliestOf(side, listed).map((index) => ({ class: index, p: p[index], q: q[index] }));
    return { topReference: classes(p), topCandidate: classes(q) };
  };
}

/** The same where of some rows only the likeliest are known; what is not known of the other side is NaN. */
export function likeliestOfSides(
  reference: BucketInput,
  candidate: BucketInput,
  textOf: (id: number) => string | undefined,
): RowSources["likeliest"] {
  return async (row) => {
    const [p, q] = [(await readSides(reference, row, 1))(0), (await readSides(candidate, row, 1))(0)];
    const classes = (side: BucketSide): ClassProbability[] =>
      likeliestKnown(side, listed).map(({ id }) => {
        const text = textOf(id);
        const probability = { p: Math.exp(logProbOf(p, id)), q: Math.exp(logProbOf(q, id)) };
        return { class: id, ...(text !== undefined && { text }), ...probability };
      });
    return { topReference: classes(p), topCandidate: classes(q) };
  };
}

/** The row's probabilities: softmax of logits and log-probabilities, probabilities divided by their sum. */
async function probabilities(reader: RowReader, row: number, from: From): Promise<Float64Array> {
  const values = rowArray(reader.dtype, reader.classes);
  await reader.read(row, 1, values);
  let max = -Infinity;
  for (const value of values) max = Math.max(max, value);
  const weights = Float64Array.from(values, (value) => (from === "probs" ? value : Math.exp(value - max)));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / total);
}
