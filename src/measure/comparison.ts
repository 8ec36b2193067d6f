import type { From, RowFault } from "../kernels/index.js";
import type { WorstRow } from "./worst.js";

/** The measures of a comparison, in the order in which they are reported. */
export const comparedMeasures = ["kl", "reverse-kl", "js", "tv"] as const;

/** A measure of a comparison. */
export type ComparedMeasure = (typeof comparedMeasures)[number];

/** The units of KL and JS: of base e, 2 and 10. Total variation has none. */
export type Unit = "nats" | "bits" | "hartleys";

/** A value with its standard error, which is NaN where it is not defined (fewer than two rows). */
export interface Estimate {
  value: number;
  stderr: number;
}

/** A number of rows, and the indices of the first ten. */
export interface RowList {
  count: number;
  first: number[];
}

/**
 * The distribution of a measure over rows. Rows where it is infinite count: they make the mean and the
 * upper quantiles infinite. `finiteMean` and `finiteStderr` are over the other rows.
 */
export interface MeasureSummary {
  mean: number;
  /** The standard error of the mean: sample standard deviation / √n. NaN when it is not defined. */
  stderr: number;
  min: number;
  median: number;
  p90: number;
  p95: number;
  p99: number;
  p999: number;
  max: number;
  /** The rows where the measure is infinite. */
  infinite: RowList;
  finiteMean: number;
  finiteStderr: number;
}

/** The rows excluded for one reason. */
export interface Exclusion extends RowList {
  /** Whose row it is; the reference is looked at first. */
  side: "reference" | "candidate";
  /**
   * `nan`: the row holds NaN; `infinite`: an infinity that is no mask; `negative`: a negative probability;
   * `sum`: it does not sum to 1; `empty`: it has no class left, every logit being −∞.
   */
  reason: RowFault;
}

/** What labels, the correct class of every row, add. Δp is q(label) − p(label), as a probability. */
export interface LabelSummary {
  /** The rows that count: those with a label that are not excluded. */
  rows: number;
  /** The rows whose label is negative, as PyTorch's ignore_index −100 is. */
  ignored: number;
  /** exp of the mean negative log-probability of the label under each side; ratio is candidate / reference. */
  perplexity: { reference: number; candidate: number; ratio: number };
  deltaP: { mean: number; stderr: number; rms: number };
}

/** What was compared. */
export interface InputSummary {
  /** The name as given. */
  name: string;
  /** The file's format; `memory` for an array in memory. */
  format: string;
  /** The dtype as stored, such as `float16`. */
  dtype: string;
  shape: number[];
}

/** One candidate Q against the reference P. */
export interface CandidateSummary extends InputSummary {
  /** The rows that the statistics are over. */
  rows: number;
  /** The rows left out, by side and reason; empty when there are none. */
  excluded: Exclusion[];
  measures: Record<ComparedMeasure, MeasureSummary>;
  /** How often both sides have the same largest class; of equal classes the first counts. */
  sameTop: Estimate;
  /** The rows of the largest KL, the worst first. */
  worst: WorstRow[];
  /** Only when labels are given. */
  labels?: LabelSummary;
}

/**
 * The outcome of a comparison: plain data of the JSON schema `kullback.compare/1`, except that numbers
 * which are not finite are numbers here and the strings "Infinity", "-Infinity" and "NaN" in JSON.
 */
export interface Comparison {
  schema: "kullback.compare/1";
  reference: InputSummary;
  /** What the values were taken for, and what was seen that says so (null when it was given). */
  from: From;
  found: string | null;
  /** The axes that make up a row, from 0. */
  dim: number[];
  /** The number of rows of the input, and of classes in a row. */
  rows: number;
  classes: number;
  unit: Unit;
  candidates: CandidateSummary[];
}
