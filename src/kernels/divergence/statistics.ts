import type { FloatArray } from "../dtype.js";
import type { RowMeasure } from "./measure.js";
import { RowPair } from "./pair.js";
import type { RowFault, RowOptions } from "./types.js";

/** What `rowStatistics` says of each row, a column each. */
export interface RowStatistics {
  /** D(P, Q) in nats, a column for each measure in the order given; NaN in rows with a fault. */
  readonly values: readonly Float64Array[];
  /** The class with the largest number, the first such class; −1 where the row has a fault. */
  readonly argmaxP: Int32Array;
  readonly argmaxQ: Int32Array;
  /** log p and log q of the row's label; NaN without labels, where the label is no class, or with a fault. */
  readonly labelLogP: Float64Array;
  readonly labelLogQ: Float64Array;
  /** 0 where both rows are distributions; what else it can be, `faultsOf` says. */
  readonly status: Uint8Array;
}

/** Columns for `rows` rows and as many measures. */
export function newRowStatistics(rows: number, measures: number): RowStatistics {
  return {
    values: Array.from({ length: measures }, () => new Float64Array(rows)),
    argmaxP: new Int32Array(rows),
    argmaxQ: new Int32Array(rows),
    labelLogP: new Float64Array(rows),
    labelLogQ: new Float64Array(rows),
    status: new Uint8Array(rows),
  };
}

/**
 * Everything a comparison needs of `rows` packed row pairs of `n` classes, each read once. `labels` holds a
 * class for each row; a number that is no class (−100, say) leaves that row without label. Throws for a
 * temperature that cannot be used.
 */
export function rowStatistics(
  measures: readonly RowMeasure[],
  p: FloatArray,
  q: FloatArray,
  rows: number,
  n: number,
  options: RowOptions,
  labels: ArrayLike<number> | undefined,
  out: RowStatistics,
): void {
  const pair = new RowPair(n, options);
  for (let row = 0; row < rows; row++) {
    const loaded = pair.load(p, q, row * n);
    for (let k = 0; k < measures.length; k++) out.values[k][row] = loaded ? measures[k].value(pair) : NaN;
    const label = loaded && labels ? labels[row] : -1;
    out.labelLogP[row] = pair.p.logs[label] ?? NaN;
    out.labelLogQ[row] = pair.q.logs[label] ?? NaN;
    out.argmaxP[row] = pair.p.fault === undefined ? pair.p.argmax : -1;
    out.argmaxQ[row] = pair.q.fault === undefined ? pair.q.argmax : -1;
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
