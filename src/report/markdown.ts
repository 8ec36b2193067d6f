import type { Comparison } from "../measure/index.js";
import { truncationSentences } from "./llamaCpp.js";
import { explainMeasure } from "./measures.js";
import { escapeControls, shortNames } from "./names.js";
import { formatBytes, formatCount, formatEstimate, formatNumber, formatPercent } from "./numbers.js";
import { type Ranked, rankedCandidates } from "./ranked.js";

/**
 * A comparison as a Markdown table in GitHub's sense, ready for a model card: a line a candidate, the
 * closest first, and a line below that says what was measured. Names are code, so nothing in them counts
 * as Markdown.
 */
export function renderMarkdown(comparison: Comparison): string {
  const ranked = rankedCandidates(comparison);
  const columns = columnsOf(comparison, ranked);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(columns.map(({ heading }) => heading)),
    line(columns.map(({ left }) => (left ? "---" : "---:"))),
    ...ranked.map((entry) => line(columns.map(({ cell }) => cell(entry)))),
    "",
    caption(comparison, ranked),
    ...ranked.flatMap(llamaCppBlock),
    "",
  ].join("\n");
}

/** llama.cpp's numbers as it prints them, and what its truncation does. */
function llamaCppBlock({ name, candidate: { llamaCpp } }: Ranked): string[] {
  if (llamaCpp === null) return [];
  const block = ["```text", ...llamaCpp.text.map(escapeControls), "```"];
  return [
    "",
    `llama.cpp's numbers of ${code(name)}:`,
    "",
    ...block,
    "",
    truncationSentences(llamaCpp).join(" "),
  ];
}

interface Column {
  heading: string;
  left?: boolean;
  cell: (entry: Ranked) => string;
}

function columnsOf(comparison: Comparison, ranked: readonly Ranked[]): Column[] {
  const sized = ranked.some(({ candidate }) => candidate.modelBytes !== null);
  const labelled = ranked.some(({ candidate }) => candidate.labels !== null);
  const columns: (Column | false)[] = [
    { heading: "Candidate", left: true, cell: ({ name }) => code(name) },
    sized && { heading: "Size", cell: ({ candidate }) => size(candidate.modelBytes, candidate.pareto) },
    {
      heading: `KL(P‖Q)${comparison.bound === "lower" ? " ≥" : ""}, ${comparison.unit}`,
      cell: ({ candidate: { measures } }) =>
        formatEstimate({ value: measures.kl.mean, stderr: measures.kl.stderr }),
    },
    { heading: "99 %", cell: ({ candidate }) => formatNumber(candidate.measures.kl.p99, 3) },
    ...comparison.measures
      .filter((key) => key !== "kl")
      .map((key) => ({
        heading: explainMeasure(key).title,
        cell: ({ candidate }: Ranked) => formatNumber(candidate.measures[key].mean, 3),
      })),
    { heading: "Same top, %", cell: ({ candidate }) => formatPercent(candidate.sameTop.value) },
    labelled && {
      heading: "Perplexity Q/P",
      cell: ({ candidate }) =>
        candidate.labels === null ? "" : formatNumber(candidate.labels.perplexity.ratio, 5),
    },
  ];
  return columns.filter((column) => column !== false);
}

function size(bytes: number | null, pareto: boolean | null): string {
  return bytes === null ? "" : `${formatBytes(bytes)}${pareto ? " ◆" : ""}`;
}

function caption(comparison: Comparison, ranked: readonly Ranked[]): string {
  const { reference, candidates, rows, selection, classes, clusters, bound, version } = comparison;
  const [name] = shortNames([reference.name, ...candidates.map((candidate) => candidate.name)]);
  const by = clusters === null ? "" : `, clustered by ${escapeMarkdown(clusters.by)}`;
  const sentences = [
    `Divergence from ${code(name)} over ${formatCount(selection?.rows ?? rows)} rows of ` +
      `${formatCount(classes)} classes; ± is one standard error${by}`,
  ];
  if (bound === "lower") sentences.push("Lower bounds, from the likeliest classes of each row");
  if (ranked.some(({ candidate }) => candidate.pareto)) {
    sentences.push("◆: no candidate is both smaller and closer");
  }
  sentences.push(`Measured by Kullback ${escapeMarkdown(version)}`);
  return `${sentences.join(". ")}.`;
}

/** `text` as a code span, within fences longer than any run of backticks in it. */
function code(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  const space = /^`|`$|^ .* $/.test(text) ? " " : "";
  return `${fence}${space}${escapeControls(text).replaceAll("|", "\\|")}${space}${fence}`;
}

function escapeMarkdown(text: string): string {
  return escapeControls(text).replace(/[\\`*_{}[\]<>()#|~@&!]/g, "\\$&");
}
