export { Adam, type AdamOptions, type AdamState } from "./adam.js";
export { NAdam, type NAdamOptions, type NAdamState } from "./nadam.js";
export { Optimizer, type OptimizerStateDict, type Point } from "./optimizer.js";
export type { ParamGroup, ParamGroupOptions, Params } from "./paramGroup.js";
export { SGD, type SGDOptions, type SGDState } from "./sgd.js";
