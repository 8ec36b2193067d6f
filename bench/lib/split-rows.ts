import type { Case } from "./cases.js";
import { readFloats } from "./reference.js";
import type { Prepared } from "./serve.js";

/** The task `fromProbs` for a function of two rows that are plain arrays of numbers; others are not done. */
export function splitRows(
  { task, shape: [rows, classes], inputs }: Case,
  kl: (p: number[], q: number[]) => number,
): Prepared | undefined {
  if (task !== "fromProbs") return undefined;
  const [p, q] = inputs.map((file) => {
    const values = Array.from(readFloats(file, "float64"));
    return Array.from({ length: rows }, (_, row) => values.slice(row * classes, (row + 1) * classes));
  });
  const run = () => p.reduce((sum, row, i) => sum + kl(row, q[i]), 0) / rows;
  return { run: () => void run(), check: () => [run()] };
}
