import type { ColumnMetaData, Compressors, DecodedArray, SchemaTree } from "hyparquet";
import { type ByteSource, readBytes } from "../../byteSource.js";
import { FileError } from "../../fileError.js";
import type { Column } from "./columns.js";

/** What is loaded when the first Parquet file is opened. */
export interface Parquet {
  metadata: typeof import("hyparquet").parquetMetadata;
  schema: typeof import("hyparquet").parquetSchema;
  column: typeof import("hyparquet/src/column.js");
  convert: typeof import("hyparquet/src/convert.js");
  compressors: Compressors;
}

let library: Promise<Parquet> | undefined;

/** hyparquet, which is large, and the compressors beside it. */
export function loadParquet(): Promise<Parquet> {
  library ??= Promise.all([
    import("hyparquet"),
    import("hyparquet/src/column.js"),
    import("hyparquet/src/convert.js"),
    import("hyparquet-compressors"),
  ]).then(([{ parquetMetadata, parquetSchema }, column, convert, { compressors }]) => ({
    metadata: parquetMetadata,
    schema: parquetSchema,
    column,
    convert,
    compressors,
  }));
  return library;
}

/** Values and bytes of a page, which writers keep near a megabyte: what a header may claim at most. */
const MAX_VALUES = 1 << 24;
const MAX_PAGE = 1 << 28;

/** Room for the header of a page. */
const HEADER = 1 << 16;

/** A row of a column: a number or a list of them, nulls among them. */
export type Cell = unknown;

/**
 * The rows of one column in one row group, a page at a time, so that memory is that of a page and not of a
 * row group, which writers make as large as they like. What a page's header claims is checked first.
 */
export async function* columnRows(
  { column: reader, convert, compressors }: Parquet,
  source: ByteSource,
  schema: SchemaTree,
  column: Column,
  meta: ColumnMetaData,
): AsyncGenerator<Cell[]> {
  const fail = (problem: string) =>
    new FileError(source.name, `column ${JSON.stringify(column.name)} is damaged: ${problem}`);
  const [begin, end] = chunkRange(source, meta, fail);
  const schemaPath = [schema, ...column.nodes];
  const decoder = {
    pathInSchema: column.path,
    type: meta.type,
    element: column.nodes.at(-1)!.element,
    schemaPath,
    codec: meta.codec,
    compressors,
    parsers: convert.DEFAULT_PARSERS,
  };
  let dictionary: DecodedArray | undefined;
  // The last row of a page may go on in the next.
  let open: Cell[] = [];
  for (let at = begin; at < end; ) {
    const { header, length } = await readHeader(reader, source, at, end, fail);
    const {
      compressed_page_size: size,
      uncompressed_page_size: unpacked,
      data_page_header: v1,
      data_page_header_v2: v2,
    } = header;
    const values = (v1 ?? v2 ?? header.dictionary_page_header)?.num_values;
    if (!isCount(size, end - at - length) || !isCount(unpacked, MAX_PAGE) || !isCount(values, MAX_VALUES)) {
      throw fail(`a page claims ${values} values in ${size} bytes, ${unpacked} once unpacked`);
    }
    if (v2 && !(isCount(v2.num_nulls, values) && isCount(v2.num_rows, values)))
      throw fail("a page counts its rows wrongly");
    const bytes = new Uint8Array(await readBytes(source, at + length, size));
    at += length + size;
    const page = { view: new DataView(bytes.buffer), offset: 0 };
    try {
      const { data } = reader.readPage(page, header, decoder, dictionary, open, 0);
      if (header.type === "DICTIONARY_PAGE") {
        dictionary = data && convert.convert(data, decoder);
        continue;
      }
      const rows = Array.from(data ?? []);
      if (!column.list) {
        if (rows.length !== values)
          throw fail(`a page holds ${rows.length} values, its header says ${values}`);
        yield rows;
        continue;
      }
      open = rows.slice(-1);
      if (rows.length > 1) yield rows.slice(0, -1).map((row) => listOf(row, column));
    } catch (error) {
      if (error instanceof FileError) throw error;
      throw fail(error instanceof Error ? error.message : String(error));
    }
  }
  if (open.length > 0) yield open.map((row) => listOf(row, column));
}

function chunkRange(
  source: ByteSource,
  meta: ColumnMetaData,
  fail: (problem: string) => Error,
): [number, number] {
  const { dictionary_page_offset: dictionary, data_page_offset: data, total_compressed_size: size } = meta;
  const begin = Number(dictionary && dictionary < data ? dictionary : data);
  const end = begin + Number(size);
  if (begin >= 4 && end >= begin && end <= source.size) return [begin, end];
  throw fail(`it claims the bytes ${begin} to ${end} of ${source.size}`);
}

async function readHeader(
  reader: Parquet["column"],
  source: ByteSource,
  at: number,
  end: number,
  fail: (problem: string) => Error,
) {
  const bytes = await readBytes(source, at, Math.min(HEADER, end - at));
  const cursor = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset: 0 };
  try {
    const header = reader.parquetHeader(cursor);
    return { header, length: cursor.offset };
  } catch {
    throw fail("a page has no readable header");
  }
}

function isCount(value: unknown, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;
}

/** The list in a cell: every optional or repeated group on the way is an array around it. */
function listOf(cell: Cell, { nodes }: Column): Cell {
  const depth = nodes.filter(
    ({ element, children }) =>
      element.repetition_type === "REPEATED" ||
      (children.length > 0 && element.repetition_type !== "REQUIRED"),
  ).length;
  let list = cell;
  for (let i = 1; i < depth; i++) list = Array.isArray(list) ? list[0] : undefined;
  return list;
}
