import type { FloatDType } from "../encode.js";
import type { RowContext, Sequences } from "../rowsFile.js";

/** Where the bytes of a file go, from its beginning to its end. */
export interface ByteSink {
  /** Takes the bytes at once or copies them: the caller may use their memory again afterwards. */
  write(bytes: Uint8Array): Promise<void>;
}

/** What is known of rows before they are written. */
export interface RowsToWrite {
  rows: number;
  classes: number;
  /** The shape of the array, whose last axis is the row. */
  shape: readonly number[];
  dtype: FloatDType;
  /** What the array or column is called, in a format that has names. */
  name: string;
  /** For `_logits_`: the tokens that the rows were computed on. */
  sequences?: Sequences;
}

/** Writes rows in order. */
export interface RowWriter {
  /** The next `count` rows, which lie at the beginning of `values`. */
  write(values: Float32Array | Float64Array, count: number): Promise<void>;
  /** Ends the file, after the last row. */
  finish(): Promise<void>;
}

/** The likeliest classes of each row, to write. */
export interface TopKToWrite {
  rows: number;
  k: number;
  context?: RowContext;
}

/** Writes rows of likeliest classes in order. */
export interface TopKWriter {
  /** The next `count` rows, laid out as a `TopKReader` gives them. */
  write(ids: Int32Array, logProbs: Float64Array, count: number): Promise<void>;
  /** Ends the file, after the last row. */
  finish(): Promise<void>;
}
