import type { Comparison } from "../../measure/index.js";
import { formatCount, formatEstimate, formatP, formatSigned } from "../numbers.js";
import { splitTable } from "../table.js";

/** Each candidate against the one ranked before it, over the same rows; the numbers are their ranks. */
export function differences({ differences, ranking }: Comparison): string[][] {
  if (differences.length === 0) return [];
  const rank = (index: number) => ranking.indexOf(index) + 1;
  return splitTable([
    ["Paired difference", "KL ±s.e.", "95 % interval", "p", "rows"],
    ...differences.map(({ better, worse, rows, difference, interval, pValue }) => [
      `  ${rank(worse)} − ${rank(better)}`,
      `${difference.value > 0 ? "+" : ""}${formatEstimate(difference)}`,
      Number.isNaN(interval.low)
        ? ""
        : `${formatSigned(interval.low, 3)} to ${formatSigned(interval.high, 3)}`,
      formatP(pValue),
      formatCount(rows),
    ]),
  ]);
}
