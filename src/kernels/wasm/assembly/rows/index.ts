// The row kernels of divergences.
export { gradients64 } from "./gradients64";
export { hessians64 } from "./hessians64";
export { klRows32, scaleRows32 } from "./klRows";
export { rowStatistics64 } from "./statistics64";
