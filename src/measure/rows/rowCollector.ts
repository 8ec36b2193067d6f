import { isSelected, type Selection } from "../facts/index.js";
import type { Plan } from "../plan.js";
import { Journal, RowBlock, RowStore } from "../store/index.js";
import { CandidateColumns, CandidateRows, fillColumns, unselected } from "./candidateColumns.js";
import type { ComparedBlock, RowSink } from "./compareRows.js";
import { fillLlamaCppColumns } from "./llamaCppColumns.js";

/** What a collector of rows is told. */
export interface CollectorOptions {
  readonly plan: Plan;
  /** The correct class of every row of the input; negative for a row without one. */
  readonly labels: Int32Array | undefined;
  readonly candidates: number;
  readonly selection: Selection;
  /** Bytes of memory for rows; beyond it they go to disk. */
  readonly budget: number;
  /** The journal's file, and what comparison it must belong to; undefined for none. */
  readonly resume: { path: string; key: string } | undefined;
}

/** Gathers the rows of all candidates in a store, and in a journal if the comparison is to be resumable. */
export class RowCollector implements RowSink {
  readonly columns: CandidateColumns;
  readonly store: RowStore;
  readonly #options: CollectorOptions;
  readonly #journal: Journal | undefined;
  #block: RowBlock | undefined;

  constructor(options: CollectorOptions) {
    const { plan, labels, candidates, budget, resume } = options;
    this.#options = options;
    this.columns = new CandidateColumns(plan, labels !== undefined, candidates);
    const store = new RowStore(this.columns.specs, budget);
    this.store = store;
    const replay = (block: RowBlock) => store.append(block, block.rows);
    this.#journal = resume && Journal.open(resume.path, resume.key, this.columns.specs, replay);
  }

  /** The rows that are done, those of an earlier run among them. */
  get done(): number {
    return this.store.rows;
  }

  take(candidate: number, block: ComparedBlock): void {
    const { statistics, start, count } = block;
    const { plan, selection, labels } = this.#options;
    const columns = this.columns.of(candidate, this.#blockFor(count));
    const selected = (i: number) => isSelected(selection, start + i);
    fillColumns(columns, plan, statistics, count, selected);
    if (plan.llamaCpp) {
      const own = labels?.subarray(start, start + count);
      const { normalise } = plan.llamaCpp;
      fillLlamaCppColumns(columns, block, { normalise, labels: own, isSelected: selected });
    }
  }

  finish(_start: number, count: number): void {
    const block = this.#blockFor(count);
    this.store.append(block, count);
    this.#journal?.append(block, count);
    this.#markUnselected(block);
  }

  /** The rows of each candidate. */
  rows(): CandidateRows[] {
    const { candidates, selection } = this.#options;
    return Array.from(
      { length: candidates },
      (_, i) => new CandidateRows(this.store, this.columns, i, selection.start),
    );
  }

  /**
   * Lets go of all memory and files.
   *
   * @param complete - Whether the journal is no longer needed.
   */
  close(complete: boolean): void {
    this.store.close();
    if (complete) this.#journal?.remove();
    else this.#journal?.close();
  }

  /** A block with room for `count` rows, the same between `finish` and `finish`. */
  #blockFor(count: number): RowBlock {
    if (this.#block === undefined || this.#block.rows < count) {
      this.#block = new RowBlock(this.columns.specs, count);
      this.#markUnselected(this.#block);
    }
    return this.#block;
  }

  /** What is not taken of a block was not asked for. */
  #markUnselected(block: RowBlock): void {
    for (let i = 0; i < this.#options.candidates; i++) {
      this.columns.of(i, block).get("status")!.fill(unselected);
    }
  }
}
