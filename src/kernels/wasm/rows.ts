import type { FloatArray } from "../dtype.js";
import { isResident, memoryAs, scratch } from "./memory.js";
import { type KernelName, parallelRows, SCRATCH_BYTES, threads } from "./threads.js";

type RowArray = FloatArray | Uint16Array | Uint8Array;

/** An array whose rows a kernel reads or writes. */
export interface RowOperand {
  /** Packed rows, the first at index 0; of 16-bit numbers where the kernel decodes them, of bytes for booleans. */
  readonly array: RowArray;
  /** Elements of a row. */
  readonly length: number;
  /** Whether all rows read the same `length` elements, those at index 0; default false. */
  readonly shared?: boolean;
  /** Whether the kernel writes the array and reads nothing of it; default false: it only reads it. */
  readonly output?: boolean;
}

/** What a block of rows takes of a second-level cache, all operands together. */
const BLOCK_BYTES = 128 * 1024;

/** Operands that take no more than this, all rows together, are copied at once: results of long rows are short. */
const COPIED_AT_ONCE = 256 * 1024;

/** Blocks that are copied at a time where several threads then share them. */
const SHARED_BLOCKS = 32;

/**
 * Calls a row kernel as `kernel(...pointers, ...scalars, first, last, scratch)` for blocks of rows. Operands in
 * the WebAssembly memory are worked on in place, by several threads if it is worth it; if one lies elsewhere,
 * some blocks at a time are copied through scratch memory. See threads.ts for what kernels must keep to.
 */
export function runRows(
  kernel: KernelName,
  operands: readonly RowOperand[],
  scalars: readonly number[],
  rows: number,
): void {
  if (rows === 0) return;
  let rowBytes = 0;
  let resident = true;
  for (const { array, length, shared } of operands) {
    if (shared !== true) rowBytes += length * array.BYTES_PER_ELEMENT;
    resident &&= isResident(array);
  }
  const blockRows = Math.max(1, Math.floor(BLOCK_BYTES / rowBytes));
  if (resident) {
    const pointers = operands.map(({ array }) => array.byteOffset);
    parallelRows(kernel, [...pointers, ...scalars], rows, blockRows);
  } else {
    runCopies(kernel, operands, scalars, rows, blockRows);
  }
}

function runCopies(
  kernel: KernelName,
  operands: readonly RowOperand[],
  scalars: readonly number[],
  rows: number,
  blockRows: number,
): void {
  let copied = 0;
  for (const { array, length, shared } of operands) {
    if (shared !== true && !isResident(array)) copied += rows * length * array.BYTES_PER_ELEMENT;
  }
  const alone = rows <= blockRows || threads() === 1;
  const chunkRows = copied <= COPIED_AT_ONCE ? rows : alone ? blockRows : SHARED_BLOCKS * blockRows;
  const places = placesOf(operands, Math.min(chunkRows, rows));
  operands.forEach((operand, i) => {
    if (operand.shared === true && places[i] !== 0) copyIn(operand, 0, 1, places[i]);
  });
  const args = [...places, ...scalars];
  for (let first = 0; first < rows; first += chunkRows) {
    const count = Math.min(chunkRows, rows - first);
    for (let i = 0; i < places.length; i++) {
      const operand = operands[i];
      const { array, length, shared, output } = operand;
      if (places[i] === 0) {
        args[i] = array.byteOffset + (shared === true ? 0 : first * length * array.BYTES_PER_ELEMENT);
      } else if (output !== true && shared !== true) {
        copyIn(operand, first, count, places[i]);
      }
    }
    parallelRows(kernel, args, count, blockRows);
    for (let i = 0; i < places.length; i++) {
      if (operands[i].output === true && places[i] !== 0) copyOut(operands[i], first, count, places[i]);
    }
  }
}

/** For each operand a place in scratch memory for so many rows; 0 for one that is in the memory already. */
function placesOf(operands: readonly RowOperand[], rows: number): number[] {
  const offsets: number[] = [];
  let end = SCRATCH_BYTES;
  for (const { array, length, shared } of operands) {
    const inPlace = isResident(array);
    offsets.push(inPlace ? 0 : end);
    if (!inPlace) end += roundUp((shared === true ? 1 : rows) * length * array.BYTES_PER_ELEMENT);
  }
  const own = scratch(end);
  return offsets.map((offset) => (offset === 0 ? 0 : own + offset));
}

/** A multiple of 16 with room for a kernel to read a vector behind the end. */
function roundUp(bytes: number): number {
  return (Math.ceil(bytes / 16) + 1) * 16;
}

function memoryLike(array: RowArray): RowArray {
  if (array instanceof Uint8Array) return memoryAs("uint8");
  if (array instanceof Uint16Array) return memoryAs("uint16");
  return memoryAs(array instanceof Float32Array ? "float32" : "float64");
}

function copyIn({ array, length }: RowOperand, first: number, count: number, place: number): void {
  const rows =
    count * length === array.length ? array : array.subarray(first * length, (first + count) * length);
  memoryLike(array).set(rows, place / array.BYTES_PER_ELEMENT);
}

function copyOut({ array, length }: RowOperand, first: number, count: number, place: number): void {
  const start = place / array.BYTES_PER_ELEMENT;
  array.set(memoryLike(array).subarray(start, start + count * length), first * length);
}
