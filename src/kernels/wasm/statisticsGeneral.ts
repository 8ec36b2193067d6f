// Statistics of rows that the kernel of statistics.ts does not take, or leaves.

import type { RowMeasure, RowOptions, RowStatistics, RowStatisticsRequest } from "../divergence/index.js";
import * as reference from "../divergence/index.js";
import type { FloatArray } from "../dtype.js";
import { FIXED_COLUMNS, statisticsTable, takes } from "./divergence-general.js";
import { kernelMeasure } from "./divergence-measures.js";

/** As `rowStatistics` of ../divergence, for rows that are decoded. */
export function generalStatistics(
  request: RowStatisticsRequest,
  p: FloatArray,
  q: FloatArray,
  rows: number,
  n: number,
  options: RowOptions,
  labels: ArrayLike<number> | undefined,
  out: RowStatistics,
): void {
  if (!takes(p, q, n, options)) {
    reference.rowStatistics(request, p, q, rows, n, options, labels, out);
    return;
  }
  const { measures, ...others } = request;
  if (others.entropies || others.topOverlap || others.rankOfTop) {
    reference.rowStatistics({ ...others, measures: [] }, p, q, rows, n, options, undefined, out);
  }
  const classes = Float64Array.from({ length: rows }, (_, row) => labels?.[row] ?? -1);
  const table = statisticsTable([], p, q, rows, n, options, classes);
  for (let row = 0, at = 0; row < rows; row++, at += FIXED_COLUMNS) {
    out.status[row] = table[at];
    out.argmaxP[row] = table[at + 1];
    out.argmaxQ[row] = table[at + 2];
    out.labelLogP[row] = table[at + 3];
    out.labelLogQ[row] = table[at + 4];
    out.topP[row] = Math.exp(table[at + 5]);
    out.topQ[row] = Math.exp(table[at + 6]);
  }
  measureValues(measures, out.values, p, q, rows, n, options);
}

/** The columns of `measures`, by the general kernel or, for those that it does not know, the reference. */
export function measureValues(
  measures: readonly RowMeasure[],
  out: readonly Float64Array[],
  p: FloatArray,
  q: FloatArray,
  rows: number,
  n: number,
  options: RowOptions,
): void {
  const known = takes(p, q, n, options) ? measures.map(kernelMeasure) : measures.map(() => undefined);
  const numbers = known.filter((it) => it !== undefined);
  const table = numbers.length > 0 ? statisticsTable(numbers.flat(), p, q, rows, n, options, undefined) : [];
  const columns = FIXED_COLUMNS + numbers.length;
  let column = FIXED_COLUMNS;
  for (const [k, measure] of measures.entries()) {
    if (known[k] === undefined) {
      reference.divergenceRows(measure, p, q, rows, n, options, out[k]);
      continue;
    }
    for (let row = 0; row < rows; row++) out[k][row] = table[row * columns + column];
    column++;
  }
}
