import { ExactSum, faultsOf, type RowFault, type RowStatistics } from "../kernels/index.js";
import type { CandidateSummary, Exclusion, InputSummary, LabelSummary } from "./comparison.js";
import { Distribution } from "./distribution.js";
import { ignoredLabel } from "./labels.js";
import { Moments } from "./moments.js";
import { NamedRows } from "./namedRows.js";
import { Proportion } from "./proportion.js";
import { WorstRows } from "./worst.js";

/**
 * What is known of one candidate after some of the rows. Accumulators of different rows merge, in any order
 * and grouping, to the very bits that one over all rows gives.
 */
export class CandidateAccumulator {
  /** In the order of `comparedMeasures`. */
  readonly #measures = [new Distribution(), new Distribution(), new Distribution(), new Distribution()];
  readonly #sameTop = new Proportion();
  readonly #excluded = new Map<string, { side: Exclusion["side"]; reason: RowFault; rows: NamedRows }>();
  readonly #labels = new LabelAccumulator();
  readonly #worst: WorstRows;

  /** @param worst - How many of the worst rows to keep. */
  constructor(worst: number) {
    this.#worst = new WorstRows(worst);
  }

  /** Adds `count` rows, the first of which is row `start` of the input; `labels` are those of all rows. */
  add(block: RowStatistics, start: number, count: number, labels: Int32Array | undefined): void {
    for (let i = 0; i < count; i++) {
      const row = start + i;
      if (block.status[i] !== 0) {
        this.#exclude(row, block.status[i]);
        continue;
      }
      for (const [k, measure] of this.#measures.entries()) measure.add(row, block.values[k][i]);
      this.#worst.add(row, block.values[0][i]);
      this.#sameTop.add(block.argmaxP[i] === block.argmaxQ[i]);
      if (labels !== undefined) this.#labels.add(labels[row], block.labelLogP[i], block.labelLogQ[i]);
    }
  }

  /** Adds all rows of `other`. */
  merge(other: CandidateAccumulator): void {
    for (const [k, measure] of this.#measures.entries()) measure.merge(other.#measures[k]);
    this.#sameTop.merge(other.#sameTop);
    this.#worst.merge(other.#worst);
    this.#labels.merge(other.#labels);
    for (const { side, reason, rows } of other.#excluded.values())
      this.#excludedFor(side, reason).merge(rows);
  }

  /** The summary, with divergences divided by `unit`, the size of the unit in nats. */
  summary(input: InputSummary, unit: number, labelled: boolean): CandidateSummary {
    const [kl, reverse, js, tv] = this.#measures;
    const excluded = [...this.#excluded.values()].map(({ side, reason, rows }) => ({
      side,
      reason,
      ...rows.summary(),
    }));
    return {
      ...input,
      rows: kl.count,
      excluded: excluded.sort((a, b) => a.first[0] - b.first[0]),
      measures: {
        kl: kl.summary(unit),
        "reverse-kl": reverse.summary(unit),
        js: js.summary(unit),
        tv: tv.summary(1),
      },
      sameTop: this.#sameTop.summary(),
      worst: this.#worst.list().map(({ row, kl }) => ({ row, kl: kl / unit })),
      ...(labelled ? { labels: this.#labels.summary() } : {}),
    };
  }

  #exclude(row: number, status: number): void {
    const { p, q } = faultsOf(status);
    if (p !== undefined) this.#excludedFor("reference", p).add(row);
    else if (q !== undefined) this.#excludedFor("candidate", q).add(row);
  }

  #excludedFor(side: Exclusion["side"], reason: RowFault): NamedRows {
    const key = `${side} ${reason}`;
    const entry = this.#excluded.get(key) ?? { side, reason, rows: new NamedRows() };
    this.#excluded.set(key, entry);
    return entry.rows;
  }
}

/** What labels say of both sides. */
class LabelAccumulator {
  #ignored = 0;
  readonly #logP = new ExactSum();
  readonly #logQ = new ExactSum();
  readonly #deltaP = new Moments();

  add(label: number, logP: number, logQ: number): void {
    if (label === ignoredLabel) {
      this.#ignored++;
      return;
    }
    this.#logP.add(logP);
    this.#logQ.add(logQ);
    this.#deltaP.add(Math.exp(logQ) - Math.exp(logP));
  }

  merge(other: LabelAccumulator): void {
    this.#ignored += other.#ignored;
    this.#logP.merge(other.#logP);
    this.#logQ.merge(other.#logQ);
    this.#deltaP.merge(other.#deltaP);
  }

  summary(): LabelSummary {
    const rows = this.#deltaP.count;
    const [meanLogP, meanLogQ] = [this.#logP.value / rows, this.#logQ.value / rows];
    return {
      rows,
      ignored: this.#ignored,
      perplexity: {
        reference: Math.exp(-meanLogP),
        candidate: Math.exp(-meanLogQ),
        ratio: Math.exp(meanLogP - meanLogQ),
      },
      deltaP: {
        mean: this.#deltaP.mean(),
        stderr: this.#deltaP.standardError(),
        rms: this.#deltaP.rootMeanSquare(),
      },
    };
  }
}
