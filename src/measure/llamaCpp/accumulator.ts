import { divergenceRows, rowMeasure } from "../../kernels/index.js";
import type { LlamaCppBlock } from "../comparison.js";
import { Proportion, quantileOfSorted, Samples } from "../statistics/index.js";
import { type Entry, llamaCppBlock, type Section } from "./block.js";
import { Column } from "./column.js";
import { type TruncatedRow, truncatedRow } from "./row.js";

/** Rows of a reference P and of a candidate Q, packed one after the other. */
export interface LlamaCppRows {
  rows: number;
  classes: number;
  /**
   * P's log-probabilities as decoded from a `_logits_` file, not normalised again: llama.cpp does not.
   * Log-probabilities from elsewhere do as well; logits must have been normalised.
   */
  base: Float32Array | Float64Array;
  /** Q's logits or log-probabilities. */
  candidate: Float32Array | Float64Array;
  /** The correct token of each row; negative for a row without one. Left out: no row has one. */
  labels?: Int32Array;
  /** KL(P‖Q) of each row in nats over all classes, P normalised. Default: computed here. */
  kl?: Float64Array;
  /** Rows with another number than 0 are passed over, as rows without a distribution must be. */
  status?: Uint8Array;
}

/** What one row adds to llama.cpp's numbers. */
export interface LlamaCppRow extends Omit<TruncatedRow, "logTotal"> {
  /** KL(P‖Q) in nats over all classes, P normalised. */
  exact: number;
  /** Log-probabilities of the row's correct token, P's as decoded; NaN for a row without one. */
  labelLogP: number;
  labelLogQ: number;
}

/**
 * The numbers that `llama-perplexity --kl-divergence` prints of a candidate, and what its truncation leaves
 * out. Rows come in blocks of any size; accumulators of different rows merge, in any order and grouping, to
 * the same bits. Quantiles take 16 bytes a row.
 *
 * Arithmetic is float64 where llama.cpp's is float32 in part, so that a last printed digit may differ. Rows
 * without a label take no part in what depends on labels; when no row has one, those lines are left out.
 *
 * Reference: `kl_divergence` in tools/perplexity/perplexity.cpp of ggml-org/llama.cpp, at 050fc7f3.
 *
 * @example
 * const accumulator = new LlamaCppAccumulator();
 * accumulator.add({ rows, classes, base, candidate, labels });
 * console.log(accumulator.block().text.join("\n"));
 */
export class LlamaCppAccumulator {
  readonly #kld = new Column();
  readonly #kldValues = new Samples();
  readonly #sameTop = new Proportion();
  readonly #nll = new Column();
  readonly #nllBase = new Column();
  /** −log q + log p of the label: its uncertainty has their covariance in it. */
  readonly #nllDifference = new Column();
  readonly #deltaP = new Column();
  readonly #deltaPValues = new Samples();
  readonly #deltaPSquared = new Column();
  readonly #excludedMass = new Column();
  readonly #low = new Column();
  readonly #high = new Column();
  readonly #exact = new Column();

  /** Adds rows; blocks may come in any order. */
  add(block: LlamaCppRows): void {
    const { rows, classes, base, candidate, labels, status } = block;
    const kl = block.kl ?? exactKl(block);
    for (let row = 0; row < rows; row++) {
      if (status !== undefined && status[row] !== 0) continue;
      const p = base.subarray(row * classes, (row + 1) * classes);
      const q = candidate.subarray(row * classes, (row + 1) * classes);
      const found = truncatedRow(p, q);
      const label = labels?.[row] ?? -1;
      const known = label >= 0;
      this.addRow({
        ...found,
        exact: kl[row],
        labelLogP: known ? p[label] : Number.NaN,
        labelLogQ: known ? q[label] - found.logTotal : Number.NaN,
      });
    }
  }

  /** Adds one row of which these numbers are known. */
  addRow({ kld, excludedMass, low, high, sameTop, exact, labelLogP, labelLogQ }: LlamaCppRow): void {
    this.#kld.add(kld);
    this.#kldValues.add(kld);
    this.#sameTop.add(sameTop);
    this.#excludedMass.add(excludedMass);
    this.#low.add(low);
    this.#high.add(high);
    this.#exact.add(exact);
    if (!Number.isNaN(labelLogP)) this.#addLabel(-labelLogP, -labelLogQ);
  }

