import type { FileMetaData, SchemaTree } from "hyparquet";
import { type ByteSource, readBytes } from "../../byteSource.js";
import { checkRead, checkTopKRead } from "../../checkRead.js";
import { FileError } from "../../fileError.js";
import type { RowsContent } from "../../rowsFile.js";
import { type ForwardReader, forwardReader } from "../../text/forwardReader.js";
import type { RowsFormat } from "../format.js";
import { type Column, chooseLayout, type Layout } from "./columns.js";
import { type Cell, columnRows, loadParquet, type Parquet } from "./pages.js";

/**
 * Parquet: a column of lists with the values of a row each, columns of numbers as the classes, or a pair of
 * columns of lists with the ids and log-probabilities of the likeliest classes. Read a page at a time.
 *
 * Reference: https://parquet.apache.org/docs/file-format/
 */
export const parquet: RowsFormat = {
  name: "parquet",
  kind: "rows",
  recognises: (head) => head[0] === 0x50 && head[1] === 0x41 && head[2] === 0x52 && head[3] === 0x31, // "PAR1"
  async openRows(source, { tensor }) {
    const library = await loadParquet();
    const { metadata, schema } = await readFooter(library, source);
    const layout = chooseLayout(source.name, schema, tensor);
    const columns = columnsOf(layout);
    const rows = new GroupedRows(library, source, metadata, schema, columns);
    const { count } = rows;
    const first = count > 0 ? await rows.first() : columns.map(() => []);
    if (layout.kind === "top-k") return topKRows(source, rows, count, await longestList(rows, first));
    const classes = layout.kind === "list" ? lengthOf(source.name, first[0], 0) : columns.length;
    const dtype = columns.some((column) => column.dtype === "float64") ? "float64" : "float32";
    return {
      kind: "dense",
      order: "any",
      notes: [],
      close: () => rows.close(),
      reader: {
        rows: count,
        classes,
        dtype,
        async read(start, some, out) {
          checkRead(source.name, { rows: count, classes, dtype }, start, some, out);
          await rows.read(start, some, (cells, i) => {
            const row = layout.kind === "list" ? (cells[0] as Cell[]) : cells;
            if (layout.kind === "list") checkLength(source.name, row, classes, start + i);
            for (let j = 0; j < classes; j++) out[i * classes + j] = numberOf(source.name, row[j], start + i);
          });
        },
      },
    };
  },
};

function columnsOf(layout: Layout): Column[] {
  if (layout.kind === "columns") return layout.columns;
  return layout.kind === "list" ? [layout.values] : [layout.ids, layout.logProbs];
}

function topKRows(source: ByteSource, rows: GroupedRows, count: number, k: number): RowsContent {
  return {
    kind: "top-k",
    from: "logProbs",
    ids: "model",
    order: "any",
    notes: [],
    close: () => rows.close(),
    reader: {
      rows: count,
      k,
      async read(start, some, ids, logProbs) {
        checkTopKRead(source.name, { rows: count, k }, start, some, ids, logProbs);
        ids.fill(-1, 0, some * k);
        logProbs.fill(-Infinity, 0, some * k);
        await rows.read(start, some, ([idCell, valueCell], i) => {
          const row = start + i;
          const length = lengthOf(source.name, idCell, row);
          checkLength(source.name, valueCell as Cell[], length, row);
          const seen = new Set<number>();
          for (let j = 0; j < length; j++) {
            const id = numberOf(source.name, (idCell as Cell[])[j], row);
            const logProb = numberOf(source.name, (valueCell as Cell[])[j], row);
            if (id < 0 || id >= 2 ** 31 || seen.has(id))
              throw new FileError(
                source.name,
                `row ${row}: the id ${id} is negative, too large or there twice`,
              );
            if (!(logProb <= 1e-3))
              throw new FileError(
                source.name,
                `row ${row}: wanted log-probabilities, at most 0, got ${logProb}`,
              );
            seen.add(id);
            ids[i * k + j] = id;
            logProbs[i * k + j] = Math.min(0, logProb);
          }
        });
      },
    },
  };
}

/** The most classes of a row; lists may differ in length, so all are looked at unless the file says. */
async function longestList(rows: GroupedRows, first: readonly Cell[]): Promise<number> {
  let longest = Array.isArray(first[0]) ? first[0].length : 0;
  await rows.read(0, rows.count, ([ids]) => {
    if (Array.isArray(ids)) longest = Math.max(longest, ids.length);
  });
  return longest;
}

/** Footers hold a few hundred bytes a column and row group. */
const MAX_FOOTER = 1 << 27;

