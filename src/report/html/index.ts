/** The report as a page, with its figures drawn as SVG. It loads a plotting library, so it is imported lazily. */
import type { Comparison } from "../../measure/index.js";
import { baseName, shorten, shortNames } from "../names.js";
import { formatCount } from "../numbers.js";
import { type Ranked, rankedCandidates } from "../ranked.js";
import { countOf, warningsOf } from "../sentences.js";
import { Html, html } from "./escape.js";
import { sizeFigure } from "./figures/size.js";
import { limits } from "./limits.js";
import { distributionSection } from "./sections/distribution.js";
import { manifestSection } from "./sections/manifest.js";
import { methodSection } from "./sections/method.js";
import { moreSection } from "./sections/more.js";
import { lede, rankingSection } from "./sections/ranking.js";
import { slicesSection } from "./sections/slices.js";
import { worstSection } from "./sections/worst.js";
import { chooseSeries } from "./series.js";
import { style } from "./style.js";
import { shown } from "./text.js";

/** The whole page: what `renderHtml` gives. */
export function renderPage(comparison: Comparison, vocabulary?: readonly string[]): string {
  const ranked = rankedCandidates(comparison);
  const series = chooseSeries(ranked);
  const size = sizeFigure(comparison, ranked);
  const sections: [id: string, title: string, content: Html | ""][] = [
    ["ranking", "Ranking", rankingSection(comparison, ranked)],
    [
      "size-section",
      "Size",
      size &&
        html`<section aria-labelledby="size-section"><h2 id="size-section">KL against size</h2>${size}</section>`,
    ],
    ["distribution", "Spread", distributionSection(comparison, ranked, series)],
    ["slices", "Slices", slicesSection(comparison, series, ranked.length)],
    ["more", "Predictions", moreSection(comparison, ranked)],
    ["worst", "Worst rows", worstSection(ranked, vocabulary)],
    ["manifest", "Input", manifestSection(comparison)],
    ["method", "Meaning", methodSection(comparison)],
  ];
  const present = sections.filter(([, , content]) => content !== "");
  const [reference] = shortNames([comparison.reference, ...comparison.candidates].map(({ name }) => name));
  const title = `${countOf(ranked.length, "candidate")} against ${shown(reference)}`;
  return `<!doctype html>\n${
    html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="generator" content="Kullback ${comparison.version}">
<title>${title} · Kullback</title>
<style>${new Html(style)}</style>
</head>
<body>
<header>
<p class="eyebrow">Kullback: divergence between distributions</p>
<h1>${countOf(ranked.length, "candidate")} against <span class="name">${shown(reference)}</span></h1>
${lede(comparison, ranked)}
${facts(comparison, ranked)}
<nav aria-label="Contents"><ul>${present.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
${notices(comparison)}
</header>
<main>
${present.map(([, , content]) => html`${content}\n`)}
</main>
<footer><p>Made by Kullback ${comparison.version}. This page stands alone: it loads nothing and runs no script.</p></footer>
</body>
</html>
`.text
  }`;
}

function facts(
  { rows, selection, classes, from, unit, clusters, bound }: Comparison,
  ranked: readonly Ranked[],
): Html {
  const kinds = { logits: "logits", probs: "probabilities", logProbs: "log-probabilities" };
  const list = [
    ["Rows", formatCount(selection?.rows ?? rows) + (selection === null ? "" : ` of ${formatCount(rows)}`)],
    ["Classes", formatCount(classes)],
    ["Values", kinds[from]],
    ["Unit", bound === "lower" ? `${unit}, lower bounds` : unit],
    ["Uncertainty", clusters === null ? "rows independent" : `by ${shorten(baseName(clusters.by), 40)}`],
    ["Candidates", formatCount(ranked.length)],
  ];
  return html`<dl class="facts">${list.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function notices(comparison: Comparison): Html | "" {
  const sentences = [...warningsOf(comparison), ...comparison.notes];
  if (sentences.length === 0) return "";
  const rest = sentences.length - limits.sentences;
  return html`<aside class="notice" aria-labelledby="notice"><h2 id="notice">To know before reading on</h2>
<ul>${sentences.slice(0, limits.sentences).map((sentence) => html`<li>${shorten(sentence, 500)}</li>`)}${
    rest > 0 ? html`<li>And ${rest} more, which the text and JSON have.</li>` : ""
  }</ul></aside>`;
}
