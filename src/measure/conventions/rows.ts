import type { ConventionInput, Kind } from "./convention.js";

/** Rows of numbers, packed one after the other. */
export interface Rows {
  readonly data: Float64Array;
  readonly rows: number;
  readonly classes: number;
}

/** The rows of a C-ordered array along `dims`; the other axes, in their order, count the rows. */
export function rowsAlong(data: Float64Array, shape: readonly number[], dims: readonly number[]): Rows {
  const others = shape.flatMap((_, axis) => (dims.includes(axis) ? [] : [axis]));
  const order = [...others, ...dims];
  const classes = dims.reduce((product, axis) => product * shape[axis], 1);
  const rows = classes === 0 ? 0 : data.length / classes;
  if (order.every((axis, i) => axis === i)) return { data, rows, classes };
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const packed = new Float64Array(data.length);
  let to = 0;
  const visit = (depth: number, from: number): void => {
    const axis = order[depth];
    for (let i = 0; i < shape[axis]; i++) {
      const at = from + i * strides[axis];
      if (depth === order.length - 1) packed[to++] = data[at];
      else visit(depth + 1, at);
    }
  };
  visit(0, 0);
  return { data: packed, rows, classes };
}

/** How values become what a formula takes for probabilities. */
export type Normalisation =
  /** exp(x) / Σ exp(x) of each row. */
  | "softmax"
  /** x / Σ x of each row. */
  | "sum"
  /** exp(x). */
  | "exp"
  /** x itself. */
  | "none";

/** What makes each row a distribution. */
export function properNormalisation(kind: Kind): Normalisation {
  return kind === "logits" || kind === "logProbs" ? "softmax" : "sum";
}

/** What is done before a library's function is called that normalises nothing: only logits need a softmax. */
export function usualNormalisation(kind: Kind): Normalisation {
  if (kind === "logits") return "softmax";
  return kind === "logProbs" ? "exp" : "none";
}

/** What a formula takes for probabilities, and their logarithms, which keep what underflows. */
export interface Side {
  readonly probs: Float64Array;
  readonly logs: Float64Array;
}

/** Two sides, row by row. */
export interface SidePair {
  readonly p: Side;
  readonly q: Side;
  readonly rows: number;
  readonly classes: number;
}

/** Both arrays of `input` in rows along `dims`, normalised. */
export function sidesOf(
  input: ConventionInput,
  how: Normalisation = usualNormalisation(input.kind),
  dims: readonly number[] = input.dims,
): SidePair {
  const p = rowsAlong(input.p, input.shape, dims);
  const q = rowsAlong(input.q, input.shape, dims);
  return { p: normalise(p, how), q: normalise(q, how), rows: p.rows, classes: p.classes };
}

/** The sides of rows of numbers. */
export function normalise({ data, rows, classes }: Rows, how: Normalisation): Side {
  if (how === "none") return fromProbabilities(data);
  if (how === "exp") return { probs: data.map(Math.exp), logs: data };
  const logs = new Float64Array(data.length);
  const probs = new Float64Array(data.length);
  for (let row = 0; row < rows; row++) {
    const start = row * classes;
    if (how === "softmax") {
      softmaxRow(data, start, classes, probs, logs);
      continue;
    }
    let sum = 0;
    for (let i = start; i < start + classes; i++) sum += data[i];
    for (let i = start; i < start + classes; i++) {
      probs[i] = data[i] / sum;
      logs[i] = Math.log(probs[i]);
    }
  }
  return { probs, logs };
}

function softmaxRow(
  data: Float64Array,
  start: number,
  classes: number,
  probs: Float64Array,
  logs: Float64Array,
): void {
  let max = -Infinity;
  for (let i = start; i < start + classes; i++) if (data[i] > max) max = data[i];
  let total = 0;
  for (let i = start; i < start + classes; i++) total += Math.exp(data[i] - max);
  const logTotal = Math.log(total);
  for (let i = start; i < start + classes; i++) {
    logs[i] = data[i] - max - logTotal;
    probs[i] = Math.exp(logs[i]);
  }
}

/** Numbers that are taken for probabilities as they are. */
export function fromProbabilities(probs: Float64Array): Side {
  const logs = new Float64Array(probs.length);
  for (let i = 0; i < logs.length; i++) logs[i] = Math.log(probs[i]);
  return { probs, logs };
}

/** Both sides with `change` made to what is taken for probabilities. */
export function changeProbabilities(pair: SidePair, change: (x: number) => number): SidePair {
  const changed = ({ probs }: Side) => {
    const out = new Float64Array(probs.length);
    for (let i = 0; i < out.length; i++) out[i] = change(probs[i]);
    return fromProbabilities(out);
  };
  return { ...pair, p: changed(pair.p), q: changed(pair.q) };
}

/** The sum of what `summand` gives of each class, row by row. */
export function rowSums(
  { p, q, rows, classes }: SidePair,
  summand: (p: number, logP: number, q: number, logQ: number) => number,
): Float64Array {
  const sums = new Float64Array(rows);
  for (let row = 0, i = 0; row < rows; row++) {
    let sum = 0;
    for (let end = i + classes; i < end; i++) sum += summand(p.probs[i], p.logs[i], q.probs[i], q.logs[i]);
    sums[row] = sum;
  }
  return sums;
}

/** The sum of numbers. */
export function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** The mean of numbers. */
export function mean(values: Float64Array): number {
  return total(values) / values.length;
}
