/**
 * The functions of the namespace `F`: PyTorch's `torch.nn.functional` under camelCase names.
 *
 * @module
 */

export {
  type AvgPool2dOptions,
  adaptiveAvgPool2d,
  adaptiveMaxPool2d,
  avgPool2d,
  type BatchNormOptions,
  batchNorm,
  type Conv2dOptions,
  conv2d,
  type EmbeddingOptions,
  embedding,
  type GeluOptions,
  gelu,
  type LayerNormOptions,
  layerNorm,
  leakyRelu,
  linear,
  type MaxPool2dOptions,
  maxPool2d,
  maxPool2dWithIndices,
  type OutputSize,
  type Pair,
  type Pooled,
  type PoolOptions,
  pad,
  relu,
  type SoftmaxOptions,
  type SoftplusOptions,
  sigmoid,
  silu,
  softplus,
  tanh,
} from "../tensor/index.js";
export {
  type HuberLossOptions,
  huberLoss,
  type L1LossOptions,
  l1Loss,
  type SmoothL1LossOptions,
  smoothL1Loss,
} from "./absoluteError.js";
export { type AttentionOptions, scaledDotProductAttention } from "./attention.js";
export {
  type BinaryCrossEntropyOptions,
  type BinaryCrossEntropyWithLogitsOptions,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
} from "./binaryCrossEntropy.js";
export { type CosineEmbeddingLossOptions, cosineEmbeddingLoss } from "./cosineEmbeddingLoss.js";
export { type CrossEntropyOptions, crossEntropy, type NllLossOptions, nllLoss } from "./crossEntropy.js";
export {
  type DistillationMeasure,
  type DistillationOptions,
  distillationLoss,
} from "./distillationLoss.js";
export { type DropoutOptions, dropout } from "./dropout.js";
export { type KlDivOptions, klDiv } from "./klDiv.js";
export { type LinearDivergenceOptions, linearDivergence } from "./linearDivergence.js";
export { logSigmoid } from "./logSigmoid.js";
export type { LegacyReduction, LossReduction } from "./loss.js";
export { type MseLossOptions, mseLoss } from "./mseLoss.js";
export { oneHot } from "./oneHot.js";
export { type SampledKlOptions, sampledKl } from "./sampledKl.js";
export { logSoftmax, softmax, softmin } from "./softmax.js";
export type { TokenOptions, TokenReduction } from "./tokens.js";
export { type TopkDistillationOptions, topkDistillationLoss } from "./topkDistillationLoss.js";
