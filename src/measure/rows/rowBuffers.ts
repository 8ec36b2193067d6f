import { KullbackError } from "../../errors.js";
import { type RowReader, rowArray } from "../../io/index.js";
import {
  allocateUnset,
  codedRowWords,
  type FloatArray,
  release,
  type StatisticsInput,
} from "../../kernels/index.js";

/** Memory for a block of rows, where kernels work on it without a copy. */
export interface RowBuffer {
  /** What was read last, as `rowStatistics` takes it. */
  readonly rows: StatisticsInput;
  /** Reads rows `[start, start + count)` of the reader it was made for, or of one that is stored alike. */
  read(reader: RowReader, start: number, count: number): Promise<void>;
  /** Gives the memory back. */
  release(): void;
}

/** How a reader's rows lie in memory; readers of one kind can share buffers. */
export function kindOf(reader: RowReader): string {
  if (reader.readCodes) return "coded";
  if (reader.readBits) return reader.dtype;
  return rowArray(reader.dtype, 0) instanceof Float32Array ? "float32" : "float64";
}

/**
 * A buffer for `rows` rows of `reader`. Numbers of 16 bits are kept as they are, for kernels decode them faster
 * than they could be read back decoded.
 *
 * @throws {KullbackError} if there is no memory for it.
 */
export function newRowBuffer(reader: RowReader, rows: number): RowBuffer {
  const { classes } = reader;
  const kind = kindOf(reader);
  const length = rows * (kind === "coded" ? codedRowWords(classes) : classes);
  const isStored = kind === "coded" || kind === "float16" || kind === "bfloat16";
  let memory: FloatArray;
  try {
    memory = isStored
      ? (allocateUnset("float32", Math.ceil(length / 2)) as FloatArray)
      : (allocateUnset(kind === "float32" ? "float32" : "float64", length) as FloatArray);
  } catch {
    throw new KullbackError(`compare: no memory for ${rows} rows of ${classes} classes`);
  }
  const giveBack = () => release(memory);
  if (!isStored) {
    const read = (from: RowReader, start: number, count: number) => from.read(start, count, memory);
    return { rows: memory, read, release: giveBack };
  }
  const bits = new Uint16Array(memory.buffer, memory.byteOffset, length);
  const read = (from: RowReader, start: number, count: number) =>
    (from.readCodes ?? from.readBits)!(start, count, bits);
  return { rows: { dtype: kind, bits }, read, release: giveBack };
}
