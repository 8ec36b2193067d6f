import {
  type ArraySummary,
  type FileFormat,
  type FileSummary,
  inspectFile,
  openRows,
} from "../../io/index.js";
import { type Glance, glanceAtRows } from "../../measure/index.js";
import { escapeControls, formatBytes, formatCount, toJson, wrap } from "../../report/index.js";
import { exitCodes, failureLine } from "../failure.js";
import type { CommandIo } from "../io.js";

/** The options of `kullback inspect`, as Commander gives them. */
export interface InspectFlags {
  json?: boolean;
}

/** An array with what a sample of its values looks like, where that was looked at. */
type InspectedArray = ArraySummary & { values?: Glance };

/** A file with what is in it. */
type InspectedFile = Omit<FileSummary, "arrays"> & { arrays: InspectedArray[] };

/** `kullback inspect file…`. One file that fails does not keep the others from being shown. */
export async function inspectCommand(paths: string[], flags: InspectFlags, io: CommandIo): Promise<number> {
  let code: number = exitCodes.fine;
  const files: InspectedFile[] = [];
  for (const path of paths) {
    if (io.signal.aborted) return exitCodes.interrupted;
    try {
      const file = await inspect(path, io.signal);
      if (flags.json) files.push(file);
      else io.stdout.write(describe(file));
    } catch (error) {
      io.stderr.write(`${failureLine(error)}\n`);
      code = exitCodes.error;
    }
  }
  if (flags.json) io.stdout.write(`${toJson({ schema: "kullback.inspect/1", files })}\n`);
  return code;
}

async function inspect(path: string, signal: AbortSignal): Promise<InspectedFile> {
  const { arrays, ...file } = await inspectFile(path);
  const inspected: InspectedArray[] = [];
  for (const summary of arrays) {
    if (signal.aborted) break;
    const values = await glance(path, summary);
    inspected.push(values === null ? summary : { ...summary, values });
  }
  return { ...file, arrays: inspected };
}

/** Null for what holds no floating-point numbers, some that Kullback does not read, or parts of rows. */
async function glance(path: string, { name, dtype, shape, topK }: ArraySummary): Promise<Glance | null> {
  const floats = ["float16", "bfloat16", "float32", "float64"].includes(dtype);
  if (!floats || topK || shape.length === 0) return null;
  const file = await openRows(path, name === "" ? {} : { tensor: name });
  try {
    return file.kind === "dense" ? await glanceAtRows(file.reader) : null;
  } finally {
    await file.close();
  }
}

function describe(file: InspectedFile): string {
  const { name, format, size, arrays, metadata, notes = [] } = file;
  const number = arrays.length === 1 ? "1 array" : `${formatCount(arrays.length)} arrays`;
  const lines = [
    `${name}: ${format}, ${number}, ${formatCount(size)} bytes${size < 1000 ? "" : ` (${formatBytes(size)})`}`,
    ...arrays.flatMap((array) => describeArray(array, format)),
    ...notes.flatMap((note) => wrap(note, "  ")),
    ...Object.entries(metadata ?? {}).map(([key, value]) => `  metadata ${key}: ${value}`),
  ];
  return `${lines.map(escapeControls).join("\n")}\n`;
}

function describeArray(array: InspectedArray, format: FileFormat): string[] {
  const { name, dtype, shape, values, topK } = array;
  if (topK) return [`  the ${shape[1]} likeliest classes, at most, of ${formatCount(shape[0])} rows`];
  const layout = isTable(format)
    ? `${formatCount(shape[0])} rows of ${formatCount(shape[1])} classes, read as ${dtype}`
    : describeLayout(array);
  const lines = [`  ${name === "" ? "" : `${name}: `}${layout}`];
  return values === undefined ? lines : [...lines, ...wrap(describeValues(values, shape), "    ")];
}

/** Whether a format has rows, and no arrays that lie in it as in memory. */
function isTable(format: FileFormat): boolean {
  return format === "csv" || format === "jsonl" || format === "parquet" || format === "llama.cpp";
}

function describeLayout({ dtype, shape, fortranOrder, byteOrder }: InspectedArray): string {
  const size = shape.length === 0 ? "a single number" : shape.join("×");
  return `${dtype} ${size}, ${fortranOrder ? "Fortran" : "C"} order, ${byteOrder}-endian`;
}

const kinds = { logits: "logits", probs: "probabilities", logProbs: "log-probabilities" } as const;

function describeValues({ from, found, nan, elements }: Glance, shape: readonly number[]): string {
  const all = shape.reduce((product, size) => product * size, 1);
  const looks = from === null ? "unclear whether logits or probabilities" : `looks like ${kinds[from]}`;
  const where = elements < all ? `in a sample of ${formatCount(elements)} ` : "";
  return `${looks}: ${where}${found}, ${nan === 0 ? "no" : formatCount(nan)} NaN`;
}
