import type { Comparison } from "../../measure/index.js";
import { escapeControls } from "../names.js";
import { type Ranked, rankedCandidates } from "../ranked.js";
import { describeInput, setUp, warningsOf } from "../sentences.js";
import { wrap } from "../table.js";
import { differences } from "./differences.js";
import { histograms } from "./histograms.js";
import { llamaCppBlocks } from "./llamaCpp.js";
import { labels, more } from "./more.js";
import { measures, overview, quantiles } from "./overview.js";
import { slices } from "./slices.js";
import { worst } from "./worst.js";

/** The kinds of text that a terminal may set off. */
export type TextStyle = "heading" | "warning";

/** Options of {@link renderText}. */
export interface TextOptions {
  /** Sets off a line, by colour for example. Default: leaves it as it is. */
  style?: (style: TextStyle, line: string) => string;
}

/** Of so many candidates, the closest, slices and worst rows are shown; the other parts show all. */
const detailed = 10;

/** A comparison as tables for people, each line at most 80 columns wide. */
export function renderText(comparison: Comparison, options: TextOptions = {}): string {
  const style = options.style ?? ((_style, line) => line);
  // The first line of a part is its heading.
  const headed = ([heading, ...rest]: string[]) => [style("heading", heading), ...rest];
  const ranked = rankedCandidates(comparison);
  const closest = ranked.slice(0, detailed);
  const parts = [
    ...overview(comparison, ranked),
    ...measures(comparison, ranked),
    ...quantiles(ranked),
    ...differences(comparison),
    ...histograms(comparison, ranked),
    ...slices(closest),
    ...more(ranked),
    ...labels(ranked),
  ].map(headed);
  const sections = [
    header(comparison),
    ...parts,
    worst(closest),
    leftOut(ranked),
    ...llamaCppBlocks(closest),
    [...warningsOf(comparison), ...comparison.notes.map(escapeControls)].flatMap((sentence) =>
      wrap(sentence).map((line) => style("warning", line)),
    ),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function header(comparison: Comparison): string[] {
  return [`Reference P: ${describeInput(comparison.reference)}`, ...setUp(comparison)].flatMap((line) =>
    wrap(line),
  );
}

function leftOut(ranked: readonly Ranked[]): string[] {
  if (ranked.length <= detailed) return [];
  return wrap(`Slices and worst rows are those of the ${detailed} closest; JSON has all ${ranked.length}.`);
}
