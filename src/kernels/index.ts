export { type Backend, backend, setBackend } from "./backend.js";
export * from "./dispatch/index.js";
export {
  type Base,
  baseFactor,
  type CodedRows,
  codedRowWords,
  decodedRows,
  type From,
  faultsOf,
  type HalfRows,
  likeliestOf,
  type Measure,
  measureNames,
  newRowStatistics,
  productError,
  type RowFault,
  type RowMeasure,
  type RowOptions,
  type RowProblem,
  type RowStatistics,
  type RowStatisticsRequest,
  type StatisticsInput,
} from "./divergence/index.js";
export { type DType, type FloatArray, type FloatDType, isFloat, type TypedArray } from "./dtype.js";
export { addRows, takeRows } from "./embedding.js";
export { erf, erfc } from "./erf.js";
export { ExactSum, fsum } from "./fsum.js";
export * as indexing from "./indexing.js";
export type { Matrix } from "./matmul.js";
export {
  type Grouping,
  groupAffine,
  groupGradient,
  groupMoments,
  groupProducts,
  layerNormRows,
  layerNormRowsBackward,
  layerNormRowsWeightBackward,
} from "./normalise.js";
export type { Descent } from "./optimize.js";
export {
  type AverageGrid,
  averagePool,
  averagePoolBackward,
  type Window,
  type WindowGrid,
} from "./pool.js";
export {
  defaultGenerator,
  fillBernoulli,
  fillNormal,
  fillRandint,
  fillUniform,
  Generator,
  randomPermutation,
} from "./random/index.js";
export { pack, type Strided, unpack } from "./strided.js";
export { claim, disclaim, release, SMALLEST_BLOCK } from "./wasm/memory.js";
export { setThreads, threads } from "./wasm/threads.js";
