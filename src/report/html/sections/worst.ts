import type { WorstRow } from "../../../measure/index.js";
import { formatCount, formatNumber } from "../../numbers.js";
import type { Ranked } from "../../ranked.js";
import { type Html, html, type Part } from "../escape.js";
import { limits } from "../limits.js";
import { shown, tokenText } from "../text.js";

/** The rows of the largest KL of each candidate, with the likeliest classes under both models. */
export function worstSection(
  ranked: readonly Ranked[],
  vocabulary: readonly string[] | undefined,
): Html | "" {
  const entries = ranked.filter(({ candidate }) => candidate.worst.length > 0);
  if (entries.length === 0) return "";
  // Few candidates show many rows each; of many, the closest show some.
  const each = Math.max(3, Math.min(limits.worst, Math.floor(limits.worstOfAll / entries.length)));
  const shownEntries = entries.slice(0, Math.floor(limits.worstOfAll / each));
  return html`<section aria-labelledby="worst"><h2 id="worst">The worst rows</h2>
<p>The rows of the largest KL, with the likeliest classes of the reference P and of the candidate Q and their probabilities under both.
${vocabulary === undefined ? "Classes are given by number." : "␣ is a space, ⏎ a line feed."} ✓ marks the label, where it is known.</p>
${shownEntries.map(
  (
    { rank, name, candidate },
    i,
  ) => html`<details${i === 0 ? html` open` : ""}><summary><h3 style="display:inline">${rank}&nbsp;&nbsp;<span class="name">${shown(name)}</span></h3></summary>
<div class="worst">${candidate.worst.slice(0, each).map((row) => worstRow(row, vocabulary))}</div></details>`,
)}
${left(entries, shownEntries.length, each)}</section>`;
}

function left(entries: readonly Ranked[], count: number, each: number): Html | "" {
  const longest = Math.max(...entries.map(({ candidate }) => candidate.worst.length));
  if (count === entries.length && longest <= each) return "";
  return html`<p class="caption">Up to ${each} rows of the ${formatCount(count)} closest candidates; JSON has all.</p>`;
}

function worstRow(worst: WorstRow, vocabulary: readonly string[] | undefined): Html {
  const { row, kl, label } = worst;
  const seen = new Map([...worst.topReference, ...worst.topCandidate].map((entry) => [entry.class, entry]));
  const classes = [...seen.values()]
    .sort((a, b) => (b.p || 0) - (a.p || 0) || (b.q || 0) - (a.q || 0) || a.class - b.class)
    .slice(0, 10);
  return html`<div><table><caption>Row ${formatCount(row)}${place(worst)}: KL ${formatNumber(kl, 3)}</caption>
<thead><tr><th scope="col" class="text">${vocabulary === undefined ? "Class" : "Token"}</th><th scope="col">P</th><th scope="col">Q</th></tr></thead>
<tbody>${classes.map(
    (entry) =>
      html`<tr><th scope="row"><span class="token">${tokenText(entry.class, vocabulary, entry.text)}</span>${
        entry.class === label ? html` <span class="mark">✓<span hidden> label</span></span>` : ""
      }</th>${probability("p", entry.p)}${probability("q", entry.q)}</tr>\n`,
  )}</tbody></table></div>`;
}

function place({ chunk, position }: WorstRow): Part {
  return [
    chunk === undefined ? "" : `, chunk ${chunk}`,
    position === undefined ? "" : `, position ${position}`,
  ];
}

function probability(side: "p" | "q", value: number): Html {
  const width = (Math.max(0, Math.min(100, 100 * value)) || 0).toFixed(1);
  return html`<td class="${side}">${formatProbability(value)}<span class="bar"><i style="width:${width}%"></i></span></td>`;
}

function formatProbability(value: number): string {
  if (Number.isNaN(value)) return "not listed";
  return value >= 0.0005 && value <= 1
    ? `${(100 * value).toFixed(1)} %`
    : value === 0
      ? "0"
      : formatNumber(value, 2);
}
