import { KullbackError } from "../errors.js";
import { type RowReader, rowsOf } from "../io/index.js";
import type { Input } from "./inputs.js";

/**
 * The rows of the reference and of all others, and the axes that make up a row, from 0.
 *
 * @throws KullbackError when shapes differ, tokens do (unless that is allowed), or there is no row.
 */
export function compareShapes(
  reference: Input,
  others: readonly Input[],
  dims: readonly number[],
  allowed: readonly "tokens"[],
): { readers: RowReader[]; dim: number[] } {
  for (const other of others) {
    if (shapeOf(other) !== shapeOf(reference)) {
      throw new KullbackError(
        `${other.array.name}: has the shape ${shapeOf(other)}, but the reference ${reference.array.name} has ` +
          shapeOf(reference),
      );
    }
    const [theirs, ours] = [other.summary.tokens, reference.summary.tokens];
    if (theirs !== null && ours !== null && theirs !== ours && !allowed.includes("tokens")) {
      throw new KullbackError(
        `${other.array.name}: was computed on other tokens (${theirs}) than the reference ` +
          `${reference.array.name} (${ours}); --allow-mismatch tokens compares them all the same`,
      );
    }
  }
  const readers = [reference, ...others].map(({ array }) => rowsOf(array, dims));
  const { rows, classes } = readers[0];
  if (rows === 0 || classes === 0) {
    throw new KullbackError(`${reference.array.name}: holds no rows, its shape is ${shapeOf(reference)}`);
  }
  const rank = reference.array.shape.length;
  return { readers, dim: dims.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b) };
}

function shapeOf({ array }: Input): string {
  return `[${array.shape.join(", ")}]`;
}
