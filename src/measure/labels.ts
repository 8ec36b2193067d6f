import { FileError, readAll } from "../io/index.js";
import type { Input } from "./inputs.js";

/** The label of a row that has none. */
export const ignoredLabel = -1;

/**
 * Reads the correct class of every row; negative labels, such as the −100 of PyTorch's ignore_index, become
 * {@link ignoredLabel}.
 *
 * @throws FileError when the array does not hold integers, one a row, below `classes`.
 */
export async function readLabels({ array }: Input, rows: number, classes: number): Promise<Int32Array> {
  const fail = (problem: string) => new FileError(array.name, problem);
  if (!/^u?int/.test(array.dtype)) throw fail(`labels must be integers, got ${array.dtype}`);
  const count = array.shape.reduce((product, size) => product * size, 1);
  if (count !== rows)
    throw fail(`wanted ${rows} labels, one a row, got ${count} (shape [${array.shape.join(", ")}])`);
  const { data } = await readAll(array);
  const labels = new Int32Array(rows);
  for (const [row, label] of data.entries()) {
    if (label >= classes)
      throw fail(`label ${label} of row ${row} is out of range: a row has ${classes} classes`);
    labels[row] = label < 0 ? ignoredLabel : label;
  }
  return labels;
}
