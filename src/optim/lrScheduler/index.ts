/**
 * Learning-rate schedules, as `torch.optim.lr_scheduler`.
 *
 * @module
 */
export { CosineAnnealingLR, type CosineAnnealingLROptions } from "./cosineAnnealingLR.js";
export { ExponentialLR, type ExponentialLROptions } from "./exponentialLR.js";
export { LambdaLR, type LRLambda } from "./lambdaLR.js";
export {
  LRScheduler,
  type LRSchedulerState,
  type ScheduledGroup,
  type ScheduledOptimizer,
} from "./lrScheduler.js";
export { OneCycleLR, type OneCycleLROptions } from "./oneCycleLR.js";
export {
  ReduceLROnPlateau,
  type ReduceLROnPlateauOptions,
  type ReduceLROnPlateauState,
} from "./reduceLROnPlateau.js";
export { StepLR, type StepLROptions } from "./stepLR.js";
