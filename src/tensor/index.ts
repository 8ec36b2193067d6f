export * from "./autograd/index.js";
export { checkFunction, checkNumber, checkTensors } from "./check.js";
export {
  arange,
  eye,
  fromArray,
  full,
  linspace,
  ones,
  onesLike,
  type TensorData,
  type TensorOptions,
  tensor,
  zeros,
  zerosLike,
} from "./creation.js";
export { describeValue } from "./describe.js";
export { checkDType } from "./dtype.js";
export { type PrintOptions, type PrintProfile, setPrintOptions } from "./format/index.js";
export { leaf } from "./methods.js";
export { leakyRelu, silu } from "./ops/activation.js";
export { add, div, mul, neg, sub } from "./ops/arithmetic.js";
export { type BatchNormOptions, batchNorm } from "./ops/batchNorm.js";
export { expand, sum, sumTo } from "./ops/broadcast.js";
export { to } from "./ops/cast.js";
export {
  clamp,
  eq,
  ge,
  gt,
  isfinite,
  isnan,
  le,
  logicalNot,
  lt,
  maximum,
  minimum,
  ne,
  where,
} from "./ops/compare.js";
export { type Conv2dOptions, conv2d } from "./ops/convolution.js";
export { type EmbeddingOptions, embedding, paddingRow } from "./ops/embedding.js";
export {
  amax,
  amin,
  argmax,
  argmin,
  type Indexed,
  max,
  min,
  type SortOptions,
  sort,
  type TopkOptions,
  topk,
} from "./ops/extrema.js";
export { gather, indexSelect } from "./ops/gather.js";
export { type LayerNormOptions, layerNorm } from "./ops/layerNorm.js";
export {
  clone,
  contiguous,
  detach,
  flatten,
  permute,
  reshape,
  squeeze,
  t,
  transpose,
  unsqueeze,
  view,
} from "./ops/layout.js";
export {
  abs,
  erf,
  exp,
  expm1,
  type GeluOptions,
  gelu,
  log,
  log1p,
  log2,
  pow,
  relu,
  type SoftplusOptions,
  sigmoid,
  sign,
  softplus,
  sqrt,
  tanh,
  xlogy,
} from "./ops/math.js";
export { linear, matmul } from "./ops/matmul.js";
export { pad } from "./ops/pad.js";
export { checkPair, type Pair } from "./ops/pair.js";
export { asTensor, mapBinary, mapUnary, promote, recordBinary } from "./ops/pointwise.js";
export {
  type AvgPool2dOptions,
  adaptiveAvgPool2d,
  adaptiveMaxPool2d,
  avgPool2d,
  type MaxPool2dOptions,
  maxPool2d,
  maxPool2dWithIndices,
  type Pooled,
} from "./ops/pool.js";
export type { OutputSize, PoolOptions } from "./ops/poolWindows.js";
export {
  all,
  any,
  cumsum,
  logsumexp,
  mean,
  norm,
  prod,
  std,
  type VarOptions,
  variance,
} from "./ops/reduce.js";
export { cat, chunk, flip, narrow, select, split, stack } from "./ops/slice.js";
export { logSoftmax, type SoftmaxOptions, softmax } from "./ops/softmax.js";
export { type Operand, promoteTypes, resultType } from "./promote.js";
export { manualSeed, type RandomOptions, rand, randint, randn, randperm } from "./random.js";
export * from "./shape.js";
export { detectAnomaly, setDetectAnomaly } from "./tape/anomaly.js";
export { enableGrad, isGradEnabled, noGrad } from "./tape/gradMode.js";
export type { GradNode, Hook as GradientHook } from "./tape/node.js";
export { type NestedArray, Tensor } from "./tensor.js";
