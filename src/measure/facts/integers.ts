import { FileError, readAll } from "../../io/index.js";
import type { Input } from "../inputs/index.js";
import type { Clusters } from "../statistics/index.js";

/**
 * Reads one whole number a row: from an array of any shape with as many elements, or from one column of a table.
 *
 * @param what - What they are, for errors: `labels`.
 * @throws FileError when the file does not hold integers (or bools), one a row.
 */
export async function readIntegers(input: Input, what: string, rows: number): Promise<Float64Array> {
  const { name, file } = input;
  const fail = (problem: string) => new FileError(name, problem);
  if (file.kind === "top-k") throw fail(`wanted ${what}, one a row, got the likeliest classes of rows`);
  const { array, reader, dtype, shape } = file;
  if (array !== undefined && !/^u?int|^bool$/.test(dtype))
    throw fail(`${what} must be integers, got ${dtype}`);
  const count = shape.reduce((product, size) => product * size, 1);
  if (count !== rows) {
    const isTable = array === undefined && reader.rows === rows;
    throw fail(
      `wanted ${rows} ${what}, one a row, got ${count} (shape [${shape.join(", ")}])` +
        (isTable ? `; name the column to take as ${name}#column` : ""),
    );
  }
  if (array !== undefined) return (await readAll(array)).data;
  const values = new Float64Array(rows);
  await reader.read(0, reader.rows, values);
  const bad = values.findIndex((value) => !Number.isSafeInteger(value));
  if (bad >= 0) throw fail(`${what} must be integers, got ${values[bad]} in row ${bad}`);
  return values;
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
  input: Input,
  what: string,
  rows: number,
  names?: readonly string[],
): Promise<Groups> {
  const numbers = await readIntegers(input, what, rows);
  const values = [...new Set(numbers)].sort((a, b) => a - b);
  const places = new Map(values.map((value, i) => [value, i]));
  const groups = Int32Array.from(numbers, (value) => places.get(value)!);
  return { by: input.name, count: values.length, of: (row) => groups[row], values, names };
}
