// Elementwise operations by WebAssembly, for the operands they suit; see ../elementwise.ts.

import type { FloatArray, TypedArray } from "../dtype.js";
import type { BinaryName, UnaryName } from "../elementwise.js";
import { mergeAxes, pack, type Strided } from "../strided.js";
import { allocateInArena, memoryAs, release, scratch } from "./memory.js";
import { wasm } from "./module.js";
import { type RowOperand, runRows } from "./rows.js";

/** The operations that have a kernel, in the order of assembly/elementwise.ts. */
const unaryNames: readonly string[] = [
  "neg",
  "abs",
  "sqrt",
  "relu",
  "exp",
  "expm1",
  "log",
  "log1p",
  "sigmoid",
  "tanh",
] satisfies UnaryName[];
const binaryNames: readonly string[] = [
  "add",
  "sub",
  "mul",
  "div",
  "maximum",
  "minimum",
  "xlogy",
  "squaredDifference",
  "klDiv",
  "klDivLogTarget",
  "passPositive",
] satisfies BinaryName[];

/** Operations whose result is rounded once: the reference gives the same bits, sooner for few elements. */
const exact = new Set([
  "add",
  "sub",
  "mul",
  "div",
  "maximum",
  "minimum",
  "passPositive",
  "neg",
  "abs",
  "sqrt",
  "relu",
]);
const FEW = 512;

/** Whether an array is of floating-point numbers. */
export function isFloatArray(array: TypedArray): array is FloatArray {
  return array instanceof Float32Array || array instanceof Float64Array;
}

/**
 * out[i] = operation(a[i]), as the reference's `mapUnary`; false, with nothing done, if there is no kernel.
 * Views with gaps are packed first, so that a number's function has the same bits wherever the number lies.
 */
export function mapUnary(operation: string, shape: readonly number[], a: Strided, out: TypedArray): boolean {
  const count = out.length;
  if (count === 0 || (count < FEW && exact.has(operation))) return false;
  const code = unaryNames.indexOf(operation);
  const { array } = a;
  if (code < 0 || !isFloatArray(array) || !isFloatArray(out) || array.constructor !== out.constructor)
    return false;
  if (count < FEW && shape.length === 1 && a.strides[0] === 1) {
    ofFew(code, array, a.offset, out);
    return true;
  }
  const walk = mergeAxes(shape, [a]);
  const step = walk.shape.length === 0 ? 1 : walk.strides[0][0];
  if (walk.shape.length > 1 || (step !== 0 && step !== 1)) {
    const packed = new (array.constructor as new (length: number) => FloatArray)(count);
    pack(shape, a, packed);
    return mapUnary(operation, [count], { array: packed, offset: 0, strides: [1] }, out);
  }
  const distinct = step === 0 ? 1 : count;
  const operands = [
    { array: part(array, a.offset, distinct), length: 1 },
    { array: part(out, 0, distinct), length: 1, output: true },
  ];
  runRows(out instanceof Float32Array ? "unary32" : "unary64", operands, [code], distinct);
  if (step === 0) out.fill(out[0]);
  return true;
}

/** out[i] = operation(x[start + i]) for few elements, through scratch memory without further ado. */
function ofFew(code: number, x: FloatArray, start: number, out: FloatArray): void {
  const bytes = out.BYTES_PER_ELEMENT;
  const place = scratch(2 * FEW * bytes);
  const isSingle = out instanceof Float32Array;
  const memory = memoryAs(isSingle ? "float32" : "float64");
  const from = place / bytes;
  for (let i = 0; i < out.length; i++) memory[from + i] = x[start + i];
  const { unary32, unary64 } = wasm().kernels;
  (isSingle ? unary32 : unary64)(place, place + FEW * bytes, code, 0, out.length);
  for (let i = 0; i < out.length; i++) out[i] = memory[from + FEW + i];
}

/**
 * out[i] = operation(a[i], b[i]), as the reference's `mapBinary`, where a and b are packed, or one number, or
 * one row or one column that is broadcast; false, with nothing done, if no kernel fits.
 */