  #addLabel(nllBase: number, nll: number): void {
    const deltaP = Math.exp(-nll) - Math.exp(-nllBase);
    this.#nll.add(nll);
    this.#nllBase.add(nllBase);
    this.#nllDifference.add(nll - nllBase);
    this.#deltaP.add(deltaP);
    this.#deltaPValues.add(deltaP);
    this.#deltaPSquared.add(deltaP * deltaP);
  }

  /** Adds all rows of `other`. */
  merge(other: LlamaCppAccumulator): void {
    this.#kld.merge(other.#kld);
    this.#kldValues.merge(other.#kldValues);
    this.#sameTop.merge(other.#sameTop);
    this.#nll.merge(other.#nll);
    this.#nllBase.merge(other.#nllBase);
    this.#nllDifference.merge(other.#nllDifference);
    this.#deltaP.merge(other.#deltaP);
    this.#deltaPValues.merge(other.#deltaPValues);
    this.#deltaPSquared.merge(other.#deltaPSquared);
    this.#excludedMass.merge(other.#excludedMass);
    this.#low.merge(other.#low);
    this.#high.merge(other.#high);
    this.#exact.merge(other.#exact);
  }

  /** The block of the rows added so far, in llama.cpp's units: nats, and per cent for probabilities. */
  block(): LlamaCppBlock {
    const labelled = this.#nll.count > 0;
    const sections: Section[] = [
      ...(labelled ? [this.#perplexity()] : []),
      this.#divergence(),
      this.#probability(labelled),
    ];
    return llamaCppBlock(sections, {
      excludedMass: this.#excludedMass.mean(),
      low: this.#low.mean(),
      high: this.#high.mean(),
      exact: this.#exact.mean(),
    });
  }

  #perplexity(): Section {
    const [nll, base] = [this.#nll.mean(), this.#nllBase.mean()];
    const [nllError, baseError] = [this.#nll.uncertainty(), this.#nllBase.uncertainty()];
    const differenceError = this.#nllDifference.uncertainty();
    const covariance = (nllError ** 2 + baseError ** 2 - differenceError ** 2) / 2;
    const [ppl, pplBase] = [Math.exp(nll), Math.exp(base)];
    const [pplError, pplBaseError] = [ppl * nllError, pplBase * baseError];
    const ratio = Math.exp(nll - base);
    const error = Math.sqrt(pplError ** 2 + pplBaseError ** 2 - 2 * ppl * pplBase * covariance);
    return {
      title: "Perplexity statistics",
      entries: [
        { label: "Mean PPL(Q)                   ", value: ppl, uncertainty: pplError },
        { label: "Mean PPL(base)                ", value: pplBase, uncertainty: pplBaseError },
        { label: "Cor(ln(PPL(Q)), ln(PPL(base)))", value: (100 * covariance) / (nllError * baseError) },
        { label: "Mean ln(PPL(Q)/PPL(base))     ", value: nll - base, uncertainty: differenceError },
        { label: "Mean PPL(Q)/PPL(base)         ", value: ratio, uncertainty: ratio * differenceError },
        { label: "Mean PPL(Q)-PPL(base)         ", value: ppl - pplBase, uncertainty: error },
      ],
    };
  }

  #divergence(): Section {
    const quantile = quantilesOf(this.#kldValues);
    return {
      title: "KL divergence statistics",
      entries: [
        { label: "Mean    KLD", value: this.#kld.mean(), uncertainty: this.#kld.uncertainty() },
        { label: "Maximum KLD", value: quantile(1) },
        ...percentiles([99.9, 99, 95, 90], "KLD", quantile),
        { label: "Median  KLD", value: quantile(0.5) },
        ...percentiles([10, 5, 1, 0.1], "KLD", quantile),
        { label: "Minimum KLD", value: quantile(0) },
      ],
    };
  }

  #probability(labelled: boolean): Section {
    const sameTop = this.#sameTop.summary();
    const top = { label: "Same top p", value: 100 * sameTop.value, uncertainty: 100 * sameTop.stderr };
    const title = "Token probability statistics";
    if (!labelled) return { title, entries: [top] };
    const quantileOfShare = quantilesOf(this.#deltaPValues);
    const quantile = (p: number) => 100 * quantileOfShare(p);
    const rms = Math.sqrt(this.#deltaPSquared.mean());
    const rmsError = (0.5 / rms) * this.#deltaPSquared.uncertainty();
    const uncertainty = 100 * this.#deltaP.uncertainty();
    return {
      title,
      entries: [
        { label: "Mean    Δp", value: 100 * this.#deltaP.mean(), uncertainty },
        { label: "Maximum Δp", value: quantile(1) },
        ...percentiles([99.9, 99, 95, 90, 75], "Δp", quantile),
        { label: "Median  Δp", value: quantile(0.5) },
        ...percentiles([25, 10, 5, 1, 0.1], "Δp", quantile),
        { label: "Minimum Δp", value: quantile(0) },
        { label: "RMS Δp    ", value: 100 * rms, uncertainty: 100 * rmsError },
        top,
      ],
    };
  }
}

function quantilesOf(samples: Samples): (p: number) => number {
  const sorted = samples.sorted();
  return (p) => quantileOfSorted(sorted, p);
}

function percentiles(percents: readonly number[], of: string, quantile: (p: number) => number): Entry[] {
  return percents.map((percent) => ({
    label: `${percent.toFixed(1).padStart(4)}%   ${of}`,
    value: quantile(percent / 100),
  }));
}

/** KL(P‖Q) of each row over all classes; log-probabilities serve as logits, which normalises them. */
function exactKl({ rows, classes, base, candidate }: LlamaCppRows): Float64Array {
  const kl = new Float64Array(rows);
  divergenceRows(rowMeasure("kl"), base, candidate, rows, classes, { from: "logits" }, kl);
  return kl;
}
