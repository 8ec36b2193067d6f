import { type ArrayFile, type RowReader, rowsOf } from "../../io/index.js";
import { type Guess, guessFrom } from "./guessFrom.js";
import { lookAt } from "./look.js";

/** What the rows of an array look like, along its last axis, from a sample. */
export interface Glance extends Guess {
  /** The elements looked at, and how many of them are NaN. */
  elements: number;
  nan: number;
  min: number;
  max: number;
}

/** A row of more elements than this is not worth the memory of a glance. */
const longestRow = 2 ** 22;

/** Looks at a sample of an array; null when it has no rows to look at, or only enormous ones. */
export async function glanceAt(array: ArrayFile): Promise<Glance | null> {
  if (array.shape.length === 0 || array.shape.at(-1)! > longestRow) return null;
  return glanceAtRows(rowsOf(array));
}

/** Looks at a sample of rows; null when there are none, or only enormous ones. */
export async function glanceAtRows(reader: RowReader): Promise<Glance | null> {
  if (reader.classes > longestRow) return null;
  const look = await lookAt(reader);
  if (look.elements === 0) return null;
  const { elements, nan, values } = look;
  return { elements, nan, min: values[0], max: values[1], ...guessFrom(look, reader.dtype) };
}
