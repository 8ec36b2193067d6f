import { KullbackError } from "../errors.js";
import { type RowReader, rowArray } from "../io/index.js";
import {
  type FloatArray,
  type From,
  newRowStatistics,
  type RowStatistics,
  type RowStatisticsRequest,
  rowStatistics,
} from "../kernels/index.js";

/** Rows are read and computed in blocks of about this many bytes a side, or of one row if that is more. */
const blockBytes = 4 * 2 ** 20;

/** How rows are compared. */
export interface CompareRowsOptions {
  from: From;
  /** How far sums of probabilities may be off 1. */
  tolerance: number;
  /** What to compute of each row. */
  request: RowStatisticsRequest;
  /** The correct class of every row of the input; negative for a row without one. */
  labels?: Int32Array;
  /** The first row, and the row after the last. */
  start: number;
  end: number;
  /** Whether any of these rows is asked for; a block without one is neither read nor computed. */
  wanted?: (start: number, count: number) => boolean;
  signal?: AbortSignal;
}

/** Rows `[start, start + count)` of the reference and a candidate, with their statistics. */
export interface ComparedBlock {
  readonly start: number;
  readonly count: number;
  readonly p: FloatArray;
  readonly q: FloatArray;
  readonly statistics: RowStatistics;
}

/** Where the statistics of blocks of rows go. */
export interface RowSink {
  /** Takes what was computed of a block of rows for one candidate. All arrays are reused afterwards. */
  take(candidate: number, block: ComparedBlock): void;
  /**
   * Called when all candidates of a block have been taken (none, for a block that is not wanted), before any of
   * the next block is. Blocks come in the order of rows, without gaps.
   */
  finish(start: number, count: number): void;
}

/**
 * Compares every candidate with the reference, which is read once for all of them. All readers have the same
 * number of rows and of classes.
 *
 * @throws The signal's reason when it is aborted.
 */
export async function compareRows(
  reference: RowReader,
  candidates: readonly RowReader[],
  options: CompareRowsOptions,
  sink: RowSink,
): Promise<void> {
  const { classes } = reference;
  const { from, tolerance, request, labels, start: first, end, wanted, signal } = options;
  const blockRows = Math.min(end - first, Math.max(1, Math.floor(blockBytes / (8 * classes))));
  const p = newBlock(reference, blockRows);
  const qs = candidates.map((candidate) => newBlock(candidate, blockRows));
  const statistics = newRowStatistics(blockRows, request);

  for (let start = first; start < end; start += blockRows) {
    const count = Math.min(blockRows, end - start);
    signal?.throwIfAborted();
    if (wanted?.(start, count) ?? true) {
      const blockLabels = labels?.subarray(start, start + count);
      await reference.read(start, count, p);
      for (const [i, candidate] of candidates.entries()) {
        signal?.throwIfAborted();
        await candidate.read(start, count, qs[i]);
        rowStatistics(request, p, qs[i], count, classes, { from, tolerance }, blockLabels, statistics);
        sink.take(i, { start, count, p, q: qs[i], statistics });
      }
    }
    sink.finish(start, count);
  }
}

function newBlock({ dtype, classes }: RowReader, rows: number): Float32Array | Float64Array {
  try {
    return rowArray(dtype, rows * classes);
  } catch {
    throw new KullbackError(`compare: no memory for a row of ${classes} classes`);
  }
}
