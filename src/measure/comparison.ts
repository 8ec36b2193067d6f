import type { From, RowFault } from "../kernels/index.js";

/**
 * The measures that a comparison can report of each row, in the order in which they are reported. Their keys
 * in `CandidateSummary.measures` are these names, Rényi's with its order: `renyi-0.5`.
 */
export const comparedMeasures = ["kl", "reverse-kl", "jeffreys", "js", "tv", "hellinger", "renyi"] as const;

/** A measure of a comparison. */
export type ComparedMeasure = (typeof comparedMeasures)[number];

/** The units of divergences and entropies: of base e, 2 and 10. Total variation and Hellinger have none. */
export type Unit = "nats" | "bits" | "hartleys";

/** A value with its standard error (clustered where clusters are known), which is NaN where not defined. */
export interface Estimate {
  value: number;
  stderr: number;
}

/** A confidence interval of a mean; its ends are NaN where it is not defined. */
export interface Interval {
  /** The share of such intervals that hold the true mean: 0.95. */
  level: number;
  low: number;
  high: number;
  /** How it was found, such as `Student t on the log of the mean, 7 degrees of freedom`. */
  method: string;
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
  /** The standard error of the mean, clustered where clusters are known. NaN when it is not defined. */
  stderr: number;
  /** The 95 % confidence interval of the mean. */
  interval: Interval;
  /** Exact quantiles, as `numpy.quantile` interpolates them. */
  min: number;
  p1: number;
  p5: number;
  p10: number;
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
  /**
   * The rows whose label is negative, as PyTorch's ignore_index −100 is, or, where only the likeliest classes are
   * known, not among those of both sides.
   */
  ignored: number;
  /**
   * exp of the mean negative log-probability of the label under each side; ratio is candidate / reference,
   * and `logRatioStderr` the standard error of its logarithm, from the row-by-row differences.
   */
  perplexity: { reference: number; candidate: number; ratio: number; logRatioStderr: number };
  deltaP: { mean: number; stderr: number; rms: number };
}

/** What was compared: enough to know later whether two runs used the same input. */
export interface InputSummary {
  /** The name as given. */
  name: string;
  /** The file's format; `memory` for an array in memory. */
  format: string;
  /** The dtype as stored, such as `float16`. */
  dtype: string;
  shape: number[];
  /** Bytes of the file; null for memory. */
  size: number | null;
  /**
   * SHA-256 in hexadecimal: of the whole file up to 64 MB, of a larger one of its size and 64 samples of 1 MB
   * spread evenly over it; null for memory.
   */
  hash: { algorithm: "sha256"; value: string; coverage: "whole" | "sampled" } | null;
  /** A fingerprint of the tokens that the rows were computed on, where the format has them. */
  tokens: string | null;
}

/** Numbers of rows by log10 of KL, in equal bins that all candidates of a comparison share. */
export interface Histogram {
  /** The bins' edges in log10 of the unit, ascending; one more than there are counts. */
  edges: number[];
  counts: number[];
  /** The rows that no bin holds: with KL 0, with KL below the first edge, with infinite KL. */
  zero: number;
  below: number;
  infinite: number;
}

/** The rows of one value, or range of values, of what rows are sliced by. */
export interface SliceBucket {
  /** As printed: `0.5–0.9`, `chunk 3`, `code`. */
  label: string;
  /** The range of the quantity where it is one; `to` is exclusive, but for the last bucket of confidence. */
  from?: number;
  to?: number;
  rows: number;
  kl: Estimate;
  medianKl: number;
  sameTop: Estimate;
}

/** A comparison's rows split by a quantity. Buckets without rows are left out. */
export interface Slice {
  /** The reference's top probability, the position in the chunk, the chunk, or a file's number of each row. */
  by: "confidence" | "position" | "chunk" | "group";
  /** A longer title, which names the file of groups. */
  title: string;
  buckets: SliceBucket[];
}

/** A class with its probability on both sides. */
export interface ClassProbability {
  class: number;
  /** The token's text, where the file names tokens so and not by number. */
  text?: string;
  /** Probabilities; NaN where the class is not among the likeliest that the file has. */
  p: number;
  q: number;
}

/** A row of large KL. */
export interface WorstRow {
  /** The row's index in the input, from 0. */
  row: number;
  kl: number;
  /** Where the row is, if known. */
  chunk?: number;
  position?: number;
  /** Its correct class, if known. */
  label?: number;
  /** The five likeliest classes of the reference and of the candidate, the likeliest first. */
  topReference: ClassProbability[];
  topCandidate: ClassProbability[];
}

