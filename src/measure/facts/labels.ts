import { FileError } from "../../io/index.js";
import type { Input } from "../inputs/index.js";
import { readIntegers } from "./integers.js";

/** The label of a row that has none. */
export const ignoredLabel = -1;

/**
 * Reads the correct class of every row; negative labels, such as the −100 of PyTorch's ignore_index, become
 * {@link ignoredLabel}.
 *
 * @param classes - The number of all classes; infinite where it is not known.
 * @throws FileError when the file does not hold integers, one a row, below `classes`.
 */
export async function readLabels(input: Input, rows: number, classes: number): Promise<Int32Array> {
  const numbers = await readIntegers(input, "labels", rows);
  const labels = new Int32Array(rows);
  for (const [row, label] of numbers.entries()) {
    if (label >= Math.min(classes, 2 ** 31)) {
      throw new FileError(
        input.name,
        `label ${label} of row ${row} is out of range: a row has ${classes} classes`,
      );
    }
    labels[row] = label < 0 ? ignoredLabel : label;
  }
  return labels;
}
