/**
 * Optimizers, schedules of their learning rates and averages of weights: `torch.optim` under camelCase names.
 *
 * @module
 */
export { Adagrad, type AdagradOptions, type AdagradState } from "./adagrad.js";
export { Adam, type AdamOptions, type AdamState } from "./adam.js";
export { AdamW, type AdamWOptions } from "./adamW.js";
export {
  ExponentialMovingAverage,
  type ExponentialMovingAverageState,
} from "./exponentialMovingAverage.js";
export * as lrScheduler from "./lrScheduler/index.js";
export { NAdam, type NAdamOptions, type NAdamState } from "./nadam.js";
export { Optimizer, type OptimizerStateDict, type Point } from "./optimizer.js";
export type { ParamGroup, ParamGroupOptions, Params } from "./paramGroup.js";
export { RAdam, type RAdamOptions, type RAdamState } from "./rAdam.js";
export { RMSprop, type RMSpropOptions, type RMSpropState } from "./rmsprop.js";
export { SGD, type SGDOptions, type SGDState } from "./sgd.js";
