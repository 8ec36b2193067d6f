import type { CandidateSummary, Comparison, InputSummary, RowList } from "../measure/index.js";
import { explainMeasure } from "./measures.js";
import { baseName, escapeControls, shorten } from "./names.js";
import { formatCount, formatEstimate } from "./numbers.js";
import { rankedCandidates } from "./ranked.js";

/** A count with its noun: `1 row`, `1,797 rows`, `10 classes`. */
export function countOf(n: number, noun: string): string {
  const plural = noun.endsWith("s") ? "es" : "s";
  return `${formatCount(n)} ${noun}${n === 1 ? "" : plural}`;
}

/** An array in short: `lm_base.npy, float32 248×4096`. */
export function describeInput({ name, dtype, shape }: InputSummary): string {
  return `${shorten(escapeControls(name), 50)}, ${dtype} ${shape.join("×")}`;
}

/** What was compared and how, one short sentence each, without a final stop. */
export function setUp(comparison: Comparison): string[] {
  const { rows, classes, dim, from, found, unit, selection, clusters, convention, bound } = comparison;
  const kind = { logits: "logits", probs: "probabilities", logProbs: "log-probabilities" }[from];
  const axes = dim.length === 1 ? `axis ${dim[0]}` : `axes ${dim.join(", ")}`;
  const lines = [
    `${countOf(rows, "row")} of ${countOf(classes, "class")} (${axes}), KL and JS in ${unit}`,
    found === null ? `from ${kind}, as told` : `from ${kind} (found: ${escapeControls(found)})`,
  ];
  if (selection !== null) lines.push(describeSelection(selection));
  if (clusters !== null) {
    lines.push(
      `uncertainties from ${countOf(clusters.count, "cluster")} of rows, by ${baseName(clusters.by)}`,
    );
  }
  if (convention !== "math") lines.push(`convention: ${convention}`);
  if (bound === "lower") {
    lines.push("lower bounds: of each row only the likeliest classes are known, and the rest is one class");
  }
  return lines;
}

function describeSelection({ range, mask, rows }: NonNullable<Comparison["selection"]>): string {
  const parts = [
    ...(range === null ? [] : [`rows ${range[0]} to ${range[1] - 1}`]),
    ...(mask === null ? [] : [`by the mask ${baseName(mask)}`]),
  ];
  return `${countOf(rows, "row")} taken: ${parts.join(", ")}`;
}

const reasons = {
  nan: ["holds NaN", "hold NaN"],
  infinite: ["holds an infinity", "hold an infinity"],
  negative: ["holds negative probabilities", "hold negative probabilities"],
  sum: ["does not sum to 1", "do not sum to 1"],
  empty: ["has no class left (all masked)", "have no class left (all masked)"],
} as const;

/** What a reader must know to take the numbers for what they are, one sentence each. */
export function warningsOf(comparison: Comparison): string[] {
  const entries = rankedCandidates(comparison).map(({ name, candidate }) => ({
    name: shorten(name, 60),
    candidate,
  }));
  return [
    ...entries.flatMap(({ name, candidate }) => [...leftOut(name, candidate), ...infinite(name, candidate)]),
    ...ignored(entries),
  ];
}

function leftOut(name: string, { excluded }: CandidateSummary): string[] {
  return excluded.map(
    (exclusion) =>
      `Left out of ${name}: ${countOf(exclusion.count, "row")} that in the ${exclusion.side} ` +
      `${reasons[exclusion.reason][exclusion.count === 1 ? 0 : 1]} (${listRows(exclusion)})`,
  );
}

/** Where KL is infinite either way; where other measures are follows from that. */
function infinite(name: string, { measures }: CandidateSummary): string[] {
  return ["kl", "reverse-kl"].flatMap((key) => {
    if (measures[key] === undefined || measures[key].infinite.count === 0) return [];
    const { infinite, finiteMean, finiteStderr } = measures[key];
    const rest = Number.isNaN(finiteMean)
      ? ""
      : `; the mean of the others is ${formatEstimate({ value: finiteMean, stderr: finiteStderr })}`;
    const where = `${countOf(infinite.count, "row")} (${listRows(infinite)})`;
    return [`${explainMeasure(key).title} is infinite for ${name} in ${where}${rest}`];
  });
}

function ignored(entries: readonly { name: string; candidate: CandidateSummary }[]): string[] {
  const counts = entries.map(({ candidate }) => candidate.labels?.ignored ?? 0);
  const sentence = (of: string, count: number) =>
    `Labels${of}: ${countOf(count, "row")} ignored, whose label is negative`;
  if (new Set(counts).size === 1) return counts[0] === 0 ? [] : [sentence("", counts[0])];
  return entries.flatMap(({ name }, i) => (counts[i] === 0 ? [] : [sentence(` of ${name}`, counts[i])]));
}

function listRows({ count, first }: RowList): string {
  return `${first.length === 1 ? "row" : "rows"} ${first.join(", ")}${count > first.length ? ", …" : ""}`;
}
