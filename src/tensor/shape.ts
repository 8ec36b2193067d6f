import { KullbackError } from "../errors.js";

/** Sizes of a tensor's axes; `[]` is a single number. */
export type Shape = readonly number[];

/** An axis or several; negative ones count from the end. */
export type Dims = number | readonly number[];

/** How many elements a shape holds. */
export function numelOf(shape: Shape): number {
  let n = 1;
  for (const size of shape) n *= size;
  return n;
}

/** Strides of a packed tensor in C order. */
export function packedStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  for (let d = shape.length - 1, step = 1; d >= 0; d--) {
    strides[d] = step;
    step *= Math.max(shape[d], 1);
  }
  return strides;
}

/** Whether a view of these strides is packed in C order. */
export function isPacked(shape: Shape, strides: readonly number[]): boolean {
  for (let d = shape.length - 1, step = 1; d >= 0; d--) {
    if (shape[d] !== 1 && strides[d] !== step) return shape.includes(0);
    step *= shape[d];
  }
  return true;
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false;
  for (let d = 0; d < a.length; d++) if (a[d] !== b[d]) return false;
  return true;
}

export function describeShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** Checks that `shape` holds non-negative integers whose product is a safe size. */
export function checkShape(name: string, shape: Shape): void {
  if (!Array.isArray(shape)) {
    throw new KullbackError(`${name}: wanted a shape such as [2, 3], got ${String(shape)}`);
  }
  for (const size of shape) {
    if (!Number.isInteger(size) || size < 0) {
      throw new KullbackError(
        `${name}: wanted sizes that are non-negative integers, got ${describeShape(shape)}`,
      );
    }
  }
  if (numelOf(shape) > 2 ** 32) {
    throw new KullbackError(
      `${name}: a shape of ${describeShape(shape)} has too many elements for one array`,
    );
  }
}

/** The axis `dim` names among `ndim`, negative ones counted from the end. */
export function normalizeDim(name: string, dim: number, ndim: number): number {
  const range = Math.max(ndim, 1);
  if (!Number.isInteger(dim)) throw new KullbackError(`${name}: dim must be an integer, got ${String(dim)}`);
  if (dim < -range || dim >= range) {
    throw new KullbackError(
      `${name}: Dimension out of range (expected to be in range of [${-range}, ${range - 1}], but got ${dim})`,
    );
  }
  return dim < 0 ? dim + range : dim;
}

/** The axes that a reduction's `dims` names, in order of appearance; all of them if it is undefined or empty. */
export function normalizeDims(name: string, dims: Dims | undefined, ndim: number): number[] {
  const named = dims === undefined ? [] : namedDims(name, dims, ndim);
  return named.length === 0 ? Array.from({ length: ndim }, (_, d) => d) : named;
}

/** The axes `dims` names, in order of appearance. */
export function namedDims(name: string, dims: Dims, ndim: number): number[] {
  const list = Array.isArray(dims) ? (dims as readonly number[]) : [dims as number];
  const normal = list.map((dim) => normalizeDim(name, dim, ndim));
  normal.forEach((dim, i) => {
    if (normal.indexOf(dim) !== i) {
      throw new KullbackError(`${name}: dim ${dim} appears multiple times in the list of dims`);
    }
  });
  return ndim === 0 ? [] : normal;
}

/** The shape that both shapes broadcast to. */
export function broadcastShapes(name: string, a: Shape, b: Shape): Shape {
  if (b.length === 0 || sameShape(a, b)) return a;
  if (a.length === 0) return b;
  const ndim = Math.max(a.length, b.length);
  const out = new Array<number>(ndim);
  for (let d = ndim - 1; d >= 0; d--) {
    const sizeA = a[d - ndim + a.length] ?? 1;
    const sizeB = b[d - ndim + b.length] ?? 1;
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1) {
      throw new KullbackError(
        `${name}: shapes ${describeShape(a)} and ${describeShape(b)} do not broadcast: The size of tensor a ` +
          `(${sizeA}) must match the size of tensor b (${sizeB}) at non-singleton dimension ${d}`,
      );
    }
    out[d] = sizeA === 1 ? sizeB : sizeA;
  }
  return out;
}

/** The strides with which a view of `shape` is walked as `target`; axes it is repeated along get 0. */
export function broadcastStrides(shape: Shape, strides: readonly number[], target: Shape): number[] {
  const lead = target.length - shape.length;
  return target.map((size, d) => (d < lead || (shape[d - lead] === 1 && size !== 1) ? 0 : strides[d - lead]));
}
