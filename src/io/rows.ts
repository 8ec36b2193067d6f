import { KullbackError } from "../errors.js";
import type { ArrayFile } from "./arrayFile.js";
import type { FileDType } from "./dtype.js";

/** The rows of an array, each with its classes side by side. */
export interface RowReader {
  readonly rows: number;
  readonly classes: number;
  readonly dtype: FileDType;
  /**
   * Decodes rows `[start, start + count)` into `out`, row after row.
   *
   * @param out - At least `count * classes` long, of the type that {@link rowArray} gives or a Float64Array.
   */
  read(start: number, count: number, out: Float32Array | Float64Array): Promise<void>;
}

/** The rows of `array`. */
export function rowsOf(_array: ArrayFile, _dims: readonly number[] = [-1]): RowReader {
  throw new KullbackError("rowsOf: under construction");
}
