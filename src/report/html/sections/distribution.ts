import type { Comparison } from "../../../measure/index.js";
import { formatNumber } from "../../numbers.js";
import type { Ranked } from "../../ranked.js";
import { type Html, html } from "../escape.js";
import { cdfFigure, histogramFigures } from "../figures/distribution.js";
import type { Series } from "../series.js";
import { candidateTable } from "./table.js";

const quantiles = [
  ["Min", "min"],
  ["1 %", "p1"],
  ["10 %", "p10"],
  ["Median", "median"],
  ["90 %", "p90"],
  ["95 %", "p95"],
  ["99 %", "p99"],
  ["99.9 %", "p999"],
  ["Max", "max"],
] as const;

/** How KL spreads over rows: distribution functions, histograms and quantiles. */
export function distributionSection(
  comparison: Comparison,
  ranked: readonly Ranked[],
  series: readonly Series[],
): Html {
  return html`<section aria-labelledby="distribution"><h2 id="distribution">How KL spreads over rows</h2>
<p>A mean hides whether all rows are a little off or a few are far off. Most models differ little in most rows, and much in a few.</p>
${cdfFigure(comparison, ranked, series)}
${histogramFigures(comparison, ranked)}
${candidateTable(
  `Quantiles of KL(P‖Q) over rows (${comparison.unit})`,
  quantiles.map(([heading, key]) => ({
    heading,
    cell: ({ candidate }: Ranked) => formatNumber(candidate.measures.kl[key], 3),
  })),
  ranked,
)}</section>`;
}
