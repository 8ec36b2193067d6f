/** The element types of columns. */
export type ColumnType = "float64" | "int32" | "uint8";

/** The array of a column's elements. */
export type ColumnArray = Float64Array | Int32Array | Uint8Array;

/** One thing that is known of every row. */
export interface ColumnSpec {
  readonly name: string;
  readonly type: ColumnType;
  /** Elements a row. */
  readonly width: number;
}

const bytesOf: Readonly<Record<ColumnType, number>> = { float64: 8, int32: 4, uint8: 1 };

/** Where the columns of a number of rows lie in one piece of memory, or of a file. */
export interface Layout {
  readonly columns: readonly { readonly spec: ColumnSpec; readonly offset: number; readonly bytes: number }[];
  /** Bytes in all. */
  readonly bytes: number;
}

/** The layout of `rows` rows: columns one after the other, each beginning at a multiple of 8 bytes. */
export function layoutOf(specs: readonly ColumnSpec[], rows: number): Layout {
  let offset = 0;
  const columns = specs.map((spec) => {
    const bytes = rows * spec.width * bytesOf[spec.type];
    const column = { spec, offset, bytes };
    offset += Math.ceil(bytes / 8) * 8;
    return column;
  });
  return { columns, bytes: offset };
}

/** Bytes at `offset` of `buffer` as elements of a column. */
export function viewOf(
  type: ColumnType,
  buffer: ArrayBufferLike,
  offset: number,
  bytes: number,
): ColumnArray {
  if (type === "float64") return new Float64Array(buffer, offset, bytes / 8);
  return type === "int32" ? new Int32Array(buffer, offset, bytes / 4) : new Uint8Array(buffer, offset, bytes);
}
