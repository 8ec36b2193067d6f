import { formatEstimate, formatNumber, formatPercent } from "../numbers.js";
import type { Ranked } from "../ranked.js";
import { splitTable } from "../table.js";
import { heading, label } from "./overview.js";

/** Entropies, top-k overlap and the rank of the reference's top, as far as they were asked for. */
export function more(ranked: readonly Ranked[]): string[][] {
  return [...entropies(ranked), ...overlaps(ranked)];
}

function entropies(ranked: readonly Ranked[]): string[][] {
  const rows = ranked.flatMap((entry) => {
    const { entropy } = entry.candidate;
    if (entropy === null) return [];
    const { reference, candidate, cross } = entropy;
    return [[label(entry, ranked.length), ...[reference, candidate, cross].map((x) => formatEstimate(x))]];
  });
  if (rows.length === 0) return [];
  return splitTable([[heading(ranked, "Entropy"), "H(P) ±s.e.", "H(Q)", "cross H(P,Q)"], ...rows]);
}

const shownOverlaps = [2, 3, 5, 10];

function overlaps(ranked: readonly Ranked[]): string[][] {
  const some = ranked.some(({ candidate }) => candidate.topOverlap !== null || candidate.rankOfTop !== null);
  if (!some) return [];
  const available = Math.max(...ranked.map(({ candidate }) => candidate.topOverlap?.length ?? 0));
  const shown = shownOverlaps.filter((k) => k <= available);
  return splitTable([
    [heading(ranked, "Top classes"), ...shown.map((k) => `top-${k} %`), "mean rank", "99 %", "max"],
    ...ranked.map((entry) => {
      const { topOverlap, rankOfTop } = entry.candidate;
      return [
        label(entry, ranked.length),
        ...shown.map((k) => (topOverlap === null ? "" : formatPercent(topOverlap[k - 1]))),
        ...(rankOfTop === null
          ? ["", "", ""]
          : [formatNumber(rankOfTop.mean), formatNumber(rankOfTop.p99), String(rankOfTop.max)]),
      ];
    }),
  ]);
}

/** What labels add, if there are any. */
export function labels(ranked: readonly Ranked[]): string[][] {
  const rows = ranked.flatMap((entry) => {
    const { labels } = entry.candidate;
    if (labels === null) return [];
    const { perplexity, deltaP } = labels;
    return [
      [
        label(entry, ranked.length),
        formatNumber(perplexity.reference),
        formatNumber(perplexity.candidate),
        formatEstimate({ value: perplexity.ratio, stderr: perplexity.ratio * perplexity.logRatioStderr }, 5),
        formatEstimate({ value: 100 * deltaP.mean, stderr: 100 * deltaP.stderr }, 3),
        formatNumber(100 * deltaP.rms, 3),
      ],
    ];
  });
  if (rows.length === 0) return [];
  const columns = ["perplexity P", "Q", "Q/P ±s.e.", "Δp % ±s.e.", "rms Δp %"];
  return splitTable([[heading(ranked, "Labels"), ...columns], ...rows], 10);
}
