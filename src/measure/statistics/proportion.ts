import type { Estimate } from "../comparison.js";

/** How often something held, with the standard error of a proportion. */
export class Proportion {
  #hits = 0;
  #count = 0;

  /** Adds one row. */
  add(hit: boolean): void {
    this.#count++;
    if (hit) this.#hits++;
  }

  /** Adds all rows of `other`. */
  merge(other: Proportion): void {
    this.#hits += other.#hits;
    this.#count += other.#count;
  }

  /** The proportion p and sqrt(p(1 − p)/(n − 1)), which is NaN for fewer than two rows. */
  summary(): Estimate {
    const n = this.#count;
    if (n === 0) return { value: Number.NaN, stderr: Number.NaN };
    const value = this.#hits / n;
    return { value, stderr: n < 2 ? Number.NaN : Math.sqrt((value * (1 - value)) / (n - 1)) };
  }
}
