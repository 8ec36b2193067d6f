import { leaf, type Tensor } from "../tensor/index.js";
import { checkIndex, type Dataset } from "./dataset.js";

/** Rows that are read in pieces, such as those of `rowsOf` in `kullback/io`. */
export interface RowSource {
  readonly rows: number;
  readonly classes: number;
  /** The dtype as stored: `float64` and wide integers are read as float64, all others as float32. */
  readonly dtype: string;
  /** Reads `count` rows from `start` on into the beginning of `out`. */
  read(start: number, count: number, out: Float32Array | Float64Array): Promise<void>;
}

/**
 * The rows of a file of any size as a dataset, read as they are needed: item i is a tensor [classes]. Go through
 * it with `for await`.
 *
 * ```ts
 * const teacher = new data.RowsDataset(rowsOf(await openArray("teacher.npy")));
 * for await (const logits of new data.DataLoader(teacher, { batchSize: 64 })) { … }
 * ```
 */
export class RowsDataset implements Dataset<Tensor> {
  readonly length: number;
  readonly #source: RowSource;

  constructor(source: RowSource) {
    this.#source = source;
    this.length = source.rows;
  }

  async get(index: number): Promise<Tensor> {
    return this.#read([index], [this.#source.classes]);
  }

  async batch(indices: readonly number[]): Promise<Tensor> {
    return this.#read(indices, [indices.length, this.#source.classes]);
  }

  /** The rows at `indices`, neighbours in one read. */
  async #read(indices: readonly number[], shape: number[]): Promise<Tensor> {
    const { classes, dtype } = this.#source;
    const wide = dtype === "float64" || /int(32|64)$/.test(dtype);
    const out = wide
      ? new Float64Array(indices.length * classes)
      : new Float32Array(indices.length * classes);
    for (let i = 0; i < indices.length; ) {
      const start = indices[i];
      checkIndex("RowsDataset", start, this.length);
      let count = 1;
      while (indices[i + count] === start + count) count++;
      await this.#source.read(start, count, out.subarray(i * classes));
      i += count;
    }
    return leaf(out, wide ? "float64" : "float32", shape);
  }
}
