import type { ByteSource } from "../byteSource.js";
import { checkRead } from "../checkRead.js";
import { FileError } from "../fileError.js";
import type { RowsContent } from "../rowsFile.js";
import { forwardReader } from "../text/forwardReader.js";
import { isText, textBlocks } from "../text/lines.js";
import type { RowsFormat } from "./format.js";

/**
 * CSV, TSV and what `np.savetxt` writes: a row a line, its classes separated by commas, semicolons, tabs or
 * spaces, with or without a line of names before them; `#` begins a comment. Also gzip-compressed.
 */
export const csv: RowsFormat = {
  name: "csv",
  kind: "rows",
  recognises(head, name) {
    if (!isText(head)) return false;
    const text = new TextDecoder().decode(head, { stream: true });
    if (text.startsWith("version https://git-lfs")) return false;
    return /\.(csv|tsv)$/.test(name) || looksLikeNumbers(text);
  },
  async openRows(source, { tensor }) {
    if (tensor !== undefined) {
      throw new FileError(source.name, `holds one table, which has no name: leave out #${tensor}`);
    }
    let rows = 0;
    let classes: number | undefined;
    for await (const batch of records(source, undefined)) {
      classes ??= batch[0]?.length;
      rows += batch.length;
    }
    return tableOf(source, rows, classes ?? 0);
  },
};

function tableOf(source: ByteSource, rows: number, classes: number): RowsContent {
  const missing = () => new FileError(source.name, `changed while it was read: it had ${rows} rows`);
  const lines = forwardReader(() => records(source, classes), missing);
  return {
    kind: "dense",
    order: "forward",
    notes: [],
    close: lines.close,
    reader: {
      rows,
      classes,
      dtype: "float64",
      async read(start, count, out) {
        checkRead(source.name, { rows, classes, dtype: "float64" }, start, count, out);
        await lines.read(start, count, (row, i) => out.set(row, i * classes));
      },
    },
  };
}

/** The rows of a table, all with `classes` values, or as many as the first. */
async function* records(source: ByteSource, classes: number | undefined): AsyncGenerator<Float64Array[]> {
  let delimiter: string | undefined;
  let first = true;
  for await (const { text, line } of textBlocks(source, hasEvenQuotes)) {
    delimiter ??= findDelimiter(text);
    if (delimiter === undefined) continue; // Nothing but comments and empty lines so far.
    const fields = await splitFields(source, text, line, delimiter);
    if (first && fields.length > 0) {
      first = false;
      if (isHeader(source, fields[0]!)) fields.shift();
    }
    const rows: Float64Array[] = [];
    for (const [i, record] of fields.entries()) {
      const where = `record ${i + 1} of those from line ${line}`;
      classes ??= record.length;
      if (record.length !== classes) {
        throw new FileError(source.name, `${where} has ${record.length} fields, wanted ${classes} as before`);
      }
      const row = new Float64Array(classes);
      for (let column = 0; column < classes; column++) {
        const value = numberOf(record[column]!);
        if (value === undefined) {
          throw new FileError(
            source.name,
            `${where}: wanted a number in column ${column + 1}, got ${quote(record[column]!)}`,
          );
        }
        row[column] = value;
      }
      rows.push(row);
    }
    if (rows.length > 0) yield rows;
  }
}

/**
 * Whether the first record names the columns: none of its fields is a number, or they are 0, 1, 2, … as
 * pandas calls columns without names. Otherwise it is a row, and must hold numbers alone.
 */
function isHeader(source: ByteSource, fields: readonly string[]): boolean {
  if (fields[0] === "" && fields.length > 1) {
    throw new FileError(
      source.name,
      "the first column has no name, as the index that pandas adds: save with index=False",
    );
  }
  if (fields.every((field) => numberOf(field) === undefined)) return true;
  return fields.length >= 3 && fields.every((field, i) => field === String(i));
}

/** The fields of each record. Where nothing is quoted, splitting is all there is to CSV, and much faster. */
async function splitFields(
  source: ByteSource,
  text: string,
  line: number,
  delimiter: string,
): Promise<string[][]> {
  if (!text.includes('"')) {
    const lines = text.split("\n").map((record) => record.trim());
    const separator = delimiter === " " ? /\s+/ : delimiter;
    return lines
      .filter((record) => record !== "" && !record.startsWith("#"))
      .map((record) => record.split(separator).map((field) => field.trim()));
  }
  const { parse, CsvError } = await csvParse();
  try {
    const options = { comment: "#", skip_empty_lines: true, trim: true, relax_column_count: true };
    return parse(text, { ...options, delimiter }) as unknown as string[][];
  } catch (error) {
    if (error instanceof CsvError) throw new FileError(source.name, `from line ${line}: ${error.message}`);
    throw error;
  }
}

/** csv-parse needs Node's Buffer; its build for browsers brings one. */
async function csvParse() {
  return typeof Buffer === "undefined" ? import("csv-parse/browser/esm/sync") : import("csv-parse/sync");
}

/** A line's end between two quotes ends no record. */
function hasEvenQuotes(text: string): boolean {
  let even = true;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) even = !even;
  return even;
}

/** The separator, by the first line that is no comment. */
function findDelimiter(text: string): string | undefined {
  const line = /^[^\S\n]*[^#\s].*$/m.exec(text)?.[0];
  if (line === undefined) return undefined;
  return ["\t", ";", ",", " "].find((delimiter) => line.trim().includes(delimiter)) ?? ",";
}

const words: Readonly<Record<string, number>> = { nan: Number.NaN, inf: Infinity, infinity: Infinity };

function numberOf(field: string): number | undefined {
  // Number takes "" for 0, and 0x10, 0o7 and 0b1 for numbers.
  const value = field === "" || /[xob]/i.test(field) ? Number.NaN : Number(field);
  if (!Number.isNaN(value)) return value;
  const [, sign, word] = /^([+-]?)(nan|inf|infinity)$/i.exec(field) ?? [];
  return word === undefined ? undefined : words[word.toLowerCase()]! * (sign === "-" ? -1 : 1);
}

/** Whether one of the first two lines is a list of at least two numbers. */
function looksLikeNumbers(text: string): boolean {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "" && !line.startsWith("#"));
  return lines.slice(0, 2).some((line, i) => {
    const fields = line.trim().split(/[,;\t ]\s*/);
    // The last field of the head may be cut off.
    const whole = i === lines.length - 1 ? fields.slice(0, -1) : fields;
    return fields.length > 1 && whole.every((field) => numberOf(field) !== undefined);
  });
}

function quote(field: string): string {
  return JSON.stringify(field.length > 40 ? `${field.slice(0, 40)}…` : field);
}
