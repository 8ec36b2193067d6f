import type { Comparison, Estimate } from "../../../measure/index.js";
import { explainMeasure } from "../../measures.js";
import {
  formatBytes,
  formatCount,
  formatEstimate,
  formatInterval,
  formatNumber,
  formatP,
  formatPercent,
  formatSigned,
} from "../../numbers.js";
import type { Ranked } from "../../ranked.js";
import { type Html, html, type Part } from "../escape.js";
import { meansFigure } from "../figures/means.js";
import { limits } from "../limits.js";
import { shown } from "../text.js";
import { type Column, candidateTable, scrolling } from "./table.js";

/** A value with its standard error, set back. */
export function estimate({ value, stderr }: Estimate, digits = 4): Part {
  return [
    formatNumber(value, digits),
    Number.isNaN(stderr) ? "" : html` <span class="se">±${formatNumber(stderr, 2)}</span>`,
  ];
}

/** A proportion in per cent with its standard error. */
export function share({ value, stderr }: Estimate): Part {
  return [
    formatPercent(value),
    Number.isNaN(stderr) ? "" : html` <span class="se">±${formatPercent(stderr)}</span>`,
  ];
}

/** The ranked table, the means as a figure, and whether each candidate is closer than the next. */
export function rankingSection(comparison: Comparison, ranked: readonly Ranked[]): Html {
  return html`<section aria-labelledby="ranking"><h2 id="ranking">Ranking</h2>
${rankingTable(comparison, ranked)}
${meansFigure(comparison, ranked)}
${pairs(comparison, ranked)}</section>`;
}

function rankingTable(comparison: Comparison, ranked: readonly Ranked[]): Html {
  const { unit, floor, measures } = comparison;
  const sized = ranked.some(({ candidate }) => candidate.modelBytes !== null);
  const columns: (Column<Ranked> | false)[] = [
    {
      heading: "KL(P‖Q) ± s.e.",
      cell: ({ candidate: { measures } }) =>
        estimate({ value: measures.kl.mean, stderr: measures.kl.stderr }),
    },
    { heading: "95 % interval", cell: ({ candidate }) => formatInterval(candidate.measures.kl.interval) },
    { heading: "Same top, %", cell: ({ candidate }) => share(candidate.sameTop) },
    sized && { heading: "Size", cell: ({ candidate }) => size(candidate) },
    ...measures
      .filter((key) => key !== "kl")
      .map((key) => ({
        heading: explainMeasure(key).title,
        cell: ({ candidate }: Ranked) => formatNumber(candidate.measures[key]?.mean ?? Number.NaN, 3),
      })),
  ];
  const last =
    floor === null ? undefined : { rank: 0, name: "Floor: the reference, run again", candidate: floor };
  const rest = ranked.length - limits.candidates;
  return html`${candidateTable(
    `Candidates by mean KL, the closest first (${unit})`,
    columns.filter((column) => column !== false),
    ranked,
    last,
  )}
<p class="caption">${sized ? html`<span class="mark">◆</span> on the Pareto front: no candidate is both smaller and closer. ` : ""}${
    rest > 0
      ? `The ${limits.candidates} closest; ${formatCount(rest)} more are left out here and in the tables below.`
      : ""
  }</p>`;
}

function size({ modelBytes, pareto }: Ranked["candidate"]): Part {
  if (modelBytes === null) return "";
  return [
    formatBytes(modelBytes),
    pareto ? html` <span class="mark">◆<span hidden> Pareto front</span></span>` : "",
  ];
}

function pairs({ differences, ranking, unit }: Comparison, ranked: readonly Ranked[]): Html | "" {
  if (differences.length === 0) return "";
  const rankOf = new Map(ranking.map((index, place) => [index, place + 1]));
  const name = (index: number) => {
    const rank = rankOf.get(index)!;
    return html`${rank}&nbsp;&nbsp;<span class="name">${shown(ranked[rank - 1].name)}</span>`;
  };
  const caption = `Paired differences between neighbours: how much farther the second is (${unit})`;
  return html`<h3 id="pairs">Is each candidate really closer than the next?</h3>
${scrolling(
  caption,
  html`<table><caption><span>${caption}</span></caption>
<thead><tr><th scope="col" class="text">Closer</th><th scope="col" class="text">Than</th><th scope="col">Difference ± s.e.</th><th scope="col">95 % interval</th><th scope="col"><i>p</i></th><th scope="col">Rows</th><th scope="col" class="text">Verdict</th></tr></thead>
<tbody>${differences
    .slice(0, limits.candidates)
    .map(
      ({ better, worse, difference, interval, pValue, rows }) =>
        html`<tr><th scope="row">${name(better)}</th><td class="text">${name(worse)}</td><td>${difference.value > 0 ? "+" : ""}${estimate(difference)}</td><td>${
          Number.isNaN(interval.low)
            ? ""
            : `${formatSigned(interval.low, 3)} to ${formatSigned(interval.high, 3)}`
        }</td><td>${formatP(pValue)}</td><td>${formatCount(rows)}</td><td class="text">${verdict(interval)}</td></tr>\n`,
    )}</tbody></table>`,
)}`;
}

function verdict({ low, high }: { low: number; high: number }): string {
  if (Number.isNaN(low) || Number.isNaN(high)) return "not defined";
  return low > 0 || high < 0 ? "closer" : "can’t be told";
}

/** What was found, in a sentence. */
export function lede(comparison: Comparison, ranked: readonly Ranked[]): Html {
  const [first, second] = ranked;
  const { kl } = first.candidate.measures;
  const found = formatEstimate({ value: kl.mean, stderr: kl.stderr });
  const pair = comparison.differences[0];
  const next =
    second === undefined || pair === undefined
      ? ""
      : verdict(pair.interval) === "closer"
        ? html` The next, <b class="name">${shown(second.name)}</b>, is farther by more than chance explains.`
        : html` On these rows it can’t be told from the next, <b class="name">${shown(second.name)}</b>.`;
  const only = ranked.length === 1;
  return html`<p class="lede">${only ? html`<b class="name">${shown(first.name)}</b> is` : html`Closest is <b class="name">${shown(first.name)}</b>,`} at a mean
KL(P‖Q) of <b>${found}</b> ${comparison.unit} a row${only ? ", with" : ";"} the likeliest class ${only ? "" : "is "}the same in ${formatPercent(first.candidate.sameTop.value)} % of rows.${next}</p>`;
}
