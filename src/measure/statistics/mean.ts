import type { Estimate, Interval } from "../comparison.js";
import { ClusterSums, type Clusters } from "./clusters.js";
import { Moments } from "./moments.js";
import { studentQuantile, studentTail } from "./studentT.js";

const level = 0.95;

/** The mean of finite values over rows, with a standard error that respects clusters where they are known. */
export class Mean {
  readonly #moments = new Moments();
  readonly #clusters: Clusters | undefined;
  readonly #sums: ClusterSums | undefined;

  /** @param clusters - Undefined for rows taken as independent. */
  constructor(clusters?: Clusters) {
    this.#clusters = clusters;
    this.#sums = clusters && new ClusterSums();
  }

  /** How many values there are. */
  get count(): number {
    return this.#moments.count;
  }

  /** Adds the value of a row of the input; rows come in ascending order. */
  add(row: number, value: number): void {
    this.#moments.add(value);
    this.#sums?.add(this.#clusters!.of(row), value);
  }

  /** The root of the mean square. */
  rootMeanSquare(): number {
    return this.#moments.rootMeanSquare();
  }

  /** The mean and its standard error, both divided by `unit`. */
  estimate(unit = 1): Estimate {
    const { mean, stderr } = this.#spread();
    return { value: mean / unit, stderr: stderr / unit };
  }

  /**
   * The 95 % confidence interval of the mean of values ≥ 0, divided by `unit`: Student's t on the logarithm of
   * the mean, exp(log x̄ ± t·s.e./x̄), with one degree of freedom less than there are clusters (or rows).
   * Means of divergences are skewed; on the logarithm the interval covers better than on the mean itself
   * when clusters are few, and never goes below 0.
   *
   * Where no value varies it is the mean alone, which is also so for a mean of 0.
   */
  logInterval(unit = 1): Interval {
    const { mean, stderr, degrees } = this.#spread();
    const method = `Student t on the log of the mean, ${this.#degrees(degrees)}`;
    if (!(mean >= 0) || Number.isNaN(stderr)) return undefinedInterval;
    const factor = stderr === 0 ? 1 : Math.exp((studentQuantile(1 - level, degrees) * stderr) / mean);
    return { level, low: mean / factor / unit, high: (mean * factor) / unit, method };
  }

  /** The 95 % confidence interval of the mean of values of any sign, divided by `unit`: x̄ ± t·s.e. */
  interval(unit = 1): Interval {
    const { mean, stderr, degrees } = this.#spread();
    if (Number.isNaN(stderr)) return undefinedInterval;
    const reach = studentQuantile(1 - level, degrees) * stderr;
    const method = `Student t, ${this.#degrees(degrees)}`;
    return { level, low: (mean - reach) / unit, high: (mean + reach) / unit, method };
  }

  /** The two-sided p value of "the mean is 0" by Student's t; null where there is no standard error. */
  pValue(): number | null {
    const { mean, stderr, degrees } = this.#spread();
    if (Number.isNaN(stderr)) return null;
    if (mean === 0) return 1;
    return studentTail(mean / stderr, degrees);
  }

  #spread(): { mean: number; stderr: number; degrees: number } {
    const mean = this.#moments.mean();
    if (this.#sums !== undefined) return { mean, ...this.#sums.standardError(mean) };
    return { mean, stderr: this.#moments.standardError(), degrees: this.#moments.count - 1 };
  }

  #degrees(degrees: number): string {
    const of = this.#sums === undefined ? "rows" : "clusters";
    return `${degrees} degree${degrees === 1 ? "" : "s"} of freedom (${of})`;
  }
}

/** The interval of what has none: fewer than two rows or clusters, or infinite values. */
export const undefinedInterval: Interval = {
  level,
  low: Number.NaN,
  high: Number.NaN,
  method: "not defined",
};
