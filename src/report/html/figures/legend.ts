import { type Html, html } from "../escape.js";
import type { Series } from "../series.js";
import { shown } from "../text.js";

const paths: Record<Series["symbol"], string> = {
  circle: "M20,8m-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0",
  square: "M16.5,4.5h7v7h-7z",
  triangle: "M20,3.5l4.6,8h-9.2z",
  diamond: "M20,3l4,5l-4,5l-4,-5z",
  star: "M20,3l1.3,3.3l3.5,0.2l-2.7,2.3l0.9,3.4l-3,-1.9l-3,1.9l0.9,-3.4l-2.7,-2.3l3.5,-0.2z",
  times: "M16.5,4.5l7,7M23.5,4.5l-7,7",
};

/** The names of a figure's lines, each beside a piece of its line with its symbol. */
export function legend(series: readonly Series[], others = 0): Html {
  return html`<ul class="legend">${series.map(
    ({ rank, name, color, dash, symbol }) =>
      html`<li><svg viewBox="0 0 40 16" width="40" height="16" aria-hidden="true"><path d="M0,8H40" stroke="${color}" stroke-width="2" stroke-dasharray="${dash}"/><path d="${paths[symbol]}" stroke="${color}" stroke-width="1.5" fill="${symbol === "times" ? "none" : color}"/></svg> ${rank}&nbsp;&nbsp;<span class="name">${shown(name)}</span></li>`,
  )}${others > 0 ? html`<li><svg viewBox="0 0 40 16" width="40" height="16" aria-hidden="true"><path d="M0,8H40" stroke="var(--faint)" stroke-width="1"/></svg> the other ${others}</li>` : ""}</ul>`;
}
