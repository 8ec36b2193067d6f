// Matrix multiplication by WebAssembly; the function of ../matmul.ts, which says what it computes.

import type { FloatArray } from "../dtype.js";
import { type Matrix, matmul as reference } from "../matmul.js";
import { borrow, giveBack, isResident, memoryAs } from "./memory.js";
import { parallelRows, threads } from "./threads.js";

/** Products of fewer multiplications are not worth packing. */
const WORTH_IT = 2048;

/**
 * Rows of the result that are one task, even since rows are packed in pairs: the more, the less often panels of b come
 * from the second-level cache; the fewer, the better threads share the work. Results do not depend on it.
 */
const ROWS_ALONE = 128;
const ROWS_SHARED = 32;

/** Panels of b that one thread packs at a time. */
const BLOCK_PANELS = 4;

/** The part of an array that a matrix lies in. */
interface Extent {
  start: number;
  end: number;
}

/**
 * The product of an m×k and a k×n matrix of one floating-point dtype, written packed into `out` from
 * `outOffset` on. As in PyTorch, float32 is accumulated in float32: for numbers of random sign the error is
 * about √k units of rounding of the result's typical size. Sums run in the order of k, whatever the shapes, strides and number of threads, so a
 * product of the same rows and columns has the same bits. Small products, and other dtypes, take the
 * reference, which accumulates in float64.
 */
export function matmul(
  a: Matrix,
  b: Matrix,
  m: number,
  k: number,
  n: number,
  out: FloatArray | Int32Array | Uint8Array,
  outOffset: number,
): void {
  if (m * k * n < WORTH_IT || !isOneFloat(a.array, b.array, out)) {
    reference(a, b, m, k, n, out, outOffset);
    return;
  }
  const c: Matrix = { array: out, offset: outOffset, rowStride: n, columnStride: 1 };
  const panel = out instanceof Float32Array ? 16 : 8;
  // Tiles are 2 rows high and a panel wide: if the transposed product fills them better, compute that.
  if (fill(n, m, panel) < 0.8 * fill(m, n, panel))
    multiply(transposed(b), transposed(a), n, k, m, transposed(c));
  else multiply(a, b, m, k, n, c);
}

function isOneFloat(x: unknown, y: unknown, z: unknown): z is FloatArray {
  return [Float32Array, Float64Array].some((Type) => [x, y, z].every((array) => array instanceof Type));
}

/** How many elements the tiles of an m×n result cover. */
function fill(m: number, n: number, panel: number): number {
  return Math.ceil(m / 2) * 2 * Math.ceil(n / panel) * panel;
}

function transposed({ array, offset, rowStride, columnStride }: Matrix): Matrix {
  return { array, offset, rowStride: columnStride, columnStride: rowStride };
}

/** Packs b and multiplies, on operands brought into the WebAssembly memory. */
function multiply(a: Matrix, b: Matrix, m: number, k: number, n: number, c: Matrix): void {
  const bits = c.array instanceof Float32Array ? "32" : "64";
  const bytes = c.array.BYTES_PER_ELEMENT;
  const borrowed: number[] = [];
  const place = (size: number) => {
    const address = borrow(size);
    borrowed.push(address);
    return address;
  };
  try {
    const panels = Math.ceil((n * bytes) / 64);
    const packed = place(panels * 64 * k);
    const ofB = resident(b, k, n, place, true);
    parallelRows(`packB${bits}`, [...ofB, k, n, packed], panels, BLOCK_PANELS);
    const ofA = resident(a, m, k, place, true);
    const ofC = resident(c, m, n, place, false);
    const blockRows = threads() === 1 ? ROWS_ALONE : ROWS_SHARED;
    parallelRows(`matmul${bits}`, [...ofA, packed, ...ofC, k, n], m, blockRows);
    if (!isResident(c.array as FloatArray)) copyOut(c, m, n, ofC[0]);
  } finally {
    borrowed.forEach(giveBack);
  }
}

/** A matrix in the WebAssembly memory: its address and its steps from row to row and column to column, in bytes. */
function resident(
  matrix: Matrix,
  rows: number,
  columns: number,
  place: (bytes: number) => number,
  copy: boolean,
): [address: number, rowStep: number, columnStep: number] {
  const array = matrix.array as FloatArray;
  const bytes = array.BYTES_PER_ELEMENT;
  const steps = [matrix.rowStride * bytes, matrix.columnStride * bytes] as const;
  if (isResident(array)) return [array.byteOffset + matrix.offset * bytes, ...steps];
  const { start, end } = extent(matrix, rows, columns);
  const address = place((end - start) * bytes);
  if (copy) memoryLike(array).set(array.subarray(start, end), address / bytes);
  return [address + (matrix.offset - start) * bytes, ...steps];
}

function extent({ offset, rowStride, columnStride }: Matrix, rows: number, columns: number): Extent {
  const corners = [0, (rows - 1) * rowStride].flatMap((row) => [row, row + (columns - 1) * columnStride]);
  return { start: offset + Math.min(...corners), end: offset + Math.max(...corners) + 1 };
}

function copyOut(c: Matrix, m: number, n: number, address: number): void {
  const array = c.array as FloatArray;
  const start = address / array.BYTES_PER_ELEMENT;
  array.set(memoryLike(array).subarray(start, start + m * n), c.offset);
}

function memoryLike(array: FloatArray): FloatArray {
  return memoryAs(array instanceof Float32Array ? "float32" : "float64");
}
