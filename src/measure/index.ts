/**
 * Measuring: how far candidate distributions are from a reference, from files of any size or from memory.
 *
 * `compare.ts` opens inputs (`inputs/`), settles what their values are (`kind/`) and which rows count (`facts/`), and
 * goes through them in blocks (`rows/`); what is known of every row is kept in `store/`, and `summary/` makes the
 * outcome of it (`comparison.ts`) by the means of `statistics/`.
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
export type {
  ExplainedConvention,
  ExplainedInput,
  ExplainOptions,
  ExplainWarning,
  Explanation,
  Match,
  MatchResult,
} from "./explain/index.js";
export { explain } from "./explain/index.js";
export type { Gate, GateFailure } from "./gates.js";
export { checkGates, failedGates, parseGate } from "./gates.js";
export type { CompareInput, MemoryArray } from "./inputs/index.js";
export type { Glance } from "./kind/index.js";
export { glanceAt, glanceAtRows } from "./kind/index.js";
export { LlamaCppAccumulator, type LlamaCppRow, type LlamaCppRows } from "./llamaCpp/index.js";
export type { CompareOptions, CompareProgress } from "./options.js";
export type { MeasureName } from "./plan.js";
export type { BucketSide, RowTable, RowTableColumn, RowTablePiece } from "./rows/index.js";
export { topKBuckets } from "./rows/index.js";
