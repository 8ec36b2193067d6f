export * from "./divergence/index.js";
export { allocate, type DType, type FloatArray, type FloatDType, isFloat, type TypedArray } from "./dtype.js";
export * as elementwise from "./elementwise.js";
export { erf, erfc } from "./erf.js";
export { ExactSum, fsum } from "./fsum.js";
export * as indexing from "./indexing.js";
export { type Matrix, matmul } from "./matmul.js";
export {
  defaultGenerator,
  fillNormal,
  fillRandint,
  fillUniform,
  Generator,
  randomPermutation,
} from "./random/index.js";
export * as reductions from "./reduce.js";
export { logSoftmax as logSoftmaxRows, softmax as softmaxRows } from "./softmax.js";
export { pack, type Strided, unpack } from "./strided.js";
