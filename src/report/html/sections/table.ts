import { type Html, html, type Part } from "../escape.js";
import { limits } from "../limits.js";
import { shown } from "../text.js";

/** A column of a table of candidates: its heading, and the cell of an entry. */
export interface Column<Entry> {
  heading: Part;
  cell: (entry: Entry) => Part;
  /** To the left, as text. Default: to the right, as numbers. */
  text?: boolean;
}

/** A table in a box of its own that scrolls sideways. */
export function scrolling(label: string, table: Html): Html {
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">${table}</div>`;
}

/** A table of candidates by rank; `after` is a line apart, at its end. */
export function candidateTable<Entry extends { rank: number; name: string }>(
  caption: string,
  columns: readonly Column<Entry>[],
  entries: readonly Entry[],
  after?: Entry,
): Html {
  const line = (entry: Entry, rank: Part) =>
    html`<tr><td class="rank">${rank}</td><th scope="row"><span class="name">${shown(entry.name)}</span></th>${columns.map(
      ({ cell, text }) => html`<td${text ? html` class="text"` : ""}>${cell(entry)}</td>`,
    )}</tr>\n`;
  return scrolling(
    caption,
    html`<table><caption><span>${caption}</span></caption>
<thead><tr><th scope="col" class="rank">#</th><th scope="col" class="text">Candidate</th>${columns.map(
      ({ heading, text }) => html`<th scope="col"${text ? html` class="text"` : ""}>${heading}</th>`,
    )}</tr></thead>
<tbody>${entries.slice(0, limits.candidates).map((entry) => line(entry, entry.rank))}</tbody>
${after === undefined ? "" : html`<tbody class="apart">${line(after, "")}</tbody>`}</table>`,
  );
}
