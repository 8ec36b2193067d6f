import { KullbackError } from "../errors.js";
import { allocate, type DType, type TypedArray } from "../kernels/index.js";
import { describeValue } from "./describe.js";
import { checkDType } from "./dtype.js";
import { leaf } from "./methods.js";
import { checkShape, describeShape, numelOf, type Shape } from "./shape.js";
import { type NestedArray, Tensor } from "./tensor.js";

/** Options of the functions that make tensors. */
export interface TensorOptions {
  /** Element type; default `"float32"` unless the function says otherwise. */
  dtype?: DType;
  /** Whether `backward` computes a gradient for the tensor; default false. */
  requiresGrad?: boolean;
}

/** What `tensor` takes: a number, a boolean, (nested) arrays of them, or a typed array. */
export type TensorData = NestedArray | readonly TensorData[] | TypedArray;

function typedArrayDType(data: unknown): DType | undefined {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float64Array) return "float64";
  if (data instanceof Int32Array) return "int32";
  if (data instanceof Uint8Array) return "bool";
  return undefined;
}

/** The shape of nested arrays, taken along their first entries. */
function nestedShape(data: unknown): number[] {
  const shape: number[] = [];
  for (let level = data; Array.isArray(level) || ArrayBuffer.isView(level); ) {
    const list = level as ArrayLike<unknown>;
    shape.push(list.length);
    level = list[0];
  }
  return shape;
}

/** Appends the numbers of nested arrays of `shape` to `values`; throws where an entry does not fit. */
function flattenNested(data: unknown, shape: Shape, values: (number | boolean)[], path: number[]): void {
  const place = () => (path.length === 0 ? "the data" : `[${path.join("][")}]`);
  if (path.length === shape.length) {
    if (typeof data !== "number" && typeof data !== "boolean") {
      throw new KullbackError(`tensor: wanted a number or boolean at ${place()}, got ${describeValue(data)}`);
    }
    values.push(data);
    return;
  }
  const length = shape[path.length];
  const isList = Array.isArray(data) || ArrayBuffer.isView(data);
  if (!isList || (data as ArrayLike<unknown>).length !== length) {
    throw new KullbackError(
      `tensor: ragged input: expected an array of length ${length} at ${place()}, got ${describeValue(data)}`,
    );
  }
  const list = data as ArrayLike<unknown>;
  for (let i = 0; i < length; i++) {
    path.push(i);
    flattenNested(list[i], shape, values, path);
    path.pop();
  }
}

/** A value as an element of `dtype`: to `bool`, whatever is not 0 is true, NaN included. */
function elementOf(value: number | boolean, dtype: DType): number {
  return dtype === "bool" ? Number(Number(value) !== 0) : Number(value);
}

function convert(values: ArrayLike<number | boolean>, dtype: DType): TypedArray {
  const array = allocate(dtype, values.length);
  for (let i = 0; i < values.length; i++) array[i] = elementOf(values[i], dtype);
  return array;
}

/**
 * A tensor of the numbers given: nested arrays keep their shape, a typed array (copied) is one axis.
 *
 * The dtype is that of a typed array (`Uint8Array` is `bool`), `bool` for booleans, and `float32` for
 * numbers. Ragged arrays throw an error that says where.
 */
export function tensor(data: TensorData, options: TensorOptions = {}): Tensor {
  if (data instanceof Tensor) throw new KullbackError("tensor: got a tensor; use clone() or detach()");
  const found = typedArrayDType(data);
  if (found !== undefined) {
    const dtype = checkDType("tensor", options.dtype ?? found);
    const values = data as TypedArray;
    return leaf(convert(values, dtype), dtype, [values.length], options.requiresGrad);
  }
  const shape = nestedShape(data);
  const values: (number | boolean)[] = [];
  flattenNested(data, shape, values, []);
  const guess = values.length > 0 && values.every((value) => typeof value === "boolean") ? "bool" : "float32";
  const dtype = checkDType("tensor", options.dtype ?? guess);
  return leaf(convert(values, dtype), dtype, shape, options.requiresGrad);
}

/**
 * A tensor that uses `array` itself as its memory, in C order, without a copy; `Uint8Array` is `bool`.
 * Changes to the array show in the tensor.
 */
