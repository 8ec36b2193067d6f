/**
 * Measuring: how far candidate distributions are from a reference, from files of any size or from memory.
 *
 * `compare.ts` opens inputs and settles what they are; `compareRows.ts` goes through them in blocks;
 * `candidate.ts` gathers rows in accumulators that merge; `comparison.ts` is the outcome.
 */
export type { From } from "../kernels/index.js";
export type { BucketRows, RowsSide } from "./bucketRows.js";
export { bucketRows } from "./bucketRows.js";
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
export type { Glance } from "./glance.js";
export { glanceAt, glanceAtRows } from "./glance.js";
export type { CompareInput, MemoryArray } from "./inputs.js";
export type { BucketSide } from "./topKBuckets.js";
export { topKBuckets } from "./topKBuckets.js";
export type { WorstRow } from "./worst.js";
