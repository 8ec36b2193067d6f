import { Moments } from "../statistics/index.js";

/** A number of each row, for its mean and llama.cpp's uncertainty; +∞ may come, NaN never. */
export class Column {
  readonly #finite = new Moments();
  #infinite = 0;

  /** Adds the number of a row. */
  add(x: number): void {
    if (Number.isFinite(x)) this.#finite.add(x);
    else this.#infinite++;
  }

  /** Adds all rows of `other`. */
  merge(other: Column): void {
    this.#finite.merge(other.#finite);
    this.#infinite += other.#infinite;
  }

  /** How many rows there are. */
  get count(): number {
    return this.#finite.count + this.#infinite;
  }

  /** The mean; NaN without rows. */
  mean(): number {
    return this.#infinite > 0 ? Infinity : this.#finite.mean();
  }

  /** sqrt((Σx²/n − mean²)/(n − 1)); 0 for 10 rows or fewer, as in llama.cpp. */
  uncertainty(): number {
    if (this.#infinite > 0) return Number.NaN;
    return this.count > 10 ? this.#finite.standardError() : 0;
  }
}
