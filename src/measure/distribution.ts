import type { MeasureSummary } from "./comparison.js";
import { Moments } from "./moments.js";
import { NamedRows } from "./namedRows.js";
import { quantileOfSorted, Samples } from "./samples.js";

/** The distribution of one measure over rows; infinite values count, NaN never comes. */
export class Distribution {
  readonly #finite = new Moments();
  readonly #infinite = new NamedRows();
  readonly #samples = new Samples();

  /** How many rows there are. */
  get count(): number {
    return this.#samples.length;
  }

  /** Adds the value of a row; rows come in ascending order. */
  add(row: number, value: number): void {
    this.#samples.add(value);
    if (value === Infinity) this.#infinite.add(row);
    else this.#finite.add(value);
  }

  /** Adds all rows of `other`. */
  merge(other: Distribution): void {
    this.#samples.merge(other.#samples);
    this.#finite.merge(other.#finite);
    this.#infinite.merge(other.#infinite);
  }

  /** The summary, with every value divided by `unit`. */
  summary(unit: number): MeasureSummary {
    const sorted = this.#samples.sorted();
    const quantile = (p: number) => quantileOfSorted(sorted, p) / unit;
    const infinite = this.#infinite.summary();
    const finiteMean = this.#finite.mean() / unit;
    const finiteStderr = this.#finite.standardError() / unit;
    return {
      mean: infinite.count > 0 ? Infinity : finiteMean,
      stderr: infinite.count > 0 ? Number.NaN : finiteStderr,
      min: quantile(0),
      median: quantile(0.5),
      p90: quantile(0.9),
      p95: quantile(0.95),
      p99: quantile(0.99),
      p999: quantile(0.999),
      max: quantile(1),
      infinite,
      finiteMean,
      finiteStderr,
    };
  }
}
