import * as Plot from "@observablehq/plot";
import type { Comparison } from "../../../measure/index.js";
import { type BinRange, binned, occupied } from "../../histogram.js";
import { formatCount, formatNumber } from "../../numbers.js";
import type { Ranked } from "../../ranked.js";
import { type Html, html } from "../escape.js";
import { limits } from "../limits.js";
import type { Series } from "../series.js";
import { shown } from "../text.js";
import { decades, figure, logDomain, svg } from "./figure.js";
import { legend } from "./legend.js";

const symbolEvery = 12;

/** The share of rows whose KL is at most so much, a line a candidate; nothing if no row has a positive KL. */
export function cdfFigure(
  { unit }: Comparison,
  ranked: readonly Ranked[],
  series: readonly Series[],
): Html | "" {
  const others = ranked.filter(({ rank }) => !series.some((entry) => entry.rank === rank));
  const domain = logDomain(
    ranked.flatMap(({ candidate }) => candidate.cdf.filter(([, share]) => share > 0.001).map(([kl]) => kl)),
  );
  // A line takes two points.
  if (domain === null || ranked.every(({ candidate }) => candidate.cdf.length < 2)) return "";
  const points = ({ candidate }: Ranked, most: number) => {
    const { cdf } = candidate;
    const every = Math.ceil(cdf.length / most);
    return cdf
      .filter(([kl], i) => kl > 0 && kl < Infinity && (i % every === 0 || i === cdf.length - 1))
      .map(([kl, share]) => ({ x: Math.max(domain[0], Math.log10(kl)), share }));
  };
  return figure({
    id: "cdf",
    title: "Share of rows whose KL is at most so much",
    description:
      "The empirical distribution function of KL over rows, a rising line for each candidate. The table of quantiles has the numbers.",
    caption: `KL(P‖Q) in ${unit}, on a logarithmic axis. The further left a line lies, the closer its candidate; where it is flat on the right, few rows make up the mean.`,
    legend: legend(series, others.length),
    draw: (width) => ({
      width,
      height: width > 500 ? 320 : 260,
      marginLeft: 48,
      marginRight: 14,
      marginBottom: 32,
      x: { domain, label: null },
      y: { domain: [0, 100], percent: true, label: null },
      marks: [
        Plot.gridY({ ticks: 5, strokeOpacity: 1, stroke: "var(--line)" }),
        Plot.axisX({ ...decades(domain, width / 60), tickSize: 4 }),
        Plot.axisY({ ticks: 5, tickSize: 0, tickFormat: (share: number) => `${share} %` }),
        ...others
          .slice(0, limits.histograms)
          .map((entry) =>
            Plot.line(points(entry, 40), { x: "x", y: "share", stroke: "var(--faint)", strokeWidth: 1 }),
          ),
        ...series.flatMap((entry, i) => {
          const line = points(entry, 200);
          const marked = line.filter(
            (_, k) => k % (symbolEvery * 2) === (symbolEvery + 4 * i) % (symbolEvery * 2),
          );
          return [
            Plot.line(line, {
              x: "x",
              y: "share",
              stroke: entry.color,
              strokeWidth: 2,
              strokeDasharray: entry.dash,
            }),
            Plot.dot(marked, { x: "x", y: "share", symbol: entry.symbol, ...mark(entry), r: 4 }),
          ];
        }),
      ],
    }),
  });
}

/** The colours of a series' symbols: filled, but for the cross, which has no inside. */
export function mark({ symbol, color }: Series) {
  return symbol === "times"
    ? { stroke: color, strokeWidth: 2 }
    : { fill: color, stroke: "var(--page)", strokeWidth: 1 };
}

/** How many rows have a KL of each order of magnitude, a small figure a candidate on one common axis. */
export function histogramFigures({ unit }: Comparison, ranked: readonly Ranked[]): Html | "" {
  const entries = ranked.slice(0, limits.histograms);
  const filled = occupied(entries.map(({ candidate }) => candidate.histogram));
  if (filled === null) return "";
  const range = widened(filled, entries[0].candidate.histogram.counts.length);
  const rest = ranked.length - entries.length;
  const cards = entries.map((entry) => histogram(entry, range));
  const many = 12;
  return html`<div class="figures" role="group" aria-label="Histograms of KL">${cards.slice(0, many)}</div>
${
  cards.length > many
    ? html`<details><summary>The histograms of the other ${cards.length - many}</summary><div class="figures">${cards.slice(many)}</div></details>`
    : ""
}
<p class="caption">Rows by KL(P‖Q) in ${unit}, on a logarithmic axis that all share; heights are relative to each candidate’s
fullest bar. The line is the median, the dashed line the 99 % quantile.${rest > 0 ? ` The ${entries.length} closest candidates.` : ""}</p>`;
}

function histogram({ rank, name, candidate }: Ranked, range: BinRange): Html {
  const bins = binned(candidate.histogram, range, 48);
  const domain: [number, number] = [bins[0].from, bins.at(-1)!.to];
  const { median, p99 } = candidate.measures.kl;
  const rules = [
    { x: Math.log10(median), dash: "none" },
    { x: Math.log10(p99), dash: "4 3" },
  ].filter(({ x }) => x >= domain[0] && x <= domain[1]);
  const { zero, below, infinite } = candidate.histogram;
  const outside = [
    zero > 0 ? `${formatCount(zero)} exactly 0` : "",
    below > 0 ? `${formatCount(below)} smaller than the axis` : "",
    infinite > 0 ? `${formatCount(infinite)} infinite` : "",
  ].filter((text) => text !== "");
  const drawing = svg(
    {
      width: 340,
      height: 120,
      marginLeft: 8,
      marginRight: 8,
      marginTop: 8,
      marginBottom: 26,
      x: { domain, label: null },
      y: { axis: null },
      marks: [
        Plot.rect(
          bins.filter(({ count }) => count > 0),
          { x1: "from", x2: "to", y1: 0, y2: "count", fill: "var(--accent)", inset: 0.5 },
        ),
        Plot.ruleY([0], { stroke: "var(--soft)" }),
        ...rules.map(({ x, dash }) => Plot.ruleX([x], { stroke: "currentColor", strokeDasharray: dash })),
        Plot.axisX({ ...decades(domain, 6), tickSize: 4 }),
      ],
    },
    `histogram-${rank}`,
    `Histogram of KL of ${name}`,
    `Median ${formatNumber(median, 3)}, 99 % quantile ${formatNumber(p99, 3)}.`,
  );
  return html`<figure class="small"><p class="figure-title">${rank}&nbsp;&nbsp;<span class="name">${shown(name)}</span></p>${drawing}${
    outside.length === 0 ? "" : html`<figcaption>Rows not drawn: ${outside.join(", ")}.</figcaption>`
  }</figure>`;
}

/** At least eight bins where there are as many: a bar or two alone would fill the figure. */
function widened({ start, end }: BinRange, bins: number): BinRange {
  const missing = Math.max(0, 8 - (end - start));
  const from = Math.max(0, start - Math.ceil(missing / 2));
  return { start: from, end: Math.min(bins, Math.max(end, from + 8)) };
}
