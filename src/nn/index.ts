/**
 * Modules, losses as modules and what belongs to them: `torch.nn` under camelCase names.
 *
 * @module
 */
export { GELU, LeakyReLU, ReLU, Sigmoid, SiLU, Softplus, Tanh } from "./activation.js";
export { BatchNorm1d, BatchNorm2d, type BatchNormOptions } from "./batchNorm.js";
export { Conv2d, type Conv2dOptions } from "./conv2d.js";
export { Dropout } from "./dropout.js";
export { Embedding, type EmbeddingOptions } from "./embedding.js";
export { Flatten } from "./flatten.js";
export type { ForwardHook, ForwardPreHook, HookHandle, HookOptions } from "./hooks.js";
export { Identity } from "./identity.js";
export * as init from "./init/index.js";
export { LayerNorm, type LayerNormOptions } from "./layerNorm.js";
export { Linear, type LinearOptions } from "./linear.js";
export { LogSoftmax } from "./logSoftmax.js";
export * from "./losses/index.js";
export { Module } from "./module.js";
export { ModuleDict } from "./moduleDict.js";
export { ModuleList } from "./moduleList.js";
export {
  type AttendOptions,
  MultiheadAttention,
  type MultiheadAttentionOptions,
} from "./multiheadAttention.js";
export { Parameter } from "./parameter.js";
export { AdaptiveAvgPool2d, AdaptiveMaxPool2d, AvgPool2d, MaxPool2d } from "./pool.js";
export { type Layer, Sequential } from "./sequential.js";
export { Softmax } from "./softmax.js";
export type { IncompatibleKeys, StateDict } from "./stateDict.js";
export * as utils from "./utils/index.js";
