export { type DivergenceOptions, divergence } from "./divergence.js";
export * as F from "./f.js";
export { type LossReduction, legacyReduction } from "./loss.js";
