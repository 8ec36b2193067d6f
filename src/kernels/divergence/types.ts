/** The names of the measures, as in the table of `measures.ts`. */
export type Measure =
  | "kl"
  | "reverse-kl"
  | "jeffreys"
  | "js"
  | "js-distance"
  | "gjs"
  | "skew-kl"
  | "tv"
  | "hellinger"
  | "chi2"
  | "renyi"
  | "alpha";

/** What the numbers of a row are: unnormalised logarithms, probabilities, or normalised logarithms. */
export type From = "logits" | "probs" | "logProbs";

/** How rows are read. */
export interface RowOptions {
  readonly from: From;
  /** Divides logits and log-probabilities before they are normalised. Default 1. */
  readonly temperature?: number;
  /** `"sum"` accepts rows of probabilities, or of log-probabilities, of any positive sum. */
  readonly normalize?: "sum";
  /** How far a sum of probabilities may be off 1. Default 1e-4 for float32, 1e-6 for float64. */
  readonly tolerance?: number;
}

/**
 * What can be wrong with a row: it holds NaN, an infinity that is no mask, a negative probability, does
 * not sum to 1, or has no class left (every logit −∞, or a sum of 0).
 */
export type RowFault = "nan" | "infinite" | "negative" | "sum" | "empty";

/** What is wrong with a row, in the first row that has something wrong. */
export interface RowProblem {
  readonly side: "p" | "q";
  readonly row: number;
  readonly kind: RowFault;
  /** The class at fault; absent for `sum` and `empty`. */
  readonly index?: number;
  /** The number at fault: the element, or the row's sum. */
  readonly value: number;
}
