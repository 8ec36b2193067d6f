import type { RowList } from "../comparison.js";

/** How many rows are named; the rest are only counted. */
const named = 10;

/** Counts rows of some kind and names the first of them. */
export class NamedRows {
  #count = 0;
  readonly #first: number[] = [];

  /** Adds the row with this index; rows come in ascending order. */
  add(row: number): void {
    this.#count++;
    if (this.#first.length < named) this.#first.push(row);
  }

  /** The count and the indices of the first ten. */
  summary(): RowList {
    return { count: this.#count, first: [...this.#first] };
  }
}
