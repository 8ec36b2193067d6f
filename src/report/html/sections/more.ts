import type { Comparison } from "../../../measure/index.js";
import { formatCount, formatNumber, formatPercent } from "../../numbers.js";
import type { Ranked } from "../../ranked.js";
import { type Html, html } from "../escape.js";
import { estimate } from "./ranking.js";
import { type Column, candidateTable } from "./table.js";

/** Tables of what was asked for beyond the measures: labels, overlaps, entropies; nothing if nothing was. */
export function moreSection({ unit }: Comparison, ranked: readonly Ranked[]): Html | "" {
  const tables = [labels(ranked), overlaps(ranked), entropies(unit, ranked)].filter((table) => table !== "");
  if (tables.length === 0) return "";
  return html`<section aria-labelledby="more"><h2 id="more">Predictions and uncertainty of the models</h2>
${tables}</section>`;
}

type With<Key extends keyof Ranked["candidate"]> = Ranked &
  Record<"value", NonNullable<Ranked["candidate"][Key]>>;

/** The candidates that have this part. */
function having<Key extends keyof Ranked["candidate"]>(ranked: readonly Ranked[], key: Key): With<Key>[] {
  return ranked.flatMap((entry) => {
    const value = entry.candidate[key];
    return value === null || value === undefined ? [] : [{ ...entry, value }];
  });
}

function labels(ranked: readonly Ranked[]): Html | "" {
  const entries = having(ranked, "labels");
  if (entries.length === 0) return "";
  const columns: Column<With<"labels">>[] = [
    { heading: "Perplexity P", cell: ({ value }) => formatNumber(value.perplexity.reference) },
    { heading: "Perplexity Q", cell: ({ value }) => formatNumber(value.perplexity.candidate) },
    {
      heading: "Q/P ± s.e.",
      cell: ({ value: { perplexity } }) =>
        estimate({ value: perplexity.ratio, stderr: perplexity.ratio * perplexity.logRatioStderr }, 5),
    },
    {
      heading: "Mean Δp, %",
      cell: ({ value: { deltaP } }) => estimate({ value: 100 * deltaP.mean, stderr: 100 * deltaP.stderr }, 3),
    },
    { heading: "RMS Δp, %", cell: ({ value }) => formatNumber(100 * value.deltaP.rms, 3) },
    { heading: "Rows", cell: ({ value }) => formatCount(value.rows) },
  ];
  return candidateTable("Prediction of the labels", columns, entries);
}

function overlaps(ranked: readonly Ranked[]): Html | "" {
  const most = Math.max(...ranked.map(({ candidate }) => candidate.topOverlap?.length ?? 0));
  const ranks = having(ranked, "rankOfTop").length > 0;
  if (most === 0 && !ranks) return "";
  const columns: Column<Ranked>[] = [1, 2, 3, 5, 10]
    .filter((k) => k <= most)
    .map((k) => ({
      heading: `Top-${k}, %`,
      cell: ({ candidate }: Ranked) =>
        candidate.topOverlap === null ? "" : formatPercent(candidate.topOverlap[k - 1]),
    }));
  const statistics = [
    ["Mean rank of top", "mean"],
    ["99 %", "p99"],
    ["Max", "max"],
  ] as const;
  if (ranks) {
    columns.push(
      ...statistics.map(([heading, key]) => ({
        heading,
        cell: ({ candidate: { rankOfTop } }: Ranked) =>
          rankOfTop === null ? "" : formatRank(rankOfTop[key]),
      })),
    );
  }
  return candidateTable("The likeliest classes of both sides", columns, ranked);
}

function entropies(unit: string, ranked: readonly Ranked[]): Html | "" {
  const entries = having(ranked, "entropy");
  if (entries.length === 0) return "";
  const columns: Column<With<"entropy">>[] = [
    { heading: "H(P) ± s.e.", cell: ({ value }) => estimate(value.reference) },
    { heading: "H(Q) ± s.e.", cell: ({ value }) => estimate(value.candidate) },
    { heading: "H(P, Q) ± s.e.", cell: ({ value }) => estimate(value.cross) },
  ];
  return candidateTable(`Entropy and cross-entropy (${unit})`, columns, entries);
}

/** A rank as it is; a mean of ranks as a number. */
function formatRank(rank: number): string {
  return Number.isInteger(rank) ? formatCount(rank) : formatNumber(rank);
}
