import { type ColumnArray, type ColumnSpec, layoutOf, viewOf } from "./layout.js";

/** Some consecutive rows, all their columns in one piece of memory. */
export class RowBlock {
  /** How many rows there is room for. */
  readonly rows: number;
  readonly bytes: Uint8Array;
  /** In the order of the specs. */
  readonly columns: readonly ColumnArray[];
  readonly #widths: readonly number[];

  /** @param bytes - The memory, from a block of the same shape. Default: new, filled with 0. */
  constructor(specs: readonly ColumnSpec[], rows: number, bytes?: Uint8Array) {
    const layout = layoutOf(specs, rows);
    this.rows = rows;
    this.bytes = bytes ?? new Uint8Array(layout.bytes);
    const { buffer, byteOffset } = this.bytes;
    this.columns = layout.columns.map(({ spec, offset, bytes: length }) =>
      viewOf(spec.type, buffer, byteOffset + offset, length),
    );
    this.#widths = specs.map(({ width }) => width);
  }

  /** Copies `count` rows of `source` from its row `from` to row `to`. */
  copy(source: RowBlock, from: number, to: number, count: number): void {
    for (const [i, column] of this.columns.entries()) {
      const width = this.#widths[i];
      column.set(source.columns[i].subarray(from * width, (from + count) * width), to * width);
    }
  }
}
