import { KullbackError } from "../errors.js";
import { type RowReader, rowArray } from "../io/index.js";
import { type From, newRowStatistics, rowMeasure, rowStatistics } from "../kernels/index.js";
import { CandidateAccumulator } from "./candidate.js";
import { comparedMeasures } from "./comparison.js";

/** Rows are read and computed in blocks of about this many bytes a side, or of one row if that is more. */
const blockBytes = 4 * 2 ** 20;

/** How rows are compared. */
export interface CompareRowsOptions {
  from: From;
  /** How far sums of probabilities may be off 1. */
  tolerance: number;
  /** The correct class of every row; negative for a row without one. */
  labels?: Int32Array;
  /** How many of the worst rows to keep. */
  worst: number;
  signal?: AbortSignal;
  /** Called after each block with the number of rows done. */
  onRows?: (rows: number) => void;
}

/**
 * Compares every candidate with the reference, which is read once for all of them, and gives an accumulator
 * a candidate. All readers have the same number of rows and of classes.
 *
 * @throws The signal's reason when it is aborted.
 */
export async function compareRows(
  reference: RowReader,
  candidates: readonly RowReader[],
  options: CompareRowsOptions,
): Promise<CandidateAccumulator[]> {
  const { rows, classes } = reference;
  const { from, tolerance, labels, signal, onRows } = options;
  const request = { measures: comparedMeasures.map((name) => rowMeasure(name)) };
  const accumulators = candidates.map(() => new CandidateAccumulator(options.worst));
  const blockRows = Math.min(rows, Math.max(1, Math.floor(blockBytes / (8 * classes))));
  const p = newBlock(reference, blockRows);
  const qs = candidates.map((candidate) => newBlock(candidate, blockRows));
  const statistics = newRowStatistics(blockRows, request);

  for (let start = 0; start < rows; start += blockRows) {
    const count = Math.min(blockRows, rows - start);
    const blockLabels = labels?.subarray(start, start + count);
    await reference.read(start, count, p);
    for (const [i, candidate] of candidates.entries()) {
      signal?.throwIfAborted();
      await candidate.read(start, count, qs[i]);
      rowStatistics(request, p, qs[i], count, classes, { from, tolerance }, blockLabels, statistics);
      accumulators[i].add(statistics, start, count, labels);
    }
    onRows?.(start + count);
  }
  return accumulators;
}

function newBlock({ dtype, classes }: RowReader, rows: number): Float32Array | Float64Array {
  try {
    return rowArray(dtype, rows * classes);
  } catch {
    throw new KullbackError(`compare: no memory for a row of ${classes} classes`);
  }
}
