// The row kernels of divergences.
export { klRows32, scaleRows32 } from "./klRows";
export { gradients64, rowStatistics64 } from "./measures";