async function readFooter(
  library: Parquet,
  source: ByteSource,
): Promise<{ metadata: FileMetaData; schema: SchemaTree }> {
  const { name, size } = source;
  if (size < 12) throw new FileError(name, `truncated: ${size} bytes are too few for a Parquet file`);
  const tail = await readBytes(source, size - 8, 8);
  const length = new DataView(tail.buffer, tail.byteOffset, 8).getUint32(0, true);
  const magic = new TextDecoder().decode(tail.subarray(4, 8));
  if (magic === "PARE") throw new FileError(name, "is an encrypted Parquet file, which is not supported");
  if (magic !== "PAR1") throw new FileError(name, "truncated: the Parquet file does not end with PAR1");
  if (length + 12 > size || length > MAX_FOOTER)
    throw new FileError(name, `the Parquet footer claims ${length} bytes of ${size}`);
  const bytes = new Uint8Array(await readBytes(source, size - 8 - length, length + 8));
  let metadata: FileMetaData;
  let schema: SchemaTree;
  try {
    metadata = library.metadata(bytes.buffer);
    schema = library.schema(metadata);
  } catch (error) {
    throw new FileError(name, `bad Parquet footer: ${error instanceof Error ? error.message : error}`);
  }
  const sum = metadata.row_groups.reduce((rows, group) => rows + Number(group.num_rows), 0);
  const counts = [metadata.num_rows, ...metadata.row_groups.map((group) => group.num_rows)].map(Number);
  if (sum !== counts[0] || !counts.every((count) => Number.isSafeInteger(count) && count >= 0)) {
    throw new FileError(name, `bad Parquet footer: ${counts[0]} rows, but ${sum} in its row groups`);
  }
  return { metadata, schema };
}

/** Rows of some columns, by number: row groups in any order, each from its beginning on. */
class GroupedRows {
  readonly count: number;
  readonly #open: (group: number) => ForwardReader<Cell[]>;
  /** The first row of each row group, and the number of all. */
  readonly #starts: number[];
  #current: { group: number; reader: ForwardReader<Cell[]> } | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    library: Parquet,
    source: ByteSource,
    { row_groups: groups, num_rows: count }: FileMetaData,
    schema: SchemaTree,
    columns: readonly Column[],
  ) {
    this.count = Number(count);
    this.#starts = [0];
    for (const group of groups) this.#starts.push(this.#starts.at(-1)! + Number(group.num_rows));
    this.#open = (group) => {
      const wanted = Number(groups[group]!.num_rows);
      const missing = (row: number) =>
        new FileError(source.name, `row group ${group} is damaged: it holds ${row} rows, not ${wanted}`);
      const open = () => {
        const cells = columns.map((column) => {
          const chunk = groups[group]!.columns.find(
            ({ meta_data: it }) => it?.path_in_schema.join("\0") === column.path.join("\0"),
          );
          if (!chunk?.meta_data || chunk.file_path) {
            throw new FileError(
              source.name,
              `row group ${group} has no column ${JSON.stringify(column.name)}`,
            );
          }
          return columnRows(library, source, schema, column, chunk.meta_data);
        });
        return zipColumns(source.name, cells);
      };
      return forwardReader(open, missing);
    };
  }

  /** The first row. */
  async first(): Promise<Cell[]> {
    let row: Cell[] = [];
    await this.read(0, 1, (cells) => {
      row = cells;
    });
    return row;
  }

  /** Calls `take` with the cells of the rows `[start, start + count)`, in order. */
  read(start: number, count: number, take: (cells: Cell[], index: number) => void): Promise<void> {
    const result = this.#last.then(() => this.#read(start, count, take));
    this.#last = result.catch(() => {});
    return result;
  }

  async #read(start: number, count: number, take: (cells: Cell[], index: number) => void): Promise<void> {
    for (let group = 0; group + 1 < this.#starts.length; group++) {
      const [first, end] = [this.#starts[group]!, this.#starts[group + 1]!];
      const from = Math.max(start, first);
      const to = Math.min(start + count, end);
      if (from >= to) continue;
      if (this.#current?.group !== group) {
        await this.#current?.reader.close();
        this.#current = { group, reader: this.#open(group) };
      }
      await this.#current.reader.read(from - first, to - from, (cells, i) => take(cells, from - start + i));
    }
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#current?.reader.close();
    this.#current = undefined;
  }
}

/** The rows of several columns side by side, whose pages end at different rows. */
async function* zipColumns(
  file: string,
  columns: readonly AsyncGenerator<Cell[]>[],
): AsyncGenerator<Cell[][]> {
  const pending: Cell[][] = columns.map(() => []);
  try {
    for (;;) {
      for (const [i, column] of columns.entries()) {
        if (pending[i]!.length > 0) continue;
        const { done, value } = await column.next();
        if (!done) pending[i] = value;
      }
      const ready = Math.min(...pending.map(({ length }) => length));
      if (ready === 0) {
        if (pending.some(({ length }) => length > 0))
          throw new FileError(file, "its columns have different numbers of rows");
        return;
      }
      yield Array.from({ length: ready }, (_, row) => pending.map((cells) => cells[row]));
      for (const [i, cells] of pending.entries()) pending[i] = cells.slice(ready);
    }
  } finally {
    for (const column of columns) await column.return(undefined);
  }
}

function lengthOf(file: string, cell: Cell, row: number): number {
  if (Array.isArray(cell)) return cell.length;
  throw new FileError(file, `row ${row} is null, wanted a list of numbers`);
}

function checkLength(file: string, cell: Cell, wanted: number, row: number): void {
  const length = lengthOf(file, cell, row);
  if (length !== wanted) throw new FileError(file, `row ${row} has ${length} values, wanted ${wanted}`);
}

function numberOf(file: string, value: unknown, row: number): number {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "bigint" && Number.isSafeInteger(Number(value))) return Number(value);
  const got = value === null || value === undefined ? "null" : String(value);
  throw new FileError(file, `row ${row} holds ${got}, wanted a number`);
}
