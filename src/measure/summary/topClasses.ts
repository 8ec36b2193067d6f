import { type RowReader, rowArray } from "../../io/index.js";
import { type From, likeliestOf } from "../../kernels/index.js";
import type { ClassProbability, WorstRow } from "../comparison.js";
import type { Places } from "../places.js";
import type { RowKl } from "./worst.js";

/** How many classes are listed for each side. */
const listed = 5;

/** What is needed to describe a row. */
export interface RowSources {
  readonly reference: RowReader;
  readonly candidate: RowReader;
  readonly from: From;
  readonly places: Places | undefined;
  readonly labels: Int32Array | undefined;
}

/** The rows with what is known of them, and the likeliest classes of both sides; they are read once more. */
export async function describeRows(
  rows: readonly RowKl[],
  unit: number,
  sources: RowSources,
): Promise<WorstRow[]> {
  const { reference, candidate, from, places, labels } = sources;
  const described: WorstRow[] = [];
  for (const { row, kl } of rows) {
    const p = await probabilities(reference, row, from);
    const q = await probabilities(candidate, row, from);
    const classes = (side: Float64Array): ClassProbability[] =>
      likeliestOf(side, listed).map((index) => ({ class: index, p: p[index], q: q[index] }));
    described.push({
      row,
      kl: kl / unit,
      ...(places && { chunk: places.chunkOf(row), position: places.positionOf(row) }),
      ...(labels && labels[row] >= 0 && { label: labels[row] }),
      topReference: classes(p),
      topCandidate: classes(q),
    });
  }
  return described;
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
