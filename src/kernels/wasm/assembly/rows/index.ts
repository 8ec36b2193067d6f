// The row kernels of divergences.
export { klGradientP32, klGradientQ32 } from "./klGradients";
export { klRows32 } from "./klRows";
export { gradients64, rowStatistics64 } from "./measures";
