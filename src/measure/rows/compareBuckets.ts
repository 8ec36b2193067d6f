import type { RowsFile } from "../../io/index.js";
import { rowArray } from "../../io/index.js";
import {
  type From,
  newRowStatistics,
  type RowStatistics,
  type RowStatisticsRequest,
  rowStatistics,
} from "../../kernels/index.js";
import type { CompareRowsOptions, RowSink } from "./compareRows.js";
import { likeliestKnown, logProbOf, rankOfClass } from "./rowSide.js";
import { type BucketSide, topKBuckets } from "./topKBuckets.js";

/** An input whose rows are known in full or by their likeliest classes. */
export interface BucketInput {
  readonly file: RowsFile;
  /** What the values are. */
  readonly from: From;
}

/** How rows are compared by buckets. */
export interface CompareBucketsOptions extends Omit<CompareRowsOptions, "from" | "tolerance"> {
  /** The number of all classes, where it is known. */
  readonly classes: number | undefined;
  /** The most buckets of a row. */
  readonly buckets: number;
}

/** Probabilities that were rounded to a few decimals sum to 1 up to this. */
const tolerance = 5e-3;

/** Rows are read in blocks of so many values. */
const blockValues = 2 ** 20;

/**
 * Compares every candidate with the reference where only the likeliest classes of rows are known: as buckets, see
 * {@link topKBuckets}, so that every divergence is a lower bound of that of the whole rows. The largest class of a
 * row, its probability and that of the label are those of the rows and not of buckets; a label that is not among
 * the classes known has NaN.
 *
 * @throws The signal's reason when it is aborted.
 */
export async function compareBuckets(
  reference: BucketInput,
  candidates: readonly BucketInput[],
  options: CompareBucketsOptions,
  sink: RowSink,
): Promise<void> {
  const { start: first, end, request, labels, classes, buckets, wanted, signal } = options;
  const width = Math.max(buckets, ...[reference, ...candidates].map(widthOf));
  const blockRows = Math.max(1, Math.min(end - first, Math.floor(blockValues / width)));
  const statistics = newRowStatistics(blockRows, request);
  const p = new Float64Array(blockRows * buckets);
  const q = new Float64Array(blockRows * buckets);
  for (let start = first; start < end; start += blockRows) {
    signal?.throwIfAborted();
    const count = Math.min(blockRows, end - start);
    if (wanted?.(start, count) ?? true) {
      const ours = await readSides(reference, start, count);
      for (const [candidate, input] of candidates.entries()) {
        const theirs = await readSides(input, start, count);
        for (let row = 0; row < count; row++) {
          const [from, to] = [row * buckets, (row + 1) * buckets];
          topKBuckets(ours(row), theirs(row), p.subarray(from, to), q.subarray(from, to), classes);
        }
        computeBlock(request, p, q, count, buckets, statistics);
        const own = labels?.subarray(start, start + count);
        for (let row = 0; row < count; row++) {
          describeRow(statistics, request, row, ours(row), theirs(row), own?.[row] ?? -1);
        }
        sink.take(candidate, { start, count, statistics });
        await new Promise((resolve) => setTimeout(resolve, 0));
        signal?.throwIfAborted();
      }
    }
    sink.finish(start, count);
  }
}

function computeBlock(
  request: RowStatisticsRequest,
  p: Float64Array,
  q: Float64Array,
  count: number,
  buckets: number,
  out: RowStatistics,
): void {
  rowStatistics(request, p, q, count, buckets, { from: "logProbs", tolerance }, undefined, out);
}

/** Puts what is known of the whole rows in the place of what the buckets say. */
function describeRow(
  out: RowStatistics,
  { topOverlap = 0, rankOfTop = false }: RowStatisticsRequest,
  row: number,
  p: BucketSide,
  q: BucketSide,
  label: number,
): void {
  if (out.status[row] !== 0) return;
  const most = Math.max(1, topOverlap);
  const [listP, listQ] = [likeliestKnown(p, most), likeliestKnown(q, most)];
  // Different numbers where nothing is known, so that they are not the same.
  out.argmaxP[row] = listP[0]?.id ?? -1;
  out.argmaxQ[row] = listQ[0]?.id ?? -2;
  out.topP[row] = Math.exp(listP[0]?.logProb ?? -Infinity);
  out.topQ[row] = Math.exp(listQ[0]?.logProb ?? -Infinity);
  out.labelLogP[row] = logProbOf(p, label);
  out.labelLogQ[row] = logProbOf(q, label);
  for (let k = 1; k <= topOverlap; k++) {
    const others = new Set(listQ.slice(0, k).map(({ id }) => id));
    out.overlap[row * topOverlap + k - 1] = listP.slice(0, k).filter(({ id }) => others.has(id)).length;
  }
  if (rankOfTop && q.kind === "full") out.rankOfTop[row] = rankOfClass(q.values, listP[0]?.id ?? 0);
}

function widthOf({ file }: BucketInput): number {
  return file.kind === "top-k" ? file.reader.k : file.reader.classes;
}

/** Reads a block of rows and gives its single rows. */
export async function readSides(
  { file, from }: BucketInput,
  start: number,
  count: number,
): Promise<(row: number) => BucketSide> {
  if (file.kind === "top-k") {
    const { reader } = file;
    const { k } = reader;
    const ids = new Int32Array(count * k);
    const logProbs = new Float64Array(count * k);
    await reader.read(start, count, ids, logProbs);
    return (row) => {
      const range = [row * k, (row + 1) * k] as const;
      return { kind: "top-k", ids: ids.subarray(...range), logProbs: logProbs.subarray(...range) };
    };
  }
  const { classes, dtype } = file.reader;
  const values = rowArray(dtype, count * classes);
  await file.reader.read(start, count, values);
  return (row) => ({ kind: "full", values: values.subarray(row * classes, (row + 1) * classes), from });
}
