import type { LlamaCppBlock } from "../measure/index.js";
import { formatNumber, formatSigned } from "./numbers.js";

/** The number that llama.cpp prints under this name; NaN if it prints none. */
export function llamaCppValue({ lines }: LlamaCppBlock, name: string): number {
  return lines.find((line) => line.name === name)?.value ?? Number.NaN;
}

/** By how much truncation biases Mean KLD, in sentences. */
export function truncationSentences(block: LlamaCppBlock): string[] {
  const { excludedMass, low, high, exact } = block.truncation;
  const mean = llamaCppValue(block, "Mean KLD");
  const off = Number.isNaN(mean) ? "" : `; Mean KLD is off by ${formatSigned(mean - exact, 3)}`;
  return [
    `Truncation: classes whose log-probability is not above −16 are passed over. They hold up to ` +
      `${formatNumber(excludedMass, 3)} of P, mean over rows, and would add ${formatSigned(low, 3)} to ` +
      `${formatSigned(high, 3)} to Mean KLD.`,
    `KL(P‖Q) over all classes, P normalised, is ${formatNumber(exact, 5)} nats${off}.`,
  ];
}
