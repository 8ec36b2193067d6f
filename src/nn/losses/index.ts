/** Losses as modules: functions of `F` with their options fixed. */
export { HuberLoss, L1Loss, SmoothL1Loss } from "./absoluteErrorLosses.js";
export { BCELoss, BCEWithLogitsLoss } from "./bceLoss.js";
export { CosineEmbeddingLoss } from "./cosineEmbeddingLoss.js";
export { CrossEntropyLoss, NLLLoss } from "./crossEntropyLoss.js";
export {
  DistillationLoss,
  LinearDivergenceLoss,
  SampledKlLoss,
  type TokenSelection,
  TopkDistillationLoss,
} from "./distillationLosses.js";
export { KLDivLoss } from "./klDivLoss.js";
export { MSELoss } from "./mseLoss.js";
