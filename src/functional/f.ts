// The functions of the namespace `F`: PyTorch's `torch.nn.functional` under camelCase names.

export {
  type GeluOptions,
  gelu,
  linear,
  relu,
  type SoftmaxOptions,
  type SoftplusOptions,
  sigmoid,
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
export { type KlDivOptions, klDiv } from "./klDiv.js";
export { type LinearDivergenceOptions, linearDivergence } from "./linearDivergence.js";
export { logSigmoid } from "./logSigmoid.js";
export type { LegacyReduction, LossReduction } from "./loss.js";
export { type MseLossOptions, mseLoss } from "./mseLoss.js";
export { type SampledKlOptions, sampledKl } from "./sampledKl.js";
export { logSoftmax, softmax, softmin } from "./softmax.js";
export type { TokenOptions, TokenReduction } from "./tokens.js";
export { type TopkDistillationOptions, topkDistillationLoss } from "./topkDistillationLoss.js";
