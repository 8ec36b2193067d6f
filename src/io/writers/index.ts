import { KullbackError } from "../../errors.js";
import type { FileFormat } from "../arrayFile.js";
import type { Vocabulary } from "../vocabulary.js";
import { llamaLogitsRows } from "./llamaLogits.js";
import { npyRows } from "./npy.js";
import { npzRows } from "./npz.js";
import { parquetRows, parquetTopK } from "./parquet.js";
import { safetensorsRows } from "./safetensors.js";
import { csvRows, jsonlRows, jsonlTopK } from "./text.js";
import type { ByteSink, RowsToWrite, RowWriter, TopKWriter } from "./writer.js";

export type { ByteSink, RowsToWrite, RowWriter, TopKWriter } from "./writer.js";

/** The formats that can be written. */
export type WriteFormat = FileFormat | "tsv";

const writers: Readonly<Record<WriteFormat, (sink: ByteSink, target: RowsToWrite) => Promise<RowWriter>>> = {
  npy: npyRows,
  npz: npzRows,
  safetensors: safetensorsRows,
  "llama.cpp": llamaLogitsRows,
  parquet: parquetRows,
  csv: csvRows(","),
  tsv: csvRows("\t"),
  jsonl: jsonlRows,
};

/** The formats that can be written, to list. */
export const writeFormats = Object.keys(writers) as WriteFormat[];

const extensions: Readonly<Record<string, WriteFormat>> = {
  npy: "npy",
  npz: "npz",
  safetensors: "safetensors",
  kld: "llama.cpp",
  parquet: "parquet",
  csv: "csv",
  tsv: "tsv",
  jsonl: "jsonl",
  ndjson: "jsonl",
};

/** The format that a file's name asks for, if any. */
export function formatOfName(path: string): WriteFormat | undefined {
  return extensions[/\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase() ?? ""];
}

/**
 * Begins a file of rows.
 *
 * @throws KullbackError if the format cannot hold them.
 */
export function writeRows(format: WriteFormat, sink: ByteSink, target: RowsToWrite): Promise<RowWriter> {
  return writers[format](sink, target);
}

/**
 * Begins a file of the likeliest classes of each row.
 *
 * @param vocabulary - Has the texts, where ids are numbers of texts.
 * @throws KullbackError if the format cannot hold them.
 */
export async function writeTopK(
  format: WriteFormat,
  sink: ByteSink,
  k: number,
  vocabulary?: Vocabulary,
): Promise<TopKWriter> {
  if (format === "jsonl") return jsonlTopK(sink, k, vocabulary);
  if (format === "parquet" && !vocabulary) return parquetTopK(sink, k);
  const instead = vocabulary
    ? "tokens that have a text and no number fit in jsonl"
    : "these fit in jsonl and parquet";
  throw new KullbackError(`convert: ${format} cannot hold the likeliest classes of each row: ${instead}`);
}
