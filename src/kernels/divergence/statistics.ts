import type { FloatArray } from "../dtype.js";
import type { RowMeasure } from "./measure.js";
import { RowPair } from "./pair.js";
import { entropyOf } from "./rowEntropy.js";
import { decodedRows, type StatisticsInput } from "./storedRows.js";
import { overlapOfLikeliest, rankOf } from "./topOverlap.js";
import type { RowFault, RowOptions } from "./types.js";

/** What `rowStatistics` is asked to compute besides the measures' values. Absent parts cost nothing. */
export interface RowStatisticsRequest {
  readonly measures: readonly RowMeasure[];
  /** The entropies of P and Q, in nats. */
  readonly entropies?: boolean;
  /** For k = 1…topOverlap (≤ 10): how many of P's k likeliest classes are among Q's k likeliest. */
  readonly topOverlap?: number;
  /** The rank in Q of P's likeliest class, 1 for first (ties: the lower class index comes first). */
  readonly rankOfTop?: boolean;
}

/** The most classes that `topOverlap` compares. */
export const MOST_OVERLAP = 10;

/** What `rowStatistics` says of each row, a column each. */
export interface RowStatistics {
  /** D(P, Q) in nats, a column for each measure in the order given; NaN in rows with a fault. */
  readonly values: readonly Float64Array[];
  /** The class with the largest number, the first such class; −1 where the row has a fault. */
  readonly argmaxP: Int32Array;
  readonly argmaxQ: Int32Array;
  /** The largest probability of P (its confidence) and of Q; NaN in rows with a fault. */
  readonly topP: Float64Array;
  readonly topQ: Float64Array;
  /** log p and log q of the row's label; NaN without labels, where the label is no class, or with a fault. */
  readonly labelLogP: Float64Array;
  readonly labelLogQ: Float64Array;
  /** Entropies in nats, NaN in rows with a fault; empty arrays if not asked for. */
  readonly entropyP: Float64Array;
  readonly entropyQ: Float64Array;
  /**
   * `overlap[row * topOverlap + (k - 1)]` classes are among the k likeliest of both P and Q, 0 in rows with a
   * fault; where there are fewer than k classes, all of them are. Empty if not asked for.
   */
  readonly overlap: Uint8Array;
  /** The rank in Q of P's likeliest class, 0 in rows with a fault; empty if not asked for. */
  readonly rankOfTop: Int32Array;
  /** 0 where both rows are distributions; what else it can be, `faultsOf` says. */
  readonly status: Uint8Array;
}

/** Columns for `rows` rows of what is asked for. */
export function newRowStatistics(rows: number, request: RowStatisticsRequest): RowStatistics {
  const { measures, entropies = false, topOverlap = 0, rankOfTop = false } = request;
  return {
    values: measures.map(() => new Float64Array(rows)),
    argmaxP: new Int32Array(rows),
    argmaxQ: new Int32Array(rows),
    topP: new Float64Array(rows),
    topQ: new Float64Array(rows),
    labelLogP: new Float64Array(rows),
    labelLogQ: new Float64Array(rows),
    entropyP: new Float64Array(entropies ? rows : 0),
    entropyQ: new Float64Array(entropies ? rows : 0),
    overlap: new Uint8Array(rows * topOverlap),
    rankOfTop: new Int32Array(rankOfTop ? rows : 0),
    status: new Uint8Array(rows),
  };
}

/**
 * Everything a comparison needs of `rows` packed row pairs of `n` classes. `labels` holds a class for each row;
 * a number that is no class (−100, say) leaves that row without label. Rows as they lie in files are decoded on
 * the way; P and Q may be of different types. Throws for a temperature that cannot be used.
 */
export function rowStatistics(
  request: RowStatisticsRequest,
  p: StatisticsInput,
  q: StatisticsInput,
  rows: number,
  n: number,
  options: RowOptions,
  labels: ArrayLike<number> | undefined,
  out: RowStatistics,
): void {
  const { measures, entropies = false, topOverlap = 0, rankOfTop = false } = request;
  const [pRows, qRows] = [decodedRows(p, 0, rows, n), decodedRows(q, 0, rows, n)];
  const pair = new RowPair(n, options);
  for (let row = 0; row < rows; row++) {
    const loaded = pair.load(pRows, qRows, row * n);
    for (let k = 0; k < measures.length; k++) out.values[k][row] = loaded ? measures[k].value(pair) : NaN;
    const label = loaded && labels ? labels[row] : -1;
    out.labelLogP[row] = pair.p.logs[label] ?? NaN;
    out.labelLogQ[row] = pair.q.logs[label] ?? NaN;
    out.argmaxP[row] = pair.p.fault === undefined ? pair.p.argmax : -1;
    out.argmaxQ[row] = pair.q.fault === undefined ? pair.q.argmax : -1;
    out.topP[row] = loaded ? pair.p.probs[pair.p.argmax] : NaN;
    out.topQ[row] = loaded ? pair.q.probs[pair.q.argmax] : NaN;
    if (entropies) {
      out.entropyP[row] = loaded ? entropyOf(pair.p) : NaN;
      out.entropyQ[row] = loaded ? entropyOf(pair.q) : NaN;
    }
    const rowOf = (all: FloatArray) => all.subarray(row * n, (row + 1) * n);
    if (topOverlap > 0) {
      const counts = out.overlap.subarray(row * topOverlap, (row + 1) * topOverlap);
      if (loaded) overlapOfLikeliest(rowOf(pRows), rowOf(qRows), counts);
      else counts.fill(0);
    }
    if (rankOfTop) out.rankOfTop[row] = loaded ? rankOf(rowOf(qRows), pair.p.argmax) : 0;
    out.status[row] = faultNumber(pair.p.fault) + 16 * faultNumber(pair.q.fault);
  }
}

const faults: readonly RowFault[] = ["nan", "infinite", "negative", "sum", "empty"];

function faultNumber(fault: RowFault | undefined): number {
  return fault === undefined ? 0 : faults.indexOf(fault) + 1;
}

/** What a status says is wrong with the row of P and with that of Q; undefined for what is in order. */
export function faultsOf(status: number): { p: RowFault | undefined; q: RowFault | undefined } {
  return { p: faults[(status & 15) - 1], q: faults[(status >> 4) - 1] };
}
