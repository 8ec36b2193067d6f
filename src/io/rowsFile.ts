import type { ArrayFile, FileFormat } from "./arrayFile.js";
import type { ByteSource } from "./byteSource.js";
import type { RowReader } from "./rows.js";

/** The likeliest classes of each row with their log-probabilities: what APIs give of a whole distribution. */
export interface TopKReader {
  readonly rows: number;
  /** The most classes that a row has. */
  readonly k: number;
  /**
   * Reads rows `[start, start + count)`: row r has its classes at `r·k` and following. A row with fewer
   * than k ends with the id −1 and the log-probability −∞.
   *
   * @param ids - At least `count * k` long. No id occurs twice in a row.
   * @param logProbs - As long; natural logarithms.
   */
  read(start: number, count: number, ids: Int32Array, logProbs: Float64Array): Promise<void>;
}

/** Where each row comes from, as far as the format says; arrays with an element a row. */
export interface RowContext {
  /** The chunk, document or line; rows of one are correlated. */
  chunk: Int32Array;
  /** The position within it, from 0; in llama.cpp's files that in the context. */
  position: Int32Array;
  /** The class that came next, −1 where it is not known. */
  label: Int32Array;
}

/** Rows of 16-bit codes: log p = scale·code + minimum, so exp(scale·code) is a product of two table entries. */
export interface CodedReader {
  readonly rows: number;
  readonly classes: number;
  /**
   * Reads rows `[start, start + count)`.
   *
   * @param scale - At least `count` long, as is `minimum`.
   * @param codes - At least `count * classes` long. Default: codes are not read.
   */
  read(
    start: number,
    count: number,
    scale: Float32Array,
    minimum: Float32Array,
    codes?: Uint16Array,
  ): Promise<void>;
  /** The scale and the minimum of one row. */
  readScales(row: number): Promise<{ scale: number; minimum: number }>;
}

/** The tokens of a text that was cut in sequences of the same length. */
export interface Sequences {
  tokens: Int32Array;
  length: number;
}

/** What a format's reader knows of a file. */
export type RowsContent = {
  /** What the values are, where the format says so. */
  readonly from?: "logits" | "probs" | "logProbs";
  /**
   * `any`: blocks of rows can be read in any order. `forward`: the file is a stream, so going back reads it
   * from its beginning again.
   */
  readonly order: "any" | "forward";
  /** Where the rows come from; reads what it needs when called. */
  readonly context?: () => Promise<RowContext>;
  /** A fingerprint of the tokens that the rows were computed on: files to compare must have the same. */
  readonly tokens?: string;
  /** The tokens themselves, where the file has them. */
  readonly sequences?: () => Promise<Sequences>;
  /** Whether ids are those of the model's vocabulary, or numbers of texts (see {@link Vocabulary}). */
  readonly ids?: "model" | "text";
  /** What the file's header says besides, by the format's own names. */
  readonly header?: Readonly<Record<string, string>>;
  /** What a reader of the numbers must know, a sentence each. */
  readonly notes: readonly string[];
  /** Closes what was opened besides the file. */
  close?(): Promise<void>;
} & (
  | {
      readonly kind: "dense";
      readonly reader: RowReader;
      /** The same rows as they are stored, in a `_logits_` file. */
      readonly coded?: CodedReader;
    }
  | { readonly kind: "top-k"; readonly reader: TopKReader }
);

/** A file of rows, ready to be read. */
export type RowsFile = RowsContent & {
  /** As the user wrote it. */
  readonly name: string;
  readonly format: FileFormat;
  /** Bytes of the file. */
  readonly size: number;
  /** The dtype of the values in the file. */
  readonly dtype: string;
  /** The shape of the array, or [rows, classes]; [rows, k] for top-k. */
  readonly shape: readonly number[];
  /** The bytes of the file. */
  readonly source: ByteSource;
  /** The array that the rows are of, where the format holds arrays. */
  readonly array?: ArrayFile;
  /** Closes the file. */
  close(): Promise<void>;
};
