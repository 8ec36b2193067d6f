import { type ArrayFile, FileError, readAll } from "../io/index.js";
import type { Clusters } from "./statistics/index.js";

/**
 * Reads one whole number a row.
 *
 * @param what - What they are, for errors: `labels`.
 * @throws FileError when the array does not hold integers (or bools), one a row.
 */
export async function readIntegers(array: ArrayFile, what: string, rows: number): Promise<Float64Array> {
  const fail = (problem: string) => new FileError(array.name, problem);
  if (!/^u?int|^bool$/.test(array.dtype)) throw fail(`${what} must be integers, got ${array.dtype}`);
  const count = array.shape.reduce((product, size) => product * size, 1);
  if (count !== rows) {
    throw fail(`wanted ${rows} ${what}, one a row, got ${count} (shape [${array.shape.join(", ")}])`);
  }
  return (await readAll(array)).data;
}

/** Which of some groups each row is in. */
export interface Groups extends Clusters {
  /** The number that stands for each group in the file, ascending. */
  readonly values: readonly number[];
  /** The name of the group of each number from 0, where they have names. */
  readonly names: readonly string[] | undefined;
}

/** The name of a group. */
export function groupName({ names }: Groups, value: number): string {
  return names?.[value] ?? String(value);
}

/** Reads the group of each row, a whole number. */
export async function readGroups(
  array: ArrayFile,
  what: string,
  rows: number,
  names?: readonly string[],
): Promise<Groups> {
  const numbers = await readIntegers(array, what, rows);
  const values = [...new Set(numbers)].sort((a, b) => a - b);
  const places = new Map(values.map((value, i) => [value, i]));
  const groups = Int32Array.from(numbers, (value) => places.get(value)!);
  return { by: array.name, count: values.length, of: (row) => groups[row], values, names };
}
