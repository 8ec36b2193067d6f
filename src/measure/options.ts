import type { From } from "../kernels/index.js";
import type { CompareInput } from "./inputs/index.js";
import type { MeasureName } from "./plan.js";
import type { RowTable } from "./rows/index.js";

/** Options of {@link compare}. */
export interface CompareOptions {
  /** What the values are. Default `auto`: look at them, and refuse what is ambiguous. */
  from?: From | "auto";
  /** The axis, or axes, that make up a row. Default -1, the last one. */
  dim?: number | readonly number[];
  /** What to compute. Default: `kl`, `reverse-kl`, `js`, `tv`; `kl` always is. */
  measures?: readonly MeasureName[];
  /**
   * `llama.cpp` adds the numbers that `llama-perplexity --kl-divergence` prints, and what its truncation leaves
   * out; the measures themselves stay those of the definition. Default `math`: these alone.
   */
  convention?: "math" | "llama.cpp";
  /** The correct class of every row, as integers; negative ones are ignored. Adds perplexity and Δp. Default: the tokens that the files hold. */
  labels?: CompareInput;
  /** Compare only rows `[start, end)`; without an end, all from `start` on. */
  rows?: readonly [start: number, end?: number];
  /** Compare only rows where this, an integer or bool a row, is not 0. */
  mask?: CompareInput;
  /** Rows a chunk (document, window of context): adds slices by position and chunk, and clusters by chunk. Default: as the files say. */
  positions?: number;
  /** An integer a row, to slice the rows by. */
  groups?: CompareInput;
  /** The names of groups 0, 1, 2, … */
  groupNames?: readonly string[];
  /** An integer a row: rows of the same one may depend on each other, which standard errors then respect. */
  clusters?: CompareInput;
  /** Another run of the reference: what it differs by is the floor below which a candidate's KL says nothing. */
  floor?: CompareInput;
  /** The size in bytes of each candidate's model, in the order of candidates; null where not known. */
  modelBytes?: readonly (number | null | undefined)[];
  /** How many of the worst rows to list. Default 5. */
  worst?: number;
  /** The base of the logarithm, so the unit of KL, JS and entropies: nats, bits or hartleys. Default `e`. */
  base?: "e" | 2 | 10;
  /**
   * What may differ between the inputs although it should not. `tokens`: the tokens that rows were computed
   * on, by the fingerprints in the files.
   */
  allowMismatch?: readonly "tokens"[];
  /**
   * A file, in Node, that holds the rows done so far: an interrupted comparison of the same files goes on
   * from it, with the same result to the last bit. It is removed when the comparison is complete.
   */
  resume?: string;
  /** Gets every row that was compared, when all are done. */
  saveRows?: (table: RowTable) => void | Promise<void>;
  /** Bytes of memory for the values of rows; beyond it they go to a temporary file. Default 64 MB. */
  rowMemory?: number;
  /** Stops the comparison between two blocks of rows; the promise rejects with its reason. */
  signal?: AbortSignal;
  /** Called every few megabytes. */
  onProgress?: (progress: CompareProgress) => void;
}

/** How far a comparison has come. */
export interface CompareProgress {
  rows: number;
  totalRows: number;
  /** Bytes of the reference and all candidates together. */
  bytes: number;
  totalBytes: number;
}
