import type { Comparison, InputSummary } from "../../../measure/index.js";
import { shorten } from "../../names.js";
import { formatBytes, formatCount } from "../../numbers.js";
import { rankedCandidates } from "../../ranked.js";
import { setUp } from "../../sentences.js";
import { type Html, html } from "../escape.js";
import { limits } from "../limits.js";
import { shown } from "../text.js";
import { scrolling } from "./table.js";

/** What was compared and how: enough to tell later whether another run had the same input. */
export function manifestSection(comparison: Comparison): Html {
  const { reference, labels, rowFiles, floor, direction, version, convention, candidates } = comparison;
  const inputs: [string, InputSummary][] = [
    ["reference P", reference],
    ...rankedCandidates(comparison)
      .slice(0, limits.candidates)
      .map(({ rank, candidate }): [string, InputSummary] => [`candidate ${rank}`, candidate]),
    ...(labels === null ? [] : ([["labels", labels]] as [string, InputSummary][])),
    ...rowFiles.map((input): [string, InputSummary] => [input.role, input]),
    ...(floor === null ? [] : ([["floor", floor]] as [string, InputSummary][])),
  ];
  const tokens = inputs.some(([, input]) => input.tokens !== null);
  const caption = "The files";
  const rest = candidates.length - limits.candidates;
  return html`<section aria-labelledby="manifest"><h2 id="manifest">What was compared, and how</h2>
<ul>${setUp(comparison).map((line) => html`<li>${line[0].toUpperCase()}${shorten(line.slice(1), 400)}.</li>\n`)}
<li>Direction: ${direction}. Convention: ${convention}. Kullback ${version}.</li></ul>
${scrolling(
  caption,
  html`<table class="files"><caption><span>${caption}</span></caption>
<thead><tr><th scope="col" class="text">File</th><th scope="col" class="text">Role</th><th scope="col" class="text">Format</th><th scope="col" class="text">Values</th><th scope="col">Size</th>${
    tokens ? html`<th scope="col" class="text">Tokens</th>` : ""
  }<th scope="col" class="text">SHA-256</th></tr></thead>
<tbody>${inputs.map(
    ([role, input]) =>
      html`<tr><th scope="row"><span class="name">${shown(input.name)}</span></th><td class="text">${role}</td><td class="text">${input.format}</td><td class="text">${input.dtype} ${input.shape.join("×")}</td><td>${
        input.size === null
          ? ""
          : html`<span title="${formatCount(input.size)} bytes">${formatBytes(input.size)}</span>`
      }</td>${tokens ? html`<td class="text"><span class="hash">${shown(input.tokens ?? "")}</span></td>` : ""}<td class="text">${hash(input)}</td></tr>\n`,
  )}</tbody></table>`,
)}${rest > 0 ? html`<p class="caption">And ${formatCount(rest)} more candidates.</p>` : ""}</section>`;
}

function hash({ hash }: InputSummary): Html | "" {
  if (hash === null) return "";
  return html`<span class="hash">${shown(hash.value)}</span>${hash.coverage === "sampled" ? html` <span class="se">(size and samples)</span>` : ""}`;
}
