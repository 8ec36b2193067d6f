import type { LabelSummary } from "../comparison.js";
import type { CandidateRows } from "../rows/index.js";
import { Mean } from "../statistics/index.js";
import type { SummaryContext } from "./context.js";

/** What labels say of both sides; null without labels. */
export function labelSummary(rows: CandidateRows, { labels, clusters }: SummaryContext): LabelSummary | null {
  if (labels === undefined) return null;
  let ignored = 0;
  const [logP, logQ, logRatio, deltaP] = Array.from({ length: 4 }, () => new Mean(clusters));
  let lostByCandidate = false;
  rows.forEach(["labelLogP", "labelLogQ"], ([p, q], i, row) => {
    // A label that is not among the likeliest classes of both sides has no probability.
    if (labels[row] < 0 || Number.isNaN(p[i]) || Number.isNaN(q[i])) {
      ignored++;
      return;
    }
    logP.add(row, p[i]);
    logQ.add(row, q[i]);
    deltaP.add(row, Math.exp(q[i]) - Math.exp(p[i]));
    if (Number.isFinite(p[i]) && Number.isFinite(q[i])) logRatio.add(row, p[i] - q[i]);
    else lostByCandidate = true;
  });
  const [meanP, meanQ] = [logP.estimate().value, logQ.estimate().value];
  const { value: mean, stderr } = deltaP.estimate();
  return {
    rows: deltaP.count,
    ignored,
    perplexity: {
      reference: Math.exp(-meanP),
      candidate: Math.exp(-meanQ),
      ratio: Math.exp(meanP - meanQ),
      logRatioStderr: lostByCandidate ? Number.NaN : logRatio.estimate().stderr,
    },
    deltaP: { mean, stderr, rms: deltaP.rootMeanSquare() },
  };
}
