export type { Base as DivergenceBase, Measure as DivergenceMeasure } from "../kernels/index.js";
export { type DivergenceOptions, divergence } from "./divergence.js";
export * as F from "./f.js";
export { type LossReduction, legacyReduction } from "./loss.js";
