import type { TypedArray } from "./dtype.js";

/** A view of `array`: element (i, j, …) lies at `offset + i·strides[0] + j·strides[1] + …`. */
export interface Strided {
  readonly array: TypedArray;
  readonly offset: number;
  readonly strides: readonly number[];
}

/** A shape and the operands' strides after axes that can be walked as one were merged. */
export interface Walk {
  shape: number[];
  strides: number[][];
}

/** Merges neighbouring axes that every operand steps through evenly, and drops axes of size 1. */
export function mergeAxes(shape: readonly number[], operands: readonly Strided[]): Walk {
  const walk: Walk = { shape: [], strides: operands.map(() => []) };
  for (let d = 0; d < shape.length; d++) {
    if (shape[d] === 1) continue;
    const last = walk.shape.length - 1;
    const mergeable =
      last >= 0 && operands.every((operand, i) => walk.strides[i][last] === operand.strides[d] * shape[d]);
    if (mergeable) {
      walk.shape[last] *= shape[d];
      operands.forEach((operand, i) => {
        walk.strides[i][last] = operand.strides[d];
      });
    } else {
      walk.shape.push(shape[d]);
      operands.forEach((operand, i) => {
        walk.strides[i].push(operand.strides[d]);
      });
    }
  }
  return walk;
}

/**
 * Walks operands of one `shape` in C order. `run(offsets, steps, length, position)` is called for
 * each run along the innermost axis: operand k's elements lie at `offsets[k] + i·steps[k]`, and the
 * run begins at element `position` of the C order.
 */
export function forEachRun(
  shape: readonly number[],
  operands: readonly Strided[],
  run: (offsets: readonly number[], steps: readonly number[], length: number, position: number) => void,
): void {
  if (shape.includes(0)) return;
  if (shape.length === 1) {
    const steps = operands.map((operand) => operand.strides[0]);
    run(
      operands.map((operand) => operand.offset),
      steps,
      shape[0],
      0,
    );
    return;
  }
  const walk = mergeAxes(shape, operands);
  const offsets = operands.map((operand) => operand.offset);
  if (walk.shape.length === 0) {
    run(
      offsets,
      operands.map(() => 0),
      1,
      0,
    );
    return;
  }
  const outer = walk.shape.length - 1;
  const length = walk.shape[outer];
  const steps = walk.strides.map((strides) => strides[outer]);
  const index = new Array<number>(outer).fill(0);
  for (let position = 0; ; position += length) {
    run(offsets, steps, length, position);
    let d = outer - 1;
    for (; d >= 0; d--) {
      for (let k = 0; k < offsets.length; k++) offsets[k] += walk.strides[k][d];
      if (++index[d] < walk.shape[d]) break;
      for (let k = 0; k < offsets.length; k++) offsets[k] -= walk.strides[k][d] * walk.shape[d];
      index[d] = 0;
    }
    if (d < 0) return;
  }
}

/** Runs of fewer elements are copied one by one. */
const LONG_RUN = 64;

/** Copies a view into `out` in C order. */
export function pack(shape: readonly number[], source: Strided, out: TypedArray): void {
  if (shape.includes(0)) return;
  const { array, offset } = source;
  const walk = mergeAxes(shape, [source]);
  const sizes = walk.shape;
  const [strides] = walk.strides;
  const last = sizes.length - 1;
  const inRuns = strides[last] === 1 && sizes[last] >= LONG_RUN && array.constructor === out.constructor;
  // Copies from axis d on, and returns where the copy ends. Heads of attention have many short runs.
  const copy = (d: number, from: number, to: number): number => {
    const [size, step] = [sizes[d], strides[d]];
    let end = to;
    if (d < last) {
      for (let i = 0, a = from; i < size; i++, a += step) end = copy(d + 1, a, end);
    } else if (step === 0) {
      end += size;
      out.fill(array[from], to, end);
    } else if (inRuns) {
      out.set(array.subarray(from, from + size), to);
      end += size;
    } else {
      for (let i = 0, a = from; i < size; i++, a += step) out[end++] = array[a];
    }
    return end;
  };
  if (last < 0) out[0] = array[offset];
  else copy(0, offset, 0);
}

/** Copies values in C order into the elements of a view. */
export function unpack(shape: readonly number[], values: TypedArray, target: Strided): void {
  const { array } = target;
  forEachRun(shape, [target], ([offset], [step], length, position) => {
    for (let i = 0, a = offset; i < length; i++, a += step) array[a] = values[position + i];
  });
}
