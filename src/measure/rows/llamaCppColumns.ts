import { decodedRows } from "../../kernels/index.js";
import type { LlamaCppBlock } from "../comparison.js";
import { LlamaCppAccumulator, truncatedRow } from "../llamaCpp/index.js";
import type { ColumnArray } from "../store/index.js";
import type { ComparedBlock } from "./compareRows.js";

/** What is kept of every row for llama.cpp's numbers, besides KL and the agreement of the largest class. */
export const llamaCppColumns = [
  "llamaCppKld",
  "llamaCppExcludedMass",
  "llamaCppLow",
  "llamaCppHigh",
  "llamaCppLogP",
  "llamaCppLogQ",
] as const;

/** How llama.cpp's numbers of a block are computed. */
export interface LlamaCppRequest {
  /** Whether P holds logits, which have to be normalised; the log-probabilities of a file are taken as they are. */
  readonly normalise: boolean;
  /** The correct token of each row of the block; negative for none. */
  readonly labels: Int32Array | undefined;
  readonly isSelected: (index: number) => boolean;
}

/** Computes the columns of a block's rows that are distributions and were asked for. */
export function fillLlamaCppColumns(
  columns: ReadonlyMap<string, ColumnArray>,
  { rows, count, statistics }: ComparedBlock,
  { normalise, labels, isSelected }: LlamaCppRequest,
): void {
  if (rows === undefined) return;
  const { classes } = rows;
  const [base, candidate] = [decodedRows(rows.p, 0, count, classes), decodedRows(rows.q, 0, count, classes)];
  const [kld, excludedMass, low, high, logP, logQ] = llamaCppColumns.map((name) => columns.get(name)!);
  for (let i = 0; i < count; i++) {
    if (statistics.status[i] !== 0 || !isSelected(i)) continue;
    const own = base.subarray(i * classes, (i + 1) * classes);
    const p = normalise ? logSoftmax(own) : own;
    const q = candidate.subarray(i * classes, (i + 1) * classes);
    const found = truncatedRow(p, q);
    const label = labels?.[i] ?? -1;
    kld[i] = found.kld;
    excludedMass[i] = found.excludedMass;
    low[i] = found.low;
    high[i] = found.high;
    logP[i] = label < 0 ? Number.NaN : p[label];
    logQ[i] = label < 0 ? Number.NaN : q[label] - found.logTotal;
  }
}

function logSoftmax(logits: Float32Array | Float64Array): Float64Array {
  let max = -Infinity;
  for (const logit of logits) if (logit > max) max = logit;
  let total = 0;
  for (const logit of logits) total += Math.exp(logit - max);
  const logTotal = max + Math.log(total);
  return Float64Array.from(logits, (logit) => logit - logTotal);
}

/** Rows of which these columns were kept. */
interface KeptRows {
  forEach(names: readonly string[], visit: (pieces: ColumnArray[], i: number) => void): void;
}

/** llama.cpp's block of the rows that count. */
export function llamaCppOf(rows: KeptRows): LlamaCppBlock {
  const accumulator = new LlamaCppAccumulator();
  rows.forEach(
    [...llamaCppColumns, "sameTop", "kl"],
    ([kld, excludedMass, low, high, logP, logQ, same, kl], i) => {
      accumulator.addRow({
        kld: kld[i],
        excludedMass: excludedMass[i],
        low: low[i],
        high: high[i],
        labelLogP: logP[i],
        labelLogQ: logQ[i],
        sameTop: same[i] === 1,
        exact: kl[i],
      });
    },
  );
  return accumulator.block();
}
