import { type CandidateSummary, type Comparison, comparedMeasures } from "../measure/index.js";
import { llamaCppValue } from "./llamaCpp.js";
import { rankedCandidates } from "./ranked.js";

type Cell = string | number | boolean | null | undefined;

const statistics = [
  ...(["mean", "stderr", "min", "p1", "p5", "p10", "median", "p90", "p95", "p99", "p999", "max"] as const),
  ...(["finiteMean", "finiteStderr"] as const),
];

/**
 * A comparison as CSV: a heading, and a line a candidate, the closest first. The columns are the same for
 * every comparison, empty where something was not asked for, but for those of Rényi divergences, which
 * follow at the end. Numbers have all their digits; those that are not finite are `Infinity`, `-Infinity`
 * and `NaN`. Fields are quoted as RFC 4180 has it, lines end in a line feed.
 */
export function renderCsv(comparison: Comparison): string {
  const rows = rankedCandidates(comparison).map(({ rank, candidate }) => {
    const cells: [string, Cell][] = [
      ["rank", rank],
      ["name", candidate.name],
      ["reference", comparison.reference.name],
      ["unit", comparison.unit],
      ["bound", comparison.bound],
      ["rows", candidate.rows],
      ["excluded", candidate.excluded.reduce((sum, { count }) => sum + count, 0)],
      ["model_bytes", candidate.modelBytes],
      ["pareto", candidate.pareto],
      ...candidateCells(candidate),
      ...measureKeys(comparison).flatMap((key) => measureCells(key, candidate)),
    ];
    return cells;
  });
  return `${[rows[0].map(([name]) => name), ...rows.map((row) => row.map(([, cell]) => cell))]
    .map((cells) => cells.map(quote).join(","))
    .join("\n")}\n`;
}

/** The fixed measures first, then Rényi divergences of the orders chosen. */
function measureKeys({ measures }: Comparison): string[] {
  const fixed = comparedMeasures.filter((key) => key !== "renyi") as string[];
  return [...fixed, ...measures.filter((key) => !fixed.includes(key))];
}

function measureCells(key: string, { measures }: CandidateSummary): [string, Cell][] {
  const summary = measures[key];
  const prefix = key.replaceAll("-", "_");
  return [
    ...statistics.map((name): [string, Cell] => [
      `${prefix}_${name.replace(/[A-Z]/, (c) => `_${c.toLowerCase()}`)}`,
      summary?.[name],
    ]),
    [`${prefix}_low`, summary?.interval.low],
    [`${prefix}_high`, summary?.interval.high],
    [`${prefix}_infinite`, summary?.infinite.count],
  ];
}

function candidateCells({
  llamaCpp,
  sameTop,
  topOverlap,
  rankOfTop,
  entropy,
  labels,
}: CandidateSummary): [string, Cell][] {
  return [
    ["same_top", sameTop.value],
    ["same_top_stderr", sameTop.stderr],
    ...Array.from({ length: 10 }, (_, i): [string, Cell] => [`top_${i + 1}_overlap`, topOverlap?.[i]]),
    ["rank_of_top_mean", rankOfTop?.mean],
    ["rank_of_top_median", rankOfTop?.median],
    ["rank_of_top_p99", rankOfTop?.p99],
    ["rank_of_top_max", rankOfTop?.max],
    ["entropy_reference", entropy?.reference.value],
    ["entropy_candidate", entropy?.candidate.value],
    ["cross_entropy", entropy?.cross.value],
    ["label_rows", labels?.rows],
    ["perplexity_reference", labels?.perplexity.reference],
    ["perplexity_candidate", labels?.perplexity.candidate],
    ["perplexity_ratio", labels?.perplexity.ratio],
    ["log_perplexity_ratio_stderr", labels?.perplexity.logRatioStderr],
    ["delta_p_mean", labels?.deltaP.mean],
    ["delta_p_stderr", labels?.deltaP.stderr],
    ["delta_p_rms", labels?.deltaP.rms],
    ["llama_cpp_mean_kld", llamaCpp === null ? null : llamaCppValue(llamaCpp, "Mean KLD")],
    ["llama_cpp_excluded_mass", llamaCpp?.truncation.excludedMass],
    ["llama_cpp_excluded_low", llamaCpp?.truncation.low],
    ["llama_cpp_excluded_high", llamaCpp?.truncation.high],
    ["llama_cpp_exact_kl", llamaCpp?.truncation.exact],
  ];
}

function quote(cell: Cell): string {
  const text = cell === null || cell === undefined ? "" : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
