/**
 * Measuring: how far candidate distributions are from a reference, from files of any size or from memory.
 *
 * `compare.ts` opens inputs and settles what they are; `compareRows.ts` goes through them in blocks; what is
 * known of every row is kept in `store/`, and `summary/` makes the outcome of it (`comparison.ts`) by the
 * means of `statistics/`.
 *
 * @module kullback/measure
 */
export { KullbackError } from "../errors.js";
export type { From, RowFault } from "../kernels/index.js";
export { compare } from "./compare.js";
export type {
  CandidateSummary,
  ClassProbability,
  ComparedMeasure,
  Comparison,
  Estimate,
  Exclusion,
  Histogram,
  InputSummary,
  Interval,
  LabelSummary,
  LlamaCppBlock,
  MeasureSummary,
  PairedDifference,
  RowList,
  Slice,
  SliceBucket,
  Unit,
  WorstRow,
} from "./comparison.js";
export { comparedMeasures } from "./comparison.js";
export {
  type Aspect,
  type Convention,
  type ConventionInput,
  type ConventionUnit,
  conventions,
  type Kind,
} from "./conventions/index.js";
export type { ExplainedConvention, ExplainedInput, ExplainOptions, Explanation } from "./explain.js";
export { explain } from "./explain.js";
export type { Match, MatchResult } from "./explainMatch.js";
export type { ExplainWarning } from "./explainWarnings.js";
export type { Gate, GateFailure } from "./gates.js";
export { checkGates, failedGates, parseGate } from "./gates.js";
export type { Glance } from "./glance.js";
export { glanceAt, glanceAtRows } from "./glance.js";
export type { CompareInput, MemoryArray } from "./inputs.js";
export { LlamaCppAccumulator, type LlamaCppRow, type LlamaCppRows } from "./llamaCpp.js";
export type { CompareOptions, CompareProgress } from "./options.js";
export type { MeasureName } from "./plan.js";
export type { RowTable, RowTableColumn, RowTablePiece } from "./rowTable.js";
export type { BucketSide } from "./topKBuckets.js";
export { topKBuckets } from "./topKBuckets.js";
