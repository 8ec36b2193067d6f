import {
  type FileInput,
  type OpenRowsOptions,
  openRows,
  type RowsFile,
  rowArray,
} from "../../src/io/index.js";
import { fromBase64, oracle } from "./files.js";

interface LlamaCase {
  file: string;
  logits: number[][];
  tokens: number[];
  context: number;
  decoded: number[][];
  labels: number[];
  chunks: number[];
  positions: number[];
}

/** Files made by other libraries, with what is in them. */
export const golden = oracle("io-formats.json") as {
  x: number[][];
  long: string;
  npz: Record<string, string>;
  parquet: Record<string, string>;
  topk: { ids: number[][]; logprobs: number[][] };
  csv: Record<string, string>;
  jsonl: Record<string, string>;
  jsonlInfinite: string;
  llama: Record<string, LlamaCase>;
  shards: Record<string, string>;
};

export const text = (content: string) => new TextEncoder().encode(content);

/** All rows of a dense file. */
export async function denseRows(file: RowsFile): Promise<number[][]> {
  if (file.kind !== "dense") throw new Error("it is top-k");
  const { rows, classes, dtype, read } = file.reader;
  const out = rowArray(dtype, rows * classes);
  await read.call(file.reader, 0, rows, out);
  return Array.from({ length: rows }, (_, row) =>
    Array.from(out.subarray(row * classes, (row + 1) * classes)),
  );
}

/** All rows of a top-k file, without what fills the shorter ones. */
export async function topKRows(file: RowsFile): Promise<[id: number, logProb: number][][]> {
  if (file.kind !== "top-k") throw new Error("it is dense");
  const { rows, k } = file.reader;
  const ids = new Int32Array(rows * k);
  const logProbs = new Float64Array(rows * k);
  await file.reader.read(0, rows, ids, logProbs);
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: k }, (_, j): [number, number] => [ids[row * k + j]!, logProbs[row * k + j]!]).filter(
      ([id]) => id !== -1,
    ),
  );
}

/** Opens a file, reads all of it and closes it. */
export async function readDense(input: FileInput, options?: OpenRowsOptions) {
  const file = await openRows(input, options);
  try {
    return { ...file, rows: await denseRows(file) };
  } finally {
    await file.close();
  }
}

/** The error with which a file is refused, when it is opened or read. */
export async function rowsRefusal(input: FileInput, options?: OpenRowsOptions): Promise<Error> {
  try {
    const file = await openRows(input, options);
    try {
      await (file.kind === "dense" ? denseRows(file) : topKRows(file));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("it was read");
}

export const file = (kind: "npz" | "parquet" | "csv" | "jsonl", name: string) =>
  fromBase64(golden[kind][name]!);
