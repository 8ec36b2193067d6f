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
export { type KlDivOptions, klDiv } from "./klDiv.js";
export type { LegacyReduction, LossReduction } from "./loss.js";
export { type MseLossOptions, mseLoss } from "./mseLoss.js";
export { logSoftmax, softmax, softmin } from "./softmax.js";
