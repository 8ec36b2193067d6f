/** The numbers of llama.cpp's `--kl-divergence`, and what its truncation leaves out. */

export { LlamaCppAccumulator, type LlamaCppRow, type LlamaCppRows } from "./accumulator.js";
export { truncatedRow } from "./row.js";
