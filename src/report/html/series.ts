import type { Ranked } from "../ranked.js";
import { limits } from "./limits.js";

/** How a candidate's line is drawn: by colour, dashes and symbol, any one of which tells it from the others. */
export interface Series extends Ranked {
  color: string;
  dash: string;
  symbol: "circle" | "square" | "triangle" | "diamond" | "star" | "times";
}

const dashes = ["none", "7 3", "2 2.5", "9 3 2 3", "4 2", "12 3 2 3 2 3"];
const symbols = ["circle", "square", "triangle", "diamond", "star", "times"] as const;

/**
 * The candidates that figures tell apart: all if they are few; else the closest and the farthest, and between
 * them some at even distances in the ranking.
 */
export function chooseSeries(ranked: readonly Ranked[]): Series[] {
  const count = Math.min(limits.series, ranked.length);
  const chosen = Array.from({ length: count }, (_, i) =>
    count === 1 ? ranked[0] : ranked[Math.round((i * (ranked.length - 1)) / (count - 1))],
  );
  return chosen.map((entry, i) => ({
    ...entry,
    color: `var(--series-${i + 1})`,
    dash: dashes[i],
    symbol: symbols[i],
  }));
}
