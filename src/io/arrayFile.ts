import type { ByteSource } from "./byteSource.js";
import type { ByteOrder, FileDType } from "./dtype.js";

/** The file formats that hold arrays of any shape. */
export type ArrayFormatName = "npy" | "npz" | "safetensors";

/** All file formats. */
export type FileFormat = ArrayFormatName | "llama.cpp" | "parquet" | "csv" | "jsonl";

/** One array inside a file, read in pieces by {@link rowsOf} or at once by {@link readAll}. */
export interface ArrayFile {
  /** As the user wrote it, with `#tensor` if they wrote that. */
  readonly name: string;
  readonly format: ArrayFormatName;
  readonly dtype: FileDType;
  readonly shape: readonly number[];
  /** Bytes of data. */
  readonly byteLength: number;
  readonly source: ByteSource;
  /** Where the data begins in the source, in bytes. */
  readonly offset: number;
  readonly byteOrder: ByteOrder;
  /** Whether the first axis varies fastest, and not the last. */
  readonly fortranOrder: boolean;
  /** Closes the file, unless the caller opened it: a ByteSource that was passed in stays open. */
  close(): Promise<void>;
}
