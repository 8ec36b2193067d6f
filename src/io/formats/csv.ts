import type { ByteSource } from "../byteSource.js";
import { checkRead } from "../checkRead.js";
import { FileError } from "../fileError.js";
import type { RowsContent } from "../rowsFile.js";
import { forwardReader } from "../text/forwardReader.js";
import { isText, textBlocks } from "../text/lines.js";
import type { RowsFormat } from "./format.js";

/**
 * CSV, TSV and what `np.savetxt` writes: a row a line, its classes separated by commas, semicolons, tabs or
 * spaces, with or without a line of names before them; `#` begins a comment. Also gzip-compressed. `file.csv#a,b`
 * takes these columns alone, by name or, where there are no names, by number from 0; others may hold any text.
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
    const wanted = tensor?.split(",");
    let rows = 0;
    let classes: number | undefined;
    for await (const batch of records(source, wanted, undefined)) {
      classes ??= batch[0]?.length;
      rows += batch.length;
    }
    return tableOf(source, wanted, rows, classes ?? 0);
  },
};

function tableOf(
  source: ByteSource,
  wanted: readonly string[] | undefined,
  rows: number,
  classes: number,
): RowsContent {
  const missing = () => new FileError(source.name, `changed while it was read: it had ${rows} rows`);
  const lines = forwardReader(() => records(source, wanted, classes), missing);
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

/** The rows of a table, or of the columns wanted, all with `classes` values, or as many as the first. */
async function* records(
  source: ByteSource,
  wanted: readonly string[] | undefined,
  classes: number | undefined,
): AsyncGenerator<Float64Array[]> {
  let delimiter: string | undefined;
  let places: readonly number[] | undefined;
  let first = true;
  for await (const { text, line } of textBlocks(source, hasEvenQuotes)) {
    delimiter ??= findDelimiter(text);
    if (delimiter === undefined) continue; // Nothing but comments and empty lines so far.
    const fields = await splitFields(source, text, line, delimiter);
    if (first && fields.length > 0) {
      first = false;
      places = wanted && placesOf(source, wanted, fields[0]!);
      const names = places?.map((place) => fields[0]![place]!) ?? fields[0]!;
      if (wanted ? names.some((name) => numberOf(name) === undefined) : isHeader(source, names))
        fields.shift();
    }
    const rows: Float64Array[] = [];
    for (const [i, all] of fields.entries()) {
      const where = `record ${i + 1} of those from line ${line}`;
      const record = places?.map((place) => all[place] ?? "") ?? all;
      classes ??= record.length;
      if (record.length !== classes) {
        throw new FileError(source.name, `${where} has ${record.length} fields, wanted ${classes} as before`);
      }
      const row = new Float64Array(classes);
      for (let column = 0; column < classes; column++) {
        const value = numberOf(record[column]!) ?? (wanted && truthOf(record[column]!));
        if (value === undefined) {
          throw new FileError(
            source.name,
            `${where}: wanted a number in column ${wanted?.[column] ?? column + 1}, got ${quote(record[column]!)}`,
          );
        }
        row[column] = value;
      }
      rows.push(row);
    }
    if (rows.length > 0) yield rows;
  }
}

/** The places of columns, by their names in the first record, or by number. */
function placesOf(source: ByteSource, wanted: readonly string[], names: readonly string[]): number[] {
  return wanted.map((name) => {
    const place = names.indexOf(name);
    if (place >= 0) return place;
    if (/^\d{1,6}$/.test(name) && Number(name) < names.length) return Number(name);
    const list = `${names.slice(0, 8).join(", ")}${names.length > 8 ? ", …" : ""}`;
    throw new FileError(source.name, `has no column ${quote(name)}; it has ${list}`);
  });
}

/** What Python and others write for booleans. */
function truthOf(field: string): number | undefined {
  return /^true$/i.test(field) ? 1 : /^false$/i.test(field) ? 0 : undefined;
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
