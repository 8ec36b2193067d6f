// Work on rows, split into blocks that threads share.
//
// For whoever writes a row kernel:
//
//   parallelRows(kernel, args, rows, blockRows)
//
// calls the export `kernel` as `kernel(...args, first, last, scratch)` for the blocks of rows
// [0, blockRows), [blockRows, 2·blockRows), … up to `rows`, on as many threads as there are. `args` are
// numbers: pointers to whole operands in the shared memory, lengths, scalars (at most 24; 64-bit integers
// are not among them). The kernel does rows `first` to `last` − 1 and finds row r of an operand at
// pointer + r · bytes per row. `scratch` points to `SCRATCH_BYTES` of memory that only this thread uses;
// what a kernel leaves there is lost. A kernel without use for it leaves the parameter out. Rows must not depend
// on each other, and a block may be computed twice (when a thread died), so no row may be written over
// what it was computed from. The result of a row must not depend on `first` and `last`: that is what makes
// the bits the same for any number of threads.
//
// Operands that may lie outside the memory go through `runRows` of rows.ts, which ends here.

import type { WasmKernels } from "./binary.js";
import { scratch } from "./memory.js";
import { wasm } from "./module.js";

/** The name of an exported kernel. */
export type KernelName = keyof WasmKernels;

/** Bytes of scratch memory that each thread has for itself. */
export const SCRATCH_BYTES = 1 << 18;

/** Calls a row kernel for all blocks of rows. See the head of this file. */
export function parallelRows(
  kernel: KernelName,
  args: readonly number[],
  rows: number,
  blockRows: number,
): void {
  const run = wasm().kernels[kernel] as (...args: number[]) => void;
  const own = scratch(SCRATCH_BYTES);
  for (let first = 0; first < rows; first += blockRows) {
    run(...args, first, Math.min(first + blockRows, rows), own);
  }
}