export function fromArray(
  array: TypedArray,
  shape: Shape = [array.length],
  options: { requiresGrad?: boolean } = {},
): Tensor {
  checkShape("fromArray", shape);
  const dtype = typedArrayDType(array);
  if (dtype === undefined) {
    throw new KullbackError("fromArray: wanted a Float32Array, Float64Array, Int32Array or Uint8Array");
  }
  if (numelOf(shape) !== array.length) {
    throw new KullbackError(
      `fromArray: shape ${describeShape(shape)} holds ${numelOf(shape)} elements, the array has ${array.length}`,
    );
  }
  return leaf(array, dtype, [...shape], options.requiresGrad);
}

/** Every element `value`. The dtype is `bool` for a boolean, else float32. */
export function full(shape: Shape, value: number | boolean, options: TensorOptions = {}): Tensor {
  checkShape("full", shape);
  const dtype = checkDType("full", options.dtype ?? (typeof value === "boolean" ? "bool" : "float32"));
  return leaf(
    allocate(dtype, numelOf(shape)).fill(elementOf(value, dtype)),
    dtype,
    [...shape],
    options.requiresGrad,
  );
}

/** Every element 0. */
export function zeros(shape: Shape, options: TensorOptions = {}): Tensor {
  return full(shape, 0, options);
}

/** Every element 1. */
export function ones(shape: Shape, options: TensorOptions = {}): Tensor {
  return full(shape, 1, options);
}

/** Zeros of the shape and dtype of `x`. */
export function zerosLike(x: Tensor, options: TensorOptions = {}): Tensor {
  return full(x.shape, 0, { dtype: x.dtype, ...options });
}

/** Ones of the shape and dtype of `x`. */
export function onesLike(x: Tensor, options: TensorOptions = {}): Tensor {
  return full(x.shape, 1, { dtype: x.dtype, ...options });
}

/** start, start + step, … below `end`; `arange(end)` starts at 0. float32 unless `dtype` says otherwise. */
export function arange(end: number, options?: TensorOptions): Tensor;
export function arange(start: number, end: number, step?: number, options?: TensorOptions): Tensor;
export function arange(
  first: number,
  second?: number | TensorOptions,
  third = 1,
  last: TensorOptions = {},
): Tensor {
  const single = second === undefined || typeof second === "object";
  const [start, end, step] = single ? [0, first, 1] : [first, second, third];
  const options = typeof second === "object" ? second : last;
  if (![start, end, step].every(Number.isFinite) || step === 0 || (end - start) / step < 0) {
    throw new KullbackError(
      `arange: wanted finite bounds and a step that leads from start to end, got ${start}, ${end}, step ${step}`,
    );
  }
  const dtype = checkDType("arange", options.dtype ?? "float32");
  const count = Math.ceil((end - start) / step);
  checkShape("arange", [count]);
  const array = allocate(dtype, count);
  for (let i = 0; i < count; i++) array[i] = start + i * step;
  return leaf(array, dtype, [count], options.requiresGrad);
}

/** `steps` numbers from `start` to `end`, both included, evenly spaced. */
export function linspace(start: number, end: number, steps: number, options: TensorOptions = {}): Tensor {
  checkShape("linspace", [steps]);
  const dtype = checkDType("linspace", options.dtype ?? "float32");
  const array = allocate(dtype, steps);
  const step = (end - start) / Math.max(steps - 1, 1);
  // From both ends, as PyTorch does, so that the sequence is symmetric and ends exactly.
  for (let i = 0; i < steps; i++) array[i] = i < steps / 2 ? start + i * step : end - (steps - 1 - i) * step;
  return leaf(array, dtype, [steps], options.requiresGrad);
}

/** The n×m identity matrix; m is n by default. */
export function eye(n: number, m = n, options: TensorOptions = {}): Tensor {
  checkShape("eye", [n, m]);
  const dtype = checkDType("eye", options.dtype ?? "float32");
  const array = allocate(dtype, n * m);
  for (let i = 0; i < Math.min(n, m); i++) array[i * m + i] = 1;
  return leaf(array, dtype, [n, m], options.requiresGrad);
}
