import { KullbackError } from "../errors.js";
import { type FileDType, itemSize, rowArray } from "./dtype.js";
import { type FloatDType, isFloatDType } from "./encode.js";
import type { RowsFile, Sequences } from "./rowsFile.js";
import type { Vocabulary } from "./vocabulary.js";
import { type ByteSink, type WriteFormat, writeRows, writeTopK } from "./writers/index.js";

/** Options of {@link convertRows}. */
export interface ConvertOptions {
  /** The dtype in the new file. Default: that of the old one. */
  dtype?: FloatDType;
  /** What the array or column is called. Default: `logits`, `probs` or `logprobs`, by what the values are. */
  name?: string;
  /** For `_logits_`: the tokens. Default: those of the old file. */
  sequences?: Sequences;
  /** Whether the values are probabilities, of which `_logits_` takes the logarithm. Default: what the file says. */
  from?: "logits" | "probs" | "logProbs";
  /** The vocabulary that the file was opened with. */
  vocabulary?: Vocabulary;
  /** Stops between two blocks; the promise rejects with its reason. */
  signal?: AbortSignal;
  /** Called after each block with the rows done. */
  onRows?: (rows: number) => void;
}

/** Bytes of float64 of a block of rows. */
const BLOCK = 1 << 22;

/**
 * Writes the rows of `file` in another format, block by block.
 *
 * @throws KullbackError if the format or the dtype cannot hold them.
 */
export async function convertRows(
  file: RowsFile,
  format: WriteFormat,
  sink: ByteSink,
  options: ConvertOptions = {},
): Promise<void> {
  if (file.kind === "top-k") return convertTopK(file, format, sink, options);
  const { reader, shape } = file;
  const { rows, classes } = reader;
  const from = options.from ?? file.from;
  const sequences = options.sequences ?? (await file.sequences?.());
  const name = options.name ?? (from ?? "logits").toLowerCase();
  const dtype = options.dtype ?? floatDType(file.name, reader.dtype);
  const writer = await writeRows(format, sink, { rows, classes, shape, dtype, name, sequences });
  const step = blockRows(rows, 8 * classes);
  const values = rowArray(reader.dtype, step * classes);
  for (let start = 0; start < rows; start += step) {
    options.signal?.throwIfAborted();
    const count = Math.min(step, rows - start);
    await reader.read(start, count, values);
    if (format === "llama.cpp" && from === "probs")
      for (let i = 0; i < count * classes; i++) values[i] = Math.log(values[i]!);
    await writer.write(values, count);
    options.onRows?.(start + count);
  }
  options.signal?.throwIfAborted();
  await writer.finish();
}

async function convertTopK(
  file: RowsFile & { kind: "top-k" },
  format: WriteFormat,
  sink: ByteSink,
  { dtype, vocabulary, signal, onRows }: ConvertOptions,
): Promise<void> {
  const { rows, k } = file.reader;
  if (dtype && dtype !== "float64")
    throw new KullbackError("convert: log-probabilities of the likeliest classes are float64");
  const writer = await writeTopK(format, sink, k, file.ids === "text" ? vocabulary : undefined);
  const step = blockRows(rows, 12 * k);
  const ids = new Int32Array(step * k);
  const logProbs = new Float64Array(step * k);
  for (let start = 0; start < rows; start += step) {
    signal?.throwIfAborted();
    const count = Math.min(step, rows - start);
    await file.reader.read(start, count, ids, logProbs);
    await writer.write(ids, logProbs, count);
    onRows?.(start + count);
  }
  signal?.throwIfAborted();
  await writer.finish();
}

function blockRows(rows: number, rowBytes: number): number {
  return Math.max(1, Math.min(rows, Math.floor(BLOCK / Math.max(1, rowBytes))));
}

function floatDType(name: string, dtype: FileDType): FloatDType {
  if (isFloatDType(dtype)) return dtype;
  throw new KullbackError(
    `convert: ${name} holds ${dtype} of ${itemSize[dtype]} bytes, no floating-point numbers: choose a dtype`,
  );
}
