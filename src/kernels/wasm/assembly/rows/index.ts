// The row kernels of divergences.
export { klGradients32 } from "./klGradients";
export { klRows32 } from "./klRows";
export { gradients64, rowStatistics64 } from "./measures";
