import type { CandidateSummary, Comparison, InputSummary, LabelSummary, RowList } from "../measure/index.js";
import { formatCount, formatNumber, formatPercent } from "./numbers.js";
import { escapeControls, tableLines, wrap } from "./table.js";

/** The kinds of text that a terminal may set off. */
export type TextStyle = "heading" | "warning";

/** Options of {@link renderText}. */
export interface TextOptions {
  /** Sets off a line, by colour for example. Default: leaves it as it is. */
  style?: (style: TextStyle, line: string) => string;
}

/** A comparison as tables for people, each line at most 80 columns wide. */
export function renderText(comparison: Comparison, options: TextOptions = {}): string {
  const names = shortNames([comparison.reference, ...comparison.candidates].map(({ name }) => name)).slice(1);
  const candidates = comparison.candidates.map((candidate, i) => ({ ...candidate, name: names[i] }));
  const style = options.style ?? ((_style, line) => line);
  const table = (rows: string[][]) => {
    const [heading, ...body] = tableLines(rows);
    return [style("heading", heading), ...body];
  };
  const sections = [
    header(comparison),
    table(overview(candidates)),
    table(quantiles(candidates)),
    ...labels(candidates).map(table),
    worst(candidates),
    warnings(candidates).map((line) => style("warning", line)),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

/** The names without control characters and without the folders that they all share. */
function shortNames(names: readonly string[]): string[] {
  const paths = names.map((name) => name.split("/"));
  const depth = Math.min(...paths.map((path) => path.length - 1));
  let shared = 0;
  while (shared < depth && paths.every((path) => path[shared] === paths[0][shared])) shared++;
  return paths.map((path) => escapeControls(path.slice(shared).join("/")));
}

function header({ reference, rows, classes, dim, from, found, unit }: Comparison): string[] {
  const kind = { logits: "logits", probs: "probabilities", logProbs: "log-probabilities" }[from];
  const axes = dim.length === 1 ? `axis ${dim[0]}` : `axes ${dim.join(", ")}`;
  return [
    ...wrap(escapeControls(`Reference P: ${describe(reference)}`)),
    ...wrap(`${count(rows, "row")} of ${count(classes, "class")} (${axes}), KL and JS in ${unit}`),
    ...wrap(found === null ? `from ${kind}, as told` : `from ${kind} (found: ${found})`),
  ];
}

function describe({ name, dtype, shape }: InputSummary): string {
  return `${name}, ${dtype} ${shape.join("×")}`;
}

function count(n: number, noun: string): string {
  const plural = noun.endsWith("s") ? "es" : "s";
  return `${formatCount(n)} ${noun}${n === 1 ? "" : plural}`;
}

function overview(candidates: readonly CandidateSummary[]): string[][] {
  return [
    ["Candidate Q", "KL(P‖Q) ±s.e.", "KL(Q‖P)", "JS", "TV", "same top %"],
    ...candidates.map(({ name, measures, sameTop }) => [
      name,
      `${formatNumber(measures.kl.mean)} ±${formatNumber(measures.kl.stderr, 2)}`,
      ...[measures["reverse-kl"], measures.js, measures.tv].map(({ mean }) => formatNumber(mean, 3)),
      `${formatPercent(sameTop.value)} ±${formatPercent(sameTop.stderr)}`,
    ]),
  ];
}

function quantiles(candidates: readonly CandidateSummary[]): string[][] {
  return [
    ["KL of the rows", "min", "median", "90 %", "95 %", "99 %", "99.9 %", "max"],
    ...candidates.map(({ name, measures: { kl } }) => [
      name,
      ...[kl.min, kl.median, kl.p90, kl.p95, kl.p99, kl.p999, kl.max].map((x) => formatNumber(x, 3)),
    ]),
  ];
}

/** The table of what labels add, if there are any. */
function labels(candidates: readonly CandidateSummary[]): string[][][] {
  const rows = candidates.flatMap(({ name, labels }) =>
    labels === undefined ? [] : [labelRow(name, labels)],
  );
  return rows.length === 0
    ? []
    : [[["Labels", "perplexity P", "Q", "Q/P", "Δp % ±s.e.", "rms Δp %"], ...rows]];
}

function labelRow(name: string, { perplexity, deltaP }: LabelSummary): string[] {
  return [
    name,
    formatNumber(perplexity.reference),
    formatNumber(perplexity.candidate),
    formatNumber(perplexity.ratio, 5),
    `${formatNumber(100 * deltaP.mean, 3)} ±${formatNumber(100 * deltaP.stderr, 2)}`,
    formatNumber(100 * deltaP.rms, 3),
  ];
}

function worst(candidates: readonly CandidateSummary[]): string[] {
  return candidates
    .filter((candidate) => candidate.worst.length > 0)
    .flatMap(({ name, worst }) =>
      wrap(
        `Worst rows of ${name}: ${worst.map(({ row, kl }) => `${row}\u00a0(${formatNumber(kl, 3)})`).join(", ")}`,
      ),
    );
}

const reasons = {
  nan: "hold NaN",
  infinite: "hold an infinity",
  negative: "hold negative probabilities",
  sum: "do not sum to 1",
  empty: "have no class left (all masked)",
} as const;

/** What a reader must know to take the numbers for what they are. */
function warnings(candidates: readonly CandidateSummary[]): string[] {
  return candidates.flatMap((candidate) => [
    ...candidate.excluded.flatMap((exclusion) =>
      wrap(
        `Left out of ${candidate.name}: ${count(exclusion.count, "row")} that in the ${exclusion.side} ` +
          `${reasons[exclusion.reason]} (${listRows(exclusion)})`,
      ),
    ),
    ...infinite(candidate),
    ...ignored(candidate),
  ]);
}

function infinite({ name, measures }: CandidateSummary): string[] {
  return (["kl", "reverse-kl"] as const).flatMap((measure) => {
    const { infinite, finiteMean, finiteStderr } = measures[measure];
    if (infinite.count === 0) return [];
    const title = measure === "kl" ? "KL(P‖Q)" : "KL(Q‖P)";
    return wrap(
      `${title} is infinite for ${name} in ${count(infinite.count, "row")} (${listRows(infinite)}); ` +
        `the mean of the others is ${formatNumber(finiteMean)} ±${formatNumber(finiteStderr, 2)}`,
    );
  });
}

function ignored({ name, labels }: CandidateSummary): string[] {
  if (labels === undefined || labels.ignored === 0) return [];
  return wrap(`Labels of ${name}: ${count(labels.ignored, "row")} ignored, whose label is negative`);
}

function listRows({ count, first }: RowList): string {
  return `${first.length === 1 ? "row" : "rows"} ${first.join(", ")}${count > first.length ? ", …" : ""}`;
}
