import { KullbackError } from "../errors.js";
import { type RowReader, rowArray, type TopKReader } from "../io/index.js";
import type { From } from "../kernels/index.js";
import { type BucketSide, topKBuckets } from "./topKBuckets.js";

/** One side's rows: their likeliest classes, or all, with what the values are. */
export type RowsSide =
  | { kind: "top-k"; reader: TopKReader }
  | { kind: "dense"; reader: RowReader; from: From };

/** Pairs of rows as buckets, see {@link topKBuckets}: log-probabilities for both sides. */
export interface BucketRows {
  readonly rows: number;
  /** Buckets of a row; those that a row does not need hold −∞ on both sides. */
  readonly buckets: number;
  /**
   * Reads the row pairs `[start, start + count)`.
   *
   * @param p - At least `count * buckets` long, as is `q`.
   */
  read(start: number, count: number, p: Float64Array, q: Float64Array): Promise<void>;
}

/**
 * The rows of P and Q, at least one of them known by its likeliest classes, as buckets to compare. What is
 * computed of them is a lower bound of what the whole rows would give.
 *
 * @param classes - The number of all classes, where it is known; that of a dense side is.
 * @throws KullbackError if both sides are dense, or they have different numbers of rows.
 */
export function bucketRows(p: RowsSide, q: RowsSide, classes?: number): BucketRows {
  const { rows } = p.reader;
  if (q.reader.rows !== rows) {
    throw new KullbackError(
      `bucketRows: wanted as many rows on both sides, got ${rows} and ${q.reader.rows}`,
    );
  }
  const widths = [p, q].flatMap((side) => (side.kind === "top-k" ? [side.reader.k] : []));
  if (widths.length === 0)
    throw new KullbackError("bucketRows: both sides are dense: compare them as they are");
  const buckets = Math.min(...widths) + 1;
  const [sideP, sideQ] = [sideReader(p), sideReader(q)];
  return {
    rows,
    buckets,
    async read(start, count, outP, outQ) {
      const [rowsP, rowsQ] = [await sideP(start, count), await sideQ(start, count)];
      for (let row = 0; row < count; row++) {
        const [from, to] = [row * buckets, (row + 1) * buckets];
        topKBuckets(rowsP(row), rowsQ(row), outP.subarray(from, to), outQ.subarray(from, to), classes);
      }
    },
  };
}

/** Reads a block of rows and gives its single rows. */
function sideReader(side: RowsSide): (start: number, count: number) => Promise<(row: number) => BucketSide> {
  if (side.kind === "top-k") {
    const { reader } = side;
    const { k } = reader;
    return async (start, count) => {
      const ids = new Int32Array(count * k);
      const logProbs = new Float64Array(count * k);
      await reader.read(start, count, ids, logProbs);
      return (row) => {
        const [from, to] = [row * k, (row + 1) * k];
        return { kind: "top-k", ids: ids.subarray(from, to), logProbs: logProbs.subarray(from, to) };
      };
    };
  }
  const { reader, from } = side;
  const { classes, dtype } = reader;
  return async (start, count) => {
    const values = rowArray(dtype, count * classes);
    await reader.read(start, count, values);
    return (row) => ({ kind: "full", values: values.subarray(row * classes, (row + 1) * classes), from });
  };
}
