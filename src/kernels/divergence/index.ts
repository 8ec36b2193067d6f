/**
 * Divergences between packed rows of distributions, in plain TypeScript and float64: the readable
 * reference that faster kernels are held to.
 *
 * - `pair.ts` brings two rows to p, q and t = log q − log p.
 * - `summands.ts` has the formulas, `measures.ts` the table of measures made of them.
 * - `rows.ts` runs a measure over rows: values, gradients, Hessian-vector products.
 * - `statistics.ts` gathers what a comparison needs of each row in one pass.
 */

export { productError } from "./errorfree.js";
export type { RowMeasure } from "./measure.js";
export { type Base, baseFactor, measureNames, rowMeasure } from "./measures.js";
export { divergenceRows, divergenceRowsBackward, divergenceRowsHessian } from "./rows.js";
export {
  faultsOf,
  MOST_OVERLAP,
  newRowStatistics,
  type RowStatistics,
  type RowStatisticsRequest,
  rowStatistics,
} from "./statistics.js";
export {
  type CodedRows,
  codedRowWords,
  decodedRows,
  type HalfRows,
  isStored,
  rowElements,
  type StatisticsInput,
} from "./storedRows.js";
export { likeliestOf } from "./topOverlap.js";
export type { From, Measure, RowFault, RowOptions, RowProblem } from "./types.js";
