/**
 * Measuring: how far candidate distributions are from a reference, from files of any size or from memory.
 *
 * `compare.ts` opens inputs and settles what they are; `compareRows.ts` goes through them in blocks;
 * `candidate.ts` gathers rows in accumulators that merge; `comparison.ts` is the outcome.
 */
export type { From } from "../kernels/index.js";
export type { CompareOptions, CompareProgress } from "./compare.js";
export { compare } from "./compare.js";
export type {
  CandidateSummary,
  ComparedMeasure,
  Comparison,
  Estimate,
  Exclusion,
  InputSummary,
  LabelSummary,
  MeasureSummary,
  RowList,
  Unit,
} from "./comparison.js";
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
export type { Glance } from "./glance.js";
export { glanceAt } from "./glance.js";
export type { CompareInput, MemoryArray } from "./inputs.js";
export { LlamaCppAccumulator, type LlamaCppRows } from "./llamaCpp.js";
export type { LlamaCppBlock, LlamaCppLine } from "./llamaCppBlock.js";
export type { WorstRow } from "./worst.js";
