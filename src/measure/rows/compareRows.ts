import type { RowReader } from "../../io/index.js";
import {
  type From,
  newRowStatistics,
  type RowStatistics,
  type RowStatisticsRequest,
  rowStatistics,
  type StatisticsInput,
} from "../../kernels/index.js";
import { kindOf, newRowBuffer, type RowBuffer } from "./rowBuffers.js";

/**
 * Rows are read and computed in blocks of so many classes, or of one row if that has more: enough work for
 * threads to share, while what is read ahead takes little memory (8 MiB a side of float32).
 */
const blockClasses = 2 ** 21;

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

/** The statistics of rows `[start, start + count)` of the reference and a candidate. */
export interface ComparedBlock {
  readonly start: number;
  readonly count: number;
  readonly statistics: RowStatistics;
  /** The rows themselves, where both sides have all classes. */
  readonly rows?: { readonly p: StatisticsInput; readonly q: StatisticsInput; readonly classes: number };
}

/** Where the statistics of blocks of rows go. */
export interface RowSink {
  /** Takes what was computed of a block of rows for one candidate. The arrays are reused afterwards. */
  take(candidate: number, block: ComparedBlock): void;
  /**
   * Called when all candidates of a block have been taken (none, for a block that is not wanted), before any of
   * the next block is. Blocks come in the order of rows, without gaps.
   */
  finish(start: number, count: number): void;
}

/**
 * Compares every candidate with the reference, which is read once for all of them. All readers have the same
 * number of rows and of classes. While a block is computed the next one is read, so that neither waits for the
 * other; what is in memory is two blocks of the reference and two of candidates.
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
  const { from, tolerance, request, labels, start: first, end, signal } = options;
  const blockRows = Math.max(1, Math.min(end - first, Math.floor(blockClasses / classes)));
  const statistics = newRowStatistics(blockRows, request);
  const buffers = new BufferPairs(blockRows);
  const steps = stepsOf(options, blockRows, candidates.length);
  const readNext = () => {
    const { value: step } = steps.next();
    return step && readStep(step, reference, candidates, buffers);
  };

  let ahead = readNext();
  try {
    while (ahead !== undefined) {
      const { start, count, candidate, isLast, p, q } = await ahead;
      signal?.throwIfAborted();
      ahead = readNext();
      // A failure is thrown when its turn comes; until then it is nobody's.
      ahead?.catch(() => {});
      if (p !== undefined && q !== undefined) {
        const own = labels?.subarray(start, start + count);
        rowStatistics(request, p.rows, q.rows, count, classes, { from, tolerance }, own, statistics);
        sink.take(candidate, { start, count, statistics, rows: { p: p.rows, q: q.rows, classes } });
      }
      if (isLast) sink.finish(start, count);
    }
  } finally {
    await ahead?.catch(() => {});
    buffers.release();
  }
}

/** One candidate's turn at a block of rows; `candidate` is −1 for a block that is not wanted. */
interface Step {
  readonly start: number;
  readonly count: number;
  readonly candidate: number;
  /** Whether the block is done with it. */
  readonly isLast: boolean;
}

/** A step whose rows are in memory, if they are wanted. */
interface ReadStep extends Step {
  readonly p?: RowBuffer;
  readonly q?: RowBuffer;
}

function* stepsOf(
  { start: first, end, wanted }: CompareRowsOptions,
  blockRows: number,
  candidates: number,
): Generator<Step, undefined> {
  for (let start = first; start < end; start += blockRows) {
    const count = Math.min(blockRows, end - start);
    if (wanted?.(start, count) ?? true) {
      for (let candidate = 0; candidate < candidates; candidate++) {
        yield { start, count, candidate, isLast: candidate === candidates - 1 };
      }
    } else {
      yield { start, count, candidate: -1, isLast: true };
    }
  }
  return undefined;
}

/** Reads what a step needs; the reference with the first candidate of a block. */
async function readStep(
  step: Step,
  reference: RowReader,
  candidates: readonly RowReader[],
  buffers: BufferPairs,
): Promise<ReadStep> {
  const { start, count, candidate } = step;
  if (candidate < 0) return step;
  const reader = candidates[candidate];
  const p = buffers.of("reference", reference, candidate === 0);
  const q = buffers.of(kindOf(reader), reader, true);
  const reads = [q.read(reader, start, count)];
  if (candidate === 0) reads.push(p.read(reference, start, count));
  // Both are waited for even if one fails, because buffers must not be given back while they are written to.
  const failed = (await Promise.allSettled(reads)).find((it) => it.status === "rejected");
  if (failed) throw failed.reason;
  return { ...step, p, q };
}

/** Two buffers for each use, taken in turns: one is computed from while the other is filled. */
class BufferPairs {
  readonly #pairs = new Map<string, { buffers: RowBuffer[]; turn: number }>();
  readonly #rows: number;

  constructor(rows: number) {
    this.#rows = rows;
  }

  /** The buffer for a use, the other one than before if it is the `next`. */
  of(use: string, reader: RowReader, next: boolean): RowBuffer {
    let pair = this.#pairs.get(use);
    if (pair === undefined) {
      pair = { buffers: [], turn: 0 };
      this.#pairs.set(use, pair);
    }
    if (next) pair.turn = 1 - pair.turn;
    pair.buffers[pair.turn] ??= newRowBuffer(reader, this.#rows);
    return pair.buffers[pair.turn];
  }

  release(): void {
    for (const { buffers } of this.#pairs.values()) for (const buffer of buffers) buffer?.release();
  }
}
