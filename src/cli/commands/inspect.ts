import { type ArraySummary, type FileSummary, inspectFile, openArray } from "../../io/index.js";
import { type Glance, glanceAt } from "../../measure/index.js";
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

/** Null for what holds no floating-point numbers, or some that Kullback does not read. */
async function glance(path: string, { name, dtype }: ArraySummary): Promise<Glance | null> {
  if (!["float16", "bfloat16", "float32", "float64"].includes(dtype)) return null;
  const array = await openArray(path, name === "" ? {} : { tensor: name });
  try {
    return await glanceAt(array);
  } finally {
    await array.close();
  }
}

function describe(file: InspectedFile): string {
  const { name, format, size, arrays, metadata } = file;
  const number = arrays.length === 1 ? "1 array" : `${formatCount(arrays.length)} arrays`;
  const lines = [
    `${name}: ${format}, ${number}, ${formatCount(size)} bytes${size < 1000 ? "" : ` (${formatBytes(size)})`}`,
    ...arrays.flatMap(describeArray),
    ...Object.entries(metadata ?? {}).map(([key, value]) => `  metadata ${key}: ${value}`),
  ];
  return `${lines.map(escapeControls).join("\n")}\n`;
}

function describeArray(array: InspectedArray): string[] {
  const { name, dtype, shape, fortranOrder, byteOrder, values } = array;
  const size = shape.length === 0 ? "a single number" : shape.join("×");
  const order = `${fortranOrder ? "Fortran" : "C"} order, ${byteOrder}-endian`;
  const lines = [`  ${name === "" ? "" : `${name}: `}${dtype} ${size}, ${order}`];
  return values === undefined ? lines : [...lines, ...wrap(describeValues(values, shape), "    ")];
}

const kinds = { logits: "logits", probs: "probabilities", logProbs: "log-probabilities" } as const;

function describeValues({ from, found, nan, elements }: Glance, shape: readonly number[]): string {
  const all = shape.reduce((product, size) => product * size, 1);
  const looks = from === null ? "unclear whether logits or probabilities" : `looks like ${kinds[from]}`;
  const where = elements < all ? `in a sample of ${formatCount(elements)} ` : "";
  return `${looks}: ${where}${found}, ${nan === 0 ? "no" : formatCount(nan)} NaN`;
}
