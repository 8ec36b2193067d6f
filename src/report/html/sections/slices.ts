import type { Comparison } from "../../../measure/index.js";
import { shorten } from "../../names.js";
import { formatCount } from "../../numbers.js";
import { type Html, html } from "../escape.js";
import { type SliceOf, sliceFigure } from "../figures/slice.js";
import { limits } from "../limits.js";
import type { Series } from "../series.js";
import { shown } from "../text.js";
import { estimate, share } from "./ranking.js";
import { scrolling } from "./table.js";

/** Where candidates are off: KL by confidence, position, chunk and group, as far as it was asked for. */
export function slicesSection({ unit }: Comparison, series: readonly Series[], of: number): Html | "" {
  const kinds = [...new Set(series.flatMap(({ candidate }) => candidate.slices.map(({ by }) => by)))];
  const slices = kinds.flatMap((by) => {
    const found = series.flatMap((entry): SliceOf[] => {
      const slice = entry.candidate.slices.find((other) => other.by === by);
      return slice === undefined || slice.buckets.length === 0 ? [] : [{ series: entry, slice }];
    });
    return found.length === 0 ? [] : [found];
  });
  if (slices.length === 0) return "";
  return html`<section aria-labelledby="slices"><h2 id="slices">Where candidates are off</h2>
${of > series.length ? html`<p>The closest, the farthest and some between: ${series.length} of ${of} candidates.</p>` : ""}
${slices.map((slice) => html`${sliceFigure(slice, unit)}${numbers(slice, unit)}`)}</section>`;
}

function numbers(slices: readonly SliceOf[], unit: string): Html {
  const { slice } = slices[0];
  const caption = `Mean KL(P‖Q) ± s.e. and same top by ${slice.title} (${unit})`;
  const rest = slice.buckets.length - limits.bucketRows;
  return html`<details><summary>The numbers by ${slice.by}</summary>
${scrolling(
  caption,
  html`<table><caption><span>${caption}</span></caption>
<thead><tr><th scope="col" class="text">${slice.by}</th><th scope="col">Rows</th>${slices.map(
    ({ series }) =>
      html`<th scope="col">${series.rank}&nbsp;&nbsp;<span class="name">${shorten(shown(series.name), 24)}</span></th><th scope="col">same top, %</th>`,
  )}</tr></thead>
<tbody>${slice.buckets.slice(0, limits.bucketRows).map(
    ({ label, rows }, i) =>
      html`<tr><th scope="row">${shown(label)}</th><td>${formatCount(rows)}</td>${slices.map(({ slice }) => {
        const bucket = slice.buckets[i];
        return bucket === undefined
          ? html`<td></td><td></td>`
          : html`<td>${estimate(bucket.kl, 3)}</td><td>${share(bucket.sameTop)}</td>`;
      })}</tr>\n`,
  )}</tbody></table>`,
)}${rest > 0 ? html`<p class="caption">And ${formatCount(rest)} more, which JSON has.</p>` : ""}</details>`;
}
