import type { Comparison } from "../../../measure/index.js";
import { truncationSentences } from "../../llamaCpp.js";
import {
  type Explanation,
  explainMeasure,
  measureExplanations,
  uncertaintyExplanations,
} from "../../measures.js";
import { baseName } from "../../names.js";
import { rankedCandidates } from "../../ranked.js";
import { type Html, html } from "../escape.js";
import { shown } from "../text.js";

/** What the numbers of this report mean, and how far they can be trusted. */
export function methodSection(comparison: Comparison): Html {
  const { clusters, candidates } = comparison;
  const methods = [...new Set(candidates.map(({ measures }) => measures.kl.interval.method))];
  return html`<section aria-labelledby="method"><h2 id="method">What the numbers mean</h2>
<p>P is the reference and Q a candidate. Each row of the input is a distribution over classes, such as a model’s next-token
probabilities at one position; each measure is computed row by row and then averaged.</p>
${terms(explained(comparison))}
<h3 id="uncertainty">How far they can be trusted</h3>
${terms(uncertaintyExplanations.filter((entry) => applies(entry, comparison)))}
<p>${
    clusters === null
      ? "Here rows are taken as independent, since nothing says which belong together; if they come from longer texts, the uncertainty is larger than stated."
      : `Here rows are clustered by ${baseName(clusters.by)}: ${clusters.count} clusters.`
  } Intervals: ${methods
    .slice(0, 3)
    .map((method) => shown(method))
    .join("; ")}.</p>
${llamaCpp(comparison)}</section>`;
}

function terms(entries: readonly Explanation[]): Html {
  return html`<dl class="terms">${entries.map(({ title, text }) => html`<dt>${title}</dt><dd>${text}</dd>\n`)}</dl>`;
}

/** The measures of this comparison, and what else it reports. */
function explained({ measures, candidates }: Comparison): Explanation[] {
  const some = (test: (candidate: Comparison["candidates"][number]) => boolean) => candidates.some(test);
  const present: Record<string, boolean> = {
    sameTop: true,
    topOverlap: some(({ topOverlap }) => topOverlap !== null),
    rankOfTop: some(({ rankOfTop }) => rankOfTop !== null),
    entropy: some(({ entropy }) => entropy !== null),
    perplexity: some(({ labels }) => labels !== null),
    deltaP: some(({ labels }) => labels !== null),
  };
  return [
    ...measures.map((key) => ({ ...explainMeasure(key), title: shown(explainMeasure(key).title) })),
    ...measureExplanations.filter(({ key }) => present[key]),
  ];
}

function applies({ key }: Explanation, { floor, candidates, differences }: Comparison): boolean {
  if (key === "floor") return floor !== null;
  if (key === "difference") return differences.length > 0;
  return key !== "pareto" || candidates.some(({ modelBytes }) => modelBytes !== null);
}

function llamaCpp(comparison: Comparison): Html[] {
  return rankedCandidates(comparison)
    .filter(({ candidate }) => candidate.llamaCpp !== null)
    .slice(0, 20)
    .map(
      ({ rank, name, candidate }) =>
        html`<h3>llama.cpp’s block for ${rank}&nbsp;&nbsp;<span class="name">${shown(name)}</span></h3>
<pre tabindex="0">${candidate.llamaCpp?.text.slice(0, 200).map((line) => html`${line.slice(0, 200)}\n`)}</pre>
<p>${candidate.llamaCpp === null ? "" : truncationSentences(candidate.llamaCpp).join(" ")}</p>`,
    );
}
