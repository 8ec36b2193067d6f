import { KullbackError } from "../../errors.js";
import type { Input } from "./inputs.js";

/** What all inputs of a comparison have in common. */
export interface CommonShape {
  readonly rows: number;
  /** All classes of a row, where an input has them all; else undefined. */
  readonly classes: number | undefined;
  /** The most classes of a row, and the rest of it, that are compared where an input knows only the likeliest. */
  readonly buckets: number | undefined;
  /** The axes that make up a row, from 0. */
  readonly dim: number[];
}

/**
 * Checks that inputs can be compared with the reference.
 *
 * @throws KullbackError when shapes differ, tokens do (unless that is allowed), classes are named in different
 *   ways, or there is no row.
 */
export function compareShapes(
  reference: Input,
  others: readonly Input[],
  dims: readonly number[],
  allowed: readonly "tokens"[],
): CommonShape {
  for (const other of others) {
    checkShapes(reference, other);
    checkTokens(reference, other, allowed);
    checkNaming(reference, other);
  }
  const all = [reference, ...others];
  const classes = all.flatMap(({ file }) => (file.kind === "dense" ? [file.reader.classes] : []))[0];
  const { rows } = reference.file.reader;
  if (rows === 0 || classes === 0) {
    throw new KullbackError(`${reference.name}: holds no rows, its shape is ${shapeOf(reference)}`);
  }
  const rank = reference.file.shape.length;
  const dim = dims.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
  return { rows, classes, buckets: bucketsOf(reference, others), dim };
}

/**
 * The most buckets of a row: the likeliest classes that both sides may know, and the rest.
 *
 * @throws KullbackError where some candidates would be compared on all classes and others on a few: a lower bound
 *   says nothing beside a number that is none.
 */
function bucketsOf(reference: Input, others: readonly Input[]): number | undefined {
  const topK = others.filter(({ file }) => file.kind === "top-k");
  const likeliest = [reference, ...topK].flatMap(({ file }) =>
    file.kind === "top-k" ? [file.reader.k] : [],
  );
  if (likeliest.length === 0) return undefined;
  const dense = others.find(({ file }) => file.kind === "dense");
  if (reference.file.kind === "dense" && dense !== undefined) {
    throw new KullbackError(
      `${topK[0].name}: holds the likeliest classes only and ${dense.name} all of them; compare them with the ` +
        "reference one by one, since a lower bound and an exact number cannot be ranked",
    );
  }
  return (reference.file.kind === "top-k" ? reference.file.reader.k : Math.max(...likeliest)) + 1;
}

function checkShapes(reference: Input, other: Input): void {
  const [p, q] = [reference.file, other.file];
  if (shapeOf(other) === shapeOf(reference) && p.kind === q.kind) return;
  const sameRows = p.reader.rows === q.reader.rows;
  // Tables lay chunks and positions out as rows, where arrays may have an axis for each.
  const free = p.array === undefined || q.array === undefined;
  const sameClasses = p.kind === "top-k" || q.kind === "top-k" || p.reader.classes === q.reader.classes;
  if (free && sameRows && sameClasses) return;
  const rows = (input: Input) =>
    input.file.kind === "top-k" ? `${input.file.reader.rows} rows` : `the shape ${shapeOf(input)}`;
  throw new KullbackError(
    `${other.name}: has ${rows(other)}, but the reference ${reference.name} has ${rows(reference)}`,
  );
}

function checkTokens(reference: Input, other: Input, allowed: readonly "tokens"[]): void {
  const [theirs, ours] = [other.summary.tokens, reference.summary.tokens];
  if (theirs === null || ours === null || theirs === ours || allowed.includes("tokens")) return;
  throw new KullbackError(
    `${other.name}: was computed on other tokens (${theirs}) than the reference ${reference.name} (${ours}); ` +
      "--allow-mismatch tokens compares them all the same",
  );
}

/** Numbers of classes and texts of tokens cannot be told to be the same. */
function checkNaming(reference: Input, other: Input): void {
  const [ours, theirs] = [reference, other].map(({ file }) => file.ids ?? "model");
  if (ours === theirs) return;
  const [byText, byId] = theirs === "text" ? [other, reference] : [reference, other];
  throw new KullbackError(
    `${byText.name}: names tokens by their text, but ${byId.name} has classes by number, so they cannot be matched`,
  );
}

function shapeOf({ file }: Input): string {
  return `[${file.shape.join(", ")}]`;
}