export function mapBinary(
  operation: string,
  shape: readonly number[],
  a: Strided,
  b: Strided,
  out: TypedArray,
): boolean {
  if (out.length === 0 || (out.length < FEW && exact.has(operation))) return false;
  const code = binaryNames.indexOf(operation);
  if (code < 0 || !isFloatArray(out)) return false;
  if (a.array.constructor !== out.constructor || b.array.constructor !== out.constructor) return false;
  const walk = mergeAxes(shape, [a, b]);
  if (walk.shape.length > 2) return mapPacked(operation, shape, a, b, out);
  const [rows, n] = walk.shape.length === 2 ? walk.shape : [out.length, 1];
  const x = operandOf(a, walk.strides[0], rows, n);
  const y = operandOf(b, walk.strides[1], rows, n);
  if (x === undefined || y === undefined) return false;
  const bytes = out.BYTES_PER_ELEMENT;
  const steps = [x.rowStep, x.step, y.rowStep, y.step].map((step) => step * bytes);
  const operands = [x, y, { array: out, length: n, output: true }];
  runRows(out instanceof Float32Array ? "binary32" : "binary64", operands, [code, n, ...steps], rows);
  return true;
}

/**
 * The gradient of `upstream`·klDiv by the target t, for packed arrays of one floating-point dtype: with the bits of the
 * operations (upstream·log t + upstream·t/t) − upstream·x, in one pass. False, with nothing done, for other arrays.
 */
export function klDivByTarget(x: TypedArray, t: TypedArray, upstream: number, out: TypedArray): boolean {
  if (!isFloatArray(x) || !isFloatArray(t) || !isFloatArray(out)) return false;
  if (x.constructor !== out.constructor || t.constructor !== out.constructor) return false;
  const operands = [
    { array: x, length: 1 },
    { array: t, length: 1 },
    { array: out, length: 1, output: true },
  ];
  const kernel = out instanceof Float32Array ? "klDivByTarget32" : "klDivByTarget64";
  runRows(kernel, operands, [upstream], out.length);
  return true;
}

/** {@link mapBinary} of copies without gaps of those views that are not broadcast, if a kernel fits them. */
function mapPacked(
  operation: string,
  shape: readonly number[],
  a: Strided,
  b: Strided,
  out: FloatArray,
): boolean {
  const own = [a, b].map((view) => copyOf(shape, view, out));
  if (own.every((copy) => copy === undefined)) return false;
  const [x, y] = [own[0] ?? a, own[1] ?? b];
  const fits = mergeAxes(shape, [x, y]).shape.length <= 2 && mapBinary(operation, shape, x, y, out);
  for (const copy of own) if (copy !== undefined) release(copy.array);
  return fits;
}

/** A packed copy of a view that has gaps, or another order, and is not broadcast; undefined of others. */
function copyOf(shape: readonly number[], view: Strided, like: FloatArray): Strided | undefined {
  const isBroadcast = view.strides.some((stride, d) => stride === 0 && shape[d] !== 1);
  if (isBroadcast || mergeAxes(shape, [view]).shape.length < 2) return undefined;
  const array =
    allocateInArena(like instanceof Float32Array ? "float32" : "float64", like.length, true) ??
    new (like.constructor as new (length: number) => FloatArray)(like.length);
  pack(shape, view, array);
  const strides = shape.map((_, d) => shape.slice(d + 1).reduce((product, size) => product * size, 1));
  return { array, offset: 0, strides };
}

interface SteppedOperand extends RowOperand {
  /** Elements from row to row, and from element to element. */
  readonly rowStep: number;
  readonly step: number;
}

/** An operand with the strides [from row to row,] from element to element; undefined if they have gaps. */
export function operandOf(
  { array, offset }: Strided,
  strides: readonly number[],
  rows: number,
  n: number,
): SteppedOperand | undefined {
  // A single axis (or none) is so many rows of one element.
  const [rowStep, step] = strides.length === 2 ? strides : [strides[0] ?? 0, strides[0] ?? 0];
  const length = step === 0 ? 1 : n;
  if ((step !== 0 && step !== 1) || (rowStep !== 0 && rowStep !== length)) return undefined;
  const shared = rowStep === 0;
  return {
    array: part(array as FloatArray | Uint8Array, offset, shared ? length : rows * length),
    length,
    shared,
    rowStep,
    step,
  };
}

function part<A extends FloatArray | Uint8Array>(array: A, offset: number, count: number): A {
  return offset === 0 && count === array.length ? array : (array.subarray(offset, offset + count) as A);
}
