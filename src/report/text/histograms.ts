import type { Comparison } from "../../measure/index.js";
import { binned, occupied } from "../histogram.js";
import { shorten } from "../names.js";
import { formatCount } from "../numbers.js";
import type { Ranked } from "../ranked.js";
import { lineWidth } from "../table.js";
import { label } from "./overview.js";
import { spark } from "./spark.js";

const nameWidth = 20;
const mostBins = 40;

/** How KL spreads over rows on a logarithmic axis, a line a candidate. */
export function histograms({ unit }: Comparison, ranked: readonly Ranked[]): string[][] {
  const range = occupied(ranked.map(({ candidate }) => candidate.histogram));
  if (range === null) return [];
  const bins = Math.min(mostBins, range.end - range.start);
  const width = Math.min(
    nameWidth,
    Math.max(...ranked.map((entry) => label(entry, ranked.length).length), 16),
  );
  const lines = ranked.map((entry) => {
    const { histogram } = entry.candidate;
    const name = shorten(label(entry, ranked.length), width).padEnd(width);
    const bars = spark(binned(histogram, range, bins).map(({ count }) => count));
    return `${name}  ${bars}${outside(histogram, lineWidth - width - 2 - bins)}`.trimEnd();
  });
  const edges = binned(ranked[0].candidate.histogram, range, bins);
  const decades = `10^${shortExponent(edges[0].from)} to 10^${shortExponent(edges.at(-1)!.to)}`;
  return [[`Rows by KL, from ${decades} ${unit}, logarithmic`, ...lines]];
}

function shortExponent(x: number): string {
  return String(Number(x.toFixed(2)));
}

/** The rows that no bin holds, as far as there is room to say so. */
function outside({ zero, below, infinite }: Ranked["candidate"]["histogram"], room: number): string {
  const parts = [
    ...(zero + below > 0 ? [`${formatCount(zero + below)} ≈ 0`] : []),
    ...(infinite > 0 ? [`${formatCount(infinite)} ∞`] : []),
  ];
  const text = parts.length === 0 ? "" : `  ${parts.join(", ")}`;
  return text.length <= room ? text : "";
}