/** How two neighbours of the ranking differ, over the rows that count, with finite KL, in both. */
export interface PairedDifference {
  /** Indices into `candidates`; `better` is ranked right before `worse`. */
  better: number;
  worse: number;
  rows: number;
  /** The mean over rows of KL of `worse` minus KL of `better`, with s.e. (clustered where known). */
  difference: Estimate;
  interval: Interval;
  /** Two-sided p of "no difference" by Student's t; null where it is not defined. */
  pValue: number | null;
}

/** llama.cpp's printed block (convention "llama.cpp"), with what its truncation at −16 leaves out. */
export interface LlamaCppBlock {
  /** Name and value ± uncertainty as llama.cpp prints them, in its order, e.g. "Mean KLD". */
  lines: { section: string; name: string; value: number; uncertainty: number | null; unit: "" | "%" }[];
  /**
   * What truncation does to Mean KLD, each a mean over rows: the probability of P that is left out, which is an
   * upper bound where the file clamps; bounds of what the classes left out would add; and KL(P‖Q) in nats over
   * all classes of P as it is stored, normalised. Where the file clamps, that P has up to `excludedMass` too
   * much on these classes; the bounds hold for P before it was clamped.
   */
  truncation: { excludedMass: number; low: number; high: number; exact: number };
  /** The block line by line as llama.cpp prints it; it prints it only from 100 rows on. */
  text: string[];
}

/** One candidate Q against the reference P. */
export interface CandidateSummary extends InputSummary {
  /** The rows that the statistics are over. */
  rows: number;
  /** The rows left out, by side and reason; empty when there are none. */
  excluded: Exclusion[];
  /** Bytes of the model that the candidate is the output of; null where not told. */
  modelBytes: number | null;
  /** True when no other candidate is both smaller and closer, of those whose size is known; null without size. */
  pareto: boolean | null;
  measures: Record<string, MeasureSummary>;
  /** How often both sides have the same largest class; of equal classes the first counts. */
  sameTop: Estimate;
  /**
   * The mean share of the reference's k likeliest classes among the candidate's k likeliest, for k = 1…10
   * (fewer where there are fewer classes); null if not asked for.
   */
  topOverlap: number[] | null;
  /** The rank, from 1, of the reference's top class in the candidate; null if not asked for. */
  rankOfTop: { mean: number; median: number; p99: number; max: number } | null;
  /** H(P), H(Q) and the cross-entropy H(P, Q), in the unit; null if not asked for. */
  entropy: { reference: Estimate; candidate: Estimate; cross: Estimate } | null;
  /** Only when labels are known. */
  labels: LabelSummary | null;
  histogram: Histogram;
  /** Pairs (KL, share of rows with at most this KL), ascending, at most 200; infinite KL has no pair. */
  cdf: [kl: number, share: number][];
  slices: Slice[];
  /** The rows of the largest KL, the worst first. */
  worst: WorstRow[];
  llamaCpp: LlamaCppBlock | null;
}

/**
 * The outcome of a comparison: plain data of the JSON schema `kullback.compare/2`, except that numbers
 * which are not finite are numbers here and the strings "Infinity", "-Infinity" and "NaN" in JSON.
 */
export interface Comparison {
  schema: "kullback.compare/2";
  /** Kullback's version. */
  version: string;
  reference: InputSummary;
  convention: "math" | "llama.cpp";
  /** What the values were taken for, and what was seen that says so (null when it was given). */
  from: From;
  found: string | null;
  /** The axes that make up a row, from 0. */
  dim: number[];
  /** The number of rows of the input, and of classes in a row; with the bound `lower`, of buckets in a row. */
  rows: number;
  classes: number;
  /** `lower` where top-k inputs are compared as k + 1 buckets, which never gives more than the full rows. */
  bound: "exact" | "lower";
  unit: Unit;
  /** The direction of `kl`. */
  direction: "KL(P‖Q), P the reference";
  /** The keys of `measures`, in the order to report. */
  measures: string[];
  /** The rows taken: [start, end) and the file of the mask; null for all rows. */
  selection: { range: [number, number] | null; mask: string | null; rows: number } | null;
  /** What rows were clustered by for standard errors; null for rows taken as independent. */
  clusters: { by: string; count: number } | null;
  labels: InputSummary | null;
  /** The other files that said something of the rows: which they were, groups and clusters. */
  rowFiles: (InputSummary & { role: "mask" | "groups" | "clusters" })[];
  candidates: CandidateSummary[];
  /** Indices of candidates by mean KL, the closest first. */
  ranking: number[];
  /** Between each candidate of the ranking and the next. */
  differences: PairedDifference[];
  /** The null control: the reference against another run of itself; null if there is none. */
  floor: CandidateSummary | null;
  /** What a reader must know, one sentence each. */
  notes: string[];
}
