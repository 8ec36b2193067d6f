import type { From } from "../../kernels/index.js";

/**
 * What values are: logits, probabilities, log-probabilities, or else
 *
 * - `weights`: numbers from 0 of any sum, such as counts in bins or a saliency map;
 * - `samples`: observations of one quantity, whose distributions are to be compared.
 */
export type Kind = From | "weights" | "samples";

/** Two arrays as a convention sees them. */
export interface ConventionInput {
  /** The reference's values in C order, and the candidate's. Of samples there may be different numbers. */
  readonly p: Float64Array;
  readonly q: Float64Array;
  /** The shape of both; of samples, that of `p`. */
  readonly shape: readonly number[];
  readonly kind: Kind;
  /** The axes that make up a row, from 0, ascending. */
  readonly dims: readonly number[];
}

/** In what conventions part. */
export const aspects = [
  "normalisation",
  "axis",
  "direction",
  "measure",
  "reduction",
  "logarithm",
  "epsilon",
] as const;

/** One of the respects in which conventions part. */
export type Aspect = (typeof aspects)[number];

/** What the number counts in; an index or a distance has no unit that could be converted. */
export type ConventionUnit = "nats" | "bits" | "hartleys" | "√nats" | "√bits";

/** One way to get a number called "KL divergence", or taken for it, from two arrays. */
export interface Convention {
  /** As typed: `torch.batchmean`. */
  readonly name: string;
  /** What it is, in a phrase of at most 50 characters. */
  readonly title: string;
  /** The formula in full, as text. P is the reference and Q the candidate; log is natural. */
  readonly formula: string;
  /** Where it comes from: a reference, or a URL. */
  readonly source: string;
  /** Under which heading it is shown: what it chiefly does otherwise than `math`. */
  readonly group: Aspect;
  /** What it does otherwise than `math`, by aspect; empty for what is `math` by another name. */
  readonly choices: Readonly<Partial<Record<Aspect, string>>>;
  readonly unit: ConventionUnit;
  /** Whether it can be computed of such values. */
  applies(input: ConventionInput): boolean;
  /** The number; NaN or infinite where the convention gives that. */
  value(input: ConventionInput): number;
}

/** What distributions of rows can be made of: all kinds but samples. */
export const isRows = ({ kind }: ConventionInput): boolean => kind !== "samples";

/** Whether the values are of one of these kinds. */
export function takes(...kinds: Kind[]): (input: ConventionInput) => boolean {
  return ({ kind }) => kinds.includes(kind);
}
