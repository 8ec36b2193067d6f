// Comparisons, and the choice between two operands, by WebAssembly; see ../elementwise.ts.

import type { TypedArray } from "../dtype.js";
import type { BinaryName } from "../elementwise.js";
import { mergeAxes, type Strided } from "../strided.js";
import { isFloatArray, operandOf } from "./elementwise.js";
import { runRows } from "./rows.js";

/** Places in the list of assembly/compare.ts, and whether the operands change places. */
const comparisons = new Map<string, readonly [code: number, swapped: boolean]>([
  ["eq", [0, false]],
  ["ne", [1, false]],
  ["lt", [2, false]],
  ["le", [3, false]],
  ["gt", [2, true]],
  ["ge", [3, true]],
] satisfies [BinaryName, readonly [number, boolean]][]);

/** Fewer elements are done before a kernel is called. */
const FEW = 512;

/**
 * out[i] = 1 if the comparison holds for a[i] and b[i], else 0, as the reference's `mapBinary`; false, with nothing
 * done, if no kernel fits.
 */
export function compare(
  operation: string,
  shape: readonly number[],
  a: Strided,
  b: Strided,
  out: TypedArray,
): boolean {
  const found = comparisons.get(operation);
  if (found === undefined || out.length < FEW || !(out instanceof Uint8Array)) return false;
  const [code, swapped] = found;
  const { array } = a;
  if (!isFloatArray(array) || b.array.constructor !== array.constructor) return false;
  const walk = mergeAxes(shape, [a, b]);
  if (walk.shape.length > 2) return false;
  const [rows, n] = walk.shape.length === 2 ? walk.shape : [out.length, 1];
  const x = operandOf(a, walk.strides[0], rows, n);
  const y = operandOf(b, walk.strides[1], rows, n);
  if (x === undefined || y === undefined) return false;
  const [left, right] = swapped ? [y, x] : [x, y];
  const bytes = array.BYTES_PER_ELEMENT;
  const steps = [left.rowStep * bytes, left.step, right.rowStep * bytes, right.step];
  const operands = [left, right, { array: out, length: n, output: true }];
  runRows(array instanceof Float32Array ? "compare32" : "compare64", operands, [code, n, ...steps], rows);
  return true;
}

/** See `select` in ../elementwise.ts; false, with nothing done, if no kernel fits. */
export function select(
  shape: readonly number[],
  condition: Strided,
  a: Strided,
  b: Strided,
  out: TypedArray,
): boolean {
  if (out.length < FEW || !isFloatArray(out) || !(condition.array instanceof Uint8Array)) return false;
  if (a.array.constructor !== out.constructor || b.array.constructor !== out.constructor) return false;
  const walk = mergeAxes(shape, [condition, a, b]);
  if (walk.shape.length > 2) return false;
  const [rows, n] = walk.shape.length === 2 ? walk.shape : [out.length, 1];
  const c = operandOf(condition, walk.strides[0], rows, n);
  const x = operandOf(a, walk.strides[1], rows, n);
  const y = operandOf(b, walk.strides[2], rows, n);
  if (c === undefined || c.step === 0 || x === undefined || y === undefined) return false;
  const bytes = out.BYTES_PER_ELEMENT;
  const steps = [c.rowStep, x.rowStep * bytes, x.step, y.rowStep * bytes, y.step];
  const operands = [c, x, y, { array: out, length: n, output: true }];
  runRows(out instanceof Float32Array ? "select32" : "select64", operands, [n, ...steps], rows);
  return true;
}
