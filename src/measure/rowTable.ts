/** A column of a {@link RowTable}. */
export interface RowTableColumn {
  readonly name: string;
  readonly type: "float64" | "int32" | "bool";
}

/** Some rows of a {@link RowTable}: an array a column, each with an element a row; bools are 0 and 1. */
export interface RowTablePiece {
  readonly rows: number;
  readonly columns: readonly (Float64Array | Int32Array | Uint8Array)[];
}

/**
 * What is known of every row that was compared, one line a row: `row`, where known its `chunk`, `position`,
 * `group` and `label`, the reference's `confidence`, `labelLogP` and `entropyP`, then for each candidate its
 * measures and the rest, in the unit of the comparison. With several candidates their columns begin with
 * `name:`. Of rows that were left out as no distributions, all values are NaN.
 */
export interface RowTable {
  readonly rows: number;
  readonly columns: readonly RowTableColumn[];
  /** Goes through the rows in pieces, in order. */
  pieces(): Generator<RowTablePiece>;
}
