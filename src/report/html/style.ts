/**
 * The page's style. Colours are variables, so that figures follow light and dark; the series' colours are
 * told apart by people who see few colours, and all text has a contrast of 4.5 at least.
 */
export const style = `
:root {
  color-scheme: light dark;
  --page: #fdfdfb; --ink: #1d1f23; --soft: #5b5f66; --faint: #b9bcbf; --line: #e3e3de; --panel: #f4f4f0;
  --accent: #0a5f9e; --warn: #8a4b00; --warn-panel: #fdf3e1;
  --series-1: #0a5f9e; --series-2: #b8480b; --series-3: #0b7a5c; --series-4: #97327f; --series-5: #6f6100; --series-6: #44474d;
  --serif: Charter, "Bitstream Charter", "Sitka Text", Cambria, Georgia, "Liberation Serif", serif;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #16181b; --ink: #e7e7e4; --soft: #a6aab0; --faint: #565a60; --line: #2d3136; --panel: #1e2125;
    --accent: #74b6ec; --warn: #f0bd6e; --warn-panel: #2b241a;
    --series-1: #74b6ec; --series-2: #f39a5f; --series-3: #52c9a3; --series-4: #e592cf; --series-5: #d3c552; --series-6: #c3c6cb;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body { margin: 0; background: var(--page); color: var(--ink); font: 17px/1.55 var(--serif); }
header, main, footer { max-width: 60rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 3.2rem; }
h1, h2, h3 { line-height: 1.2; font-weight: 600; text-wrap: balance; overflow-wrap: anywhere; }
h1 { font-size: 2.05rem; margin: 0.3rem 0 0.9rem; letter-spacing: -0.012em; }
h2 { font-size: 1.4rem; margin: 3.2rem 0 0.7rem; padding-top: 1.1rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.08rem; margin: 2rem 0 0.5rem; }
p { margin: 0.6rem 0; max-width: 42rem; }
a { color: var(--accent); text-underline-offset: 0.15em; text-decoration-thickness: 1px; }
a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.eyebrow, nav, table, .figure-title, .legend, figcaption, .caption, summary, svg, .facts, footer { font-family: var(--sans); }
.eyebrow { margin: 0; font-size: 0.82rem; letter-spacing: 0.02em; color: var(--soft); }
.lede { font-size: 1.16rem; line-height: 1.5; overflow-wrap: anywhere; }
nav { margin: 1.4rem 0 0; font-size: 0.88rem; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.3rem 1.3rem; margin: 0; padding: 0; list-style: none; }
.name { unicode-bidi: isolate; overflow-wrap: anywhere; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.2rem, 1fr)); gap: 1rem 1.6rem; margin: 1.6rem 0 0; padding: 1rem 0; border-block: 1px solid var(--line); }
.facts div { min-width: 0; }
.facts dt { font-size: 0.8rem; color: var(--soft); }
.facts dd { margin: 0.1rem 0 0; font-size: 1.02rem; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.notice { margin: 1.5rem 0; padding: 0.75rem 1.1rem; background: var(--warn-panel); border-left: 4px solid var(--warn); font-size: 0.94rem; overflow-wrap: anywhere; }
.notice h2 { margin: 0 0 0.3rem; padding: 0; border: 0; font: 600 0.95rem var(--sans); color: var(--warn); }
.notice ul { margin: 0; padding-left: 1.1rem; }
.scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; width: 100%; font-size: 0.86rem; line-height: 1.35; font-variant-numeric: tabular-nums; }
caption { caption-side: top; text-align: left; font-weight: 600; padding: 0 0 0.45rem; }
caption > span { display: inline-block; position: sticky; left: 0; max-width: calc(100vw - 2.5rem); }
th, td { padding: 0.42rem 0 0.42rem 1.15rem; text-align: right; white-space: nowrap; vertical-align: baseline; }
th:first-child, td:first-child { padding-left: 0; }
th.rank + th { padding-left: 0.5rem; }
td .name { display: inline-block; min-width: 8.5rem; max-width: 20rem; white-space: normal; vertical-align: top; }
td.rank, th.rank { width: 1.6rem; text-align: left; color: var(--soft); }
th.text, td.text { text-align: left; }
th[scope="row"] { text-align: left; font-weight: 500; white-space: normal; min-width: 10rem; max-width: 20rem; padding-left: 0.5rem; }
th[scope="row"]:first-child { padding-left: 0; }
thead th { font-weight: 500; color: var(--soft); border-bottom: 1px solid var(--ink); vertical-align: bottom; }
tbody tr + tr > * { border-top: 1px solid var(--line); }
tbody.apart > tr > * { border-top: 1px solid var(--ink); color: var(--soft); }
.se { color: var(--soft); font-size: 0.92em; }
.mark { color: var(--accent); }
figure { margin: 1.6rem 0; }
figure.small { margin: 0; min-width: 0; }
.figure-title { margin: 0 0 0.35rem; font-size: 0.9rem; font-weight: 600; max-width: none; }
.small .figure-title { font-weight: 500; margin: 0; }
figcaption, .caption { font-size: 0.84rem; line-height: 1.45; color: var(--soft); margin-top: 0.45rem; max-width: 42rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 16rem), 1fr)); gap: 1.3rem 1.8rem; margin: 1.4rem 0 0.5rem; }
.plot { display: block; width: 100%; height: auto; font-size: 12px; color: var(--ink); }
.small .plot { font-size: 13px; }
.plot text { white-space: pre; }
.narrow { display: none; }
.legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1.4rem; margin: 0 0 0.5rem; padding: 0; list-style: none; font-size: 0.84rem; }
.legend li { display: flex; align-items: center; min-width: 0; }
.legend svg { flex: none; margin-right: 0.5rem; }
details { margin: 0.9rem 0; }
summary { cursor: pointer; font-size: 0.9rem; padding: 0.25rem 0; overflow-wrap: anywhere; }
.worst { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); gap: 0.6rem 2.4rem; margin: 0.3rem 0 1.4rem; }
.worst > div { min-width: 0; }
.worst caption { font-weight: 500; padding-top: 0.9rem; white-space: normal; }
.worst th[scope="row"] { font: 0.92em/1.3 var(--mono); min-width: 0; max-width: 12rem; overflow-wrap: anywhere; }
.worst td { position: relative; width: 5.6rem; }
.worst td .bar { display: block; height: 3px; margin-top: 2px; background: var(--line); }
.worst td .bar i { display: block; height: 100%; background: var(--accent); }
.worst td.q .bar i { background: var(--series-2); }
.worst tr > * { padding-block: 0.22rem; }
.token { white-space: pre-wrap; }
dl.terms { margin: 1rem 0; display: grid; grid-template-columns: 9.5rem 1fr; gap: 0.75rem 1.4rem; }
dl.terms dt { font: 600 0.9rem/1.5 var(--sans); padding-top: 0.12rem; }
dl.terms dd { margin: 0; max-width: 38rem; }
code, pre { font-family: var(--mono); font-size: 0.85em; }
pre { overflow-x: auto; padding: 0.9rem 1.1rem; background: var(--panel); line-height: 1.45; }
.hash { font-family: var(--mono); font-size: 0.95em; white-space: normal; overflow-wrap: anywhere; width: 34ch; display: inline-block; text-align: left; }
table.files > * > tr > * { vertical-align: top; }
footer { margin-top: 4rem; padding-block: 1.2rem 3rem; font-size: 0.82rem; color: var(--soft); }
footer p { border-top: 1px solid var(--line); padding-top: 1rem; max-width: none; }
@media (max-width: 40rem) {
  body { font-size: 16px; }
  header { padding-top: 1.8rem; }
  h1 { font-size: 1.6rem; }
  h2 { margin-top: 2.4rem; }
  .wide { display: none; }
  .narrow { display: block; }
  .facts { grid-template-columns: 1fr 1fr; }
  dl.terms { grid-template-columns: 1fr; gap: 0.1rem; }
  dl.terms dd { margin-bottom: 0.7rem; }
}
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
@media print {
  :root { --page: #fff; --panel: #fff; --warn-panel: #fff; }
  body { font-size: 10.5pt; }
  nav { display: none; }
  figure, tr, .notice { break-inside: avoid; }
  h2, h3, .figure-title { break-after: avoid; }
  .scroll { overflow: visible; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`;
