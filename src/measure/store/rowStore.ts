import type { ColumnArray, ColumnSpec } from "./layout.js";
import { layoutOf, viewOf } from "./layout.js";
import { RowBlock } from "./rowBlock.js";
import { createSpillFile, type SpillFile } from "./spillFile.js";

/** Rows of a block: a piece of a column is read from disk at once. */
const blockRows = 16_384;

/** Consecutive rows of some columns. */
export interface StorePiece {
  readonly columns: ColumnArray[];
  /** The number of rows; columns may be longer. */
  readonly count: number;
  /** The index of the first row in the store. */
  readonly first: number;
}

/**
 * What is known of every row, kept column by column: in memory up to a budget, beyond it in a temporary file
 * that leaves no trace. All statistics over rows are made of it, so that they are exact, in the order of rows
 * and the same wherever the rows were kept.
 */
export class RowStore {
  readonly specs: readonly ColumnSpec[];
  readonly #budget: number;
  /** Full blocks that are in memory. */
  #blocks: RowBlock[] = [];
  #full = 0;
  #file: SpillFile | undefined;
  #last: RowBlock;
  #used = 0;

  /**
   * @param specs - The columns.
   * @param budget - Bytes of memory from which on rows go to disk, where there is one.
   */
  constructor(specs: readonly ColumnSpec[], budget: number) {
    this.specs = specs;
    this.#budget = budget;
    this.#last = new RowBlock(specs, blockRows);
  }

  /** How many rows there are. */
  get rows(): number {
    return this.#full * blockRows + this.#used;
  }

  /** Adds the first `count` rows of `block`. */
  append(block: RowBlock, count: number): void {
    for (let from = 0; from < count; ) {
      const room = Math.min(count - from, blockRows - this.#used);
      this.#last.copy(block, from, this.#used, room);
      this.#used += room;
      from += room;
      if (this.#used === blockRows) this.#closeBlock();
    }
  }

  /**
   * Goes through some columns in pieces of consecutive rows.
   *
   * @param columns - Their places among the specs.
   */
  *pieces(columns: readonly number[]): Generator<StorePiece> {
    for (let i = 0; i <= this.#full; i++) {
      const count = i < this.#full ? blockRows : this.#used;
      if (count > 0) yield { columns: this.#pieces(i, columns), count, first: i * blockRows };
    }
  }

  /** Lets go of the memory and removes the file. */
  close(): void {
    this.#file?.close();
    this.#file = undefined;
    this.#blocks = [];
  }

  #closeBlock(): void {
    const blockBytes = this.#last.bytes.length;
    if (this.#file === undefined && (this.#full + 1) * blockBytes > this.#budget) {
      this.#file = createSpillFile();
      if (this.#file !== undefined) {
        for (const { bytes } of this.#blocks) this.#file.append(bytes);
        this.#blocks = [];
      }
    }
    if (this.#file === undefined) {
      this.#blocks.push(this.#last);
      this.#last = new RowBlock(this.specs, blockRows);
    } else {
      this.#file.append(this.#last.bytes);
    }
    this.#full++;
    this.#used = 0;
  }

  #pieces(block: number, columns: readonly number[]): ColumnArray[] {
    if (block === this.#full) return columns.map((column) => this.#last.columns[column]);
    if (this.#file === undefined) return columns.map((column) => this.#blocks[block].columns[column]);
    const layout = layoutOf(this.specs, blockRows);
    return columns.map((column) => {
      const { spec, offset, bytes } = layout.columns[column];
      const piece = new Uint8Array(bytes);
      this.#file?.read(block * layout.bytes + offset, piece);
      return viewOf(spec.type, piece.buffer, 0, bytes);
    });
  }
}
