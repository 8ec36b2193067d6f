// The row kernels of divergences: kl/ for KL of float32 logits, general/ for all else, in float64.
export { gradients64 } from "./general/gradients";
export { hessians64 } from "./general/hessians";
export { rowStatistics64 } from "./general/statistics";
export { klRows32, scaleRows32 } from "./kl/index";
