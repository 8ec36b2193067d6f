import type { ByteSource } from "../../byteSource.js";
import { checkRead, checkTopKRead } from "../../checkRead.js";
import { FileError } from "../../fileError.js";
import type { RowContext, RowsContent } from "../../rowsFile.js";
import { forwardReader } from "../../text/forwardReader.js";
import { isText, textBlocks } from "../../text/lines.js";
import type { Vocabulary } from "../../vocabulary.js";
import type { RowsFormat } from "../format.js";
import { type DenseLine, type Line, parseLine, type TopKLine } from "./line.js";

/**
 * JSON Lines, also gzip-compressed: a row a line as an array of numbers, or an object with `logits`, `probs`
 * or `logprobs`; or the log-probabilities of the likeliest tokens as OpenAI's and vLLM's APIs give them, in
 * which case a line has a row for each token. See {@link parseLine} for the forms.
 */
export const jsonl: RowsFormat = {
  name: "jsonl",
  kind: "rows",
  extension: ".jsonl",
  recognises: (head) => isText(head) && /^\s*[[{]/.test(new TextDecoder().decode(head, { stream: true })),
  async openRows(source, { tensor, vocabulary }) {
    const open = () => lines(source, vocabulary, tensor);
    const survey = await surveyLines(source, open);
    return survey.kind === "dense" ? denseRows(source, survey, open) : topKRows(source, survey, open);
  },
};

/** What all lines have in common, found by going through them once. */
interface Survey {
  kind: Line["kind"];
  from: Line["from"];
  ids: Line["ids"];
  rows: number;
  /** Classes of every row, or the most tokens of one. */
  classes: number;
  /** Rows of each line. */
  lineRows: number[];
}

async function surveyLines(source: ByteSource, open: OpenLines): Promise<Survey> {
  let survey: Survey | undefined;
  for await (const batch of open()) {
    for (const { line, number } of batch) {
      const { kind, from, ids } = line;
      survey ??= { kind, from, ids, rows: 0, classes: widthOf(line), lineRows: [] };
      if (kind !== survey.kind || from !== survey.from || ids !== survey.ids) {
        throw new FileError(
          source.name,
          `line ${number} holds ${nameOf(line)}, the first holds ${nameOf(survey)}`,
        );
      }
      const width = line.rows.length === 0 ? survey.classes : widthOf(line);
      if (kind === "top-k") survey.classes = Math.max(survey.classes, width);
      else checkWidths(source, line, number, survey);
      survey.rows += line.rows.length;
      survey.lineRows.push(line.rows.length);
    }
  }
  if (!survey) throw new FileError(source.name, "holds no lines");
  return survey;
}

function checkWidths(source: ByteSource, line: DenseLine, number: number, survey: Survey): void {
  if (survey.rows === 0) survey.classes = widthOf(line);
  const other = line.rows.find((row) => row.length !== survey.classes);
  if (other)
    throw new FileError(
      source.name,
      `line ${number} has ${other.length} values, wanted ${survey.classes} as before`,
    );
}

function widthOf(line: Line): number {
  if (line.kind === "dense") return line.rows[0]?.length ?? 0;
  return line.rows.reduce((most, row) => Math.max(most, row.ids.length), 0);
}

function nameOf({ kind, from, ids }: Pick<Line, "kind" | "from" | "ids">): string {
  if (kind === "dense") return from ?? "numbers";
  return ids === "model" ? "likeliest tokens by id" : "likeliest tokens by text";
}

function denseRows(source: ByteSource, survey: Survey, open: OpenLines): RowsContent {
  const { rows, classes, from } = survey;
  const stream = rowReader<DenseLine>(source, survey, open);
  return {
    kind: "dense",
    from,
    order: "forward",
    notes: [],
    close: stream.close,
    reader: {
      rows,
      classes,
      dtype: "float64",
      async read(start, count, out) {
        checkRead(source.name, { rows, classes, dtype: "float64" }, start, count, out);
        await stream.read(start, count, (row, i) => out.set(row, i * classes));
      },
    },
  };
}

function topKRows(source: ByteSource, survey: Survey, open: OpenLines): RowsContent {
  const { rows, classes: k, ids: kind } = survey;
  const stream = rowReader<TopKLine>(source, survey, open);
  return {
    kind: "top-k",
    from: "logProbs",
    ids: kind,
    order: "forward",
    notes: [],
    close: stream.close,
    context: () => contextOf(survey, open),
    reader: {
      rows,
      k,
      async read(start, count, ids, logProbs) {
        checkTopKRead(source.name, { rows, k }, start, count, ids, logProbs);
        ids.fill(-1, 0, count * k);
        logProbs.fill(-Infinity, 0, count * k);
        await stream.read(start, count, (row, i) => {
          ids.set(row.ids, i * k);
          logProbs.set(row.logProbs, i * k);
        });
      },
    },
  };
}

async function contextOf({ rows, lineRows }: Survey, openLines: OpenLines): Promise<RowContext> {
  const context = {
    chunk: new Int32Array(rows),
    position: new Int32Array(rows),
    label: new Int32Array(rows),
  };
  let row = 0;
  for (const [line, count] of lineRows.entries()) {
    for (let position = 0; position < count; position++, row++) {
      context.chunk[row] = line;
      context.position[row] = position;
    }
  }
  row = 0;
  for await (const batch of openLines()) {
    for (const { line } of batch) {
      if (line.kind === "top-k") for (const { label } of line.rows) context.label[row++] = label;
    }
  }
  return context;
}

function rowReader<L extends Line>(
  source: ByteSource,
  { rows, kind, classes }: Survey,
  openLines: OpenLines,
) {
  const changed = () => new FileError(source.name, `changed while it was read: it had ${rows} rows`);
  async function* open(): AsyncGenerator<L["rows"][number][]> {
    for await (const batch of openLines()) {
      const found: L["rows"][number][] = [];
      for (const { line } of batch) {
        const fits =
          line.kind === kind &&
          (kind === "dense" ? line.rows.length === 0 || widthOf(line) === classes : widthOf(line) <= classes);
        if (!fits) throw changed();
        found.push(...line.rows);
      }
      if (found.length > 0) yield found;
    }
  }
  return forwardReader(open, changed);
}

/** A line with its number in the file, from 1. */
interface NumberedLine {
  line: Line;
  number: number;
}

/** Begins to read the lines of a file from its start. */
type OpenLines = () => AsyncGenerator<NumberedLine[]>;

/** @param key - Where in each object the values are. Default: by the forms of {@link parseLine}. */
async function* lines(
  source: ByteSource,
  vocabulary: Vocabulary,
  key: string | undefined,
): AsyncGenerator<NumberedLine[]> {
  for await (const block of textBlocks(source)) {
    const batch: NumberedLine[] = [];
    for (const [i, text] of block.text.split("\n").entries()) {
      if (text.trim() === "") continue;
      const number = block.line + i;
      batch.push({
        line: parseLine(
          text,
          vocabulary,
          (problem) => new FileError(source.name, `line ${number}: ${problem}`),
          key,
        ),
        number,
      });
    }
    if (batch.length > 0) yield batch;
  }
}
