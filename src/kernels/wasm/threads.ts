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

import { KullbackError } from "../../errors.js";
import type { WasmKernels } from "./binary.js";
import { scratch } from "./memory.js";
import { wasm } from "./module.js";
import { availableThreads, environment, hasWorkers } from "./platform.js";
import { type Job, ThreadPool } from "./pool.js";

/** The name of an exported kernel. */
export type KernelName = keyof WasmKernels;

/**
 * Bytes of scratch memory that each thread has for itself: room for what statistics keep of a row of 262,144
 * classes. Pages that no kernel touches take no memory.
 */
export const SCRATCH_BYTES = 13 << 19;

/** Milliseconds of work from which on waking others is worth it. */
const WORTH_SHARING = 1;

/**
 * Milliseconds of work that might have been shared from which on starting workers is worth it: that takes some 30 ms of
 * a processor each, which a command on small files would feel.
 */
const WORTH_STARTING = 20;

/** More threads than this do not help: memory is the limit. */
const MOST_THREADS = 16;

/** How often workers may die before no more are started. */
const MOST_FAILURES = 3;

let possible: boolean | undefined;
let wanted: number | undefined;
let pool: ThreadPool | undefined;
let failures = 0;

/** Milliseconds of work done alone that workers would have helped with had they been there. */
let unshared = 0;

/**
 * How many threads large operations use: what {@link setThreads} said, else the environment variable
 * KULLBACK_THREADS, else as many as the machine has, at most 16; 1 where memory cannot be shared.
 */
export function threads(): number {
  possible ??= wasm().shared && hasWorkers();
  if (!possible || failures >= MOST_FAILURES) return 1;
  wanted ??= Number.parseInt(environment("KULLBACK_THREADS") ?? "", 10) || availableThreads();
  return Math.min(Math.max(wanted, 1), MOST_THREADS);
}

/** Sets how many threads large operations use. Results have the same bits for any number. */
export function setThreads(count: number): void {
  if (!Number.isInteger(count) || count < 1) {
    throw new KullbackError(`setThreads: wanted a positive whole number, got ${count}`);
  }
  if (count === wanted) return;
  wanted = count;
  unshared = 0;
  pool?.close();
  pool = undefined;
}

/** The workers, started when first asked for. @internal */
export function threadPool(): ThreadPool | undefined {
  if (pool !== undefined && !pool.usable) {
    failures++;
    pool = undefined;
  }
  const helpers = threads() - 1;
  if (pool === undefined && helpers > 0) pool = new ThreadPool(helpers, SCRATCH_BYTES);
  return pool;
}

/** Calls a row kernel for all blocks of rows. See the head of this file. */
export function parallelRows(
  kernel: KernelName,
  args: readonly number[],
  rows: number,
  blockRows: number,
): void {
  const run = wasm().kernels[kernel] as Kernel;
  const own = scratch(SCRATCH_BYTES);
  const blocks = Math.ceil(rows / blockRows);
  if (blocks === 1) {
    run(...args, 0, rows, own);
    return;
  }
  const mayShare = threads() > 1;
  // The first blocks tell how long the others will take.
  const start = performance.now();
  for (let block = 0; block < blocks; block++) {
    runBlock(run, args, rows, blockRows, own, block * blockRows);
    if (!mayShare) continue;
    const each = (performance.now() - start) / (block + 1);
    const left = each * (blocks - block - 1);
    if (left > WORTH_SHARING && hasHelpers(left, each)) {
      shareRows({ kernel, args, firstRow: (block + 1) * blockRows, rows, blockRows }, (first) =>
        runBlock(run, args, rows, blockRows, own, first),
      );
      return;
    }
  }
}

/** Whether there are workers to help with `left` milliseconds of work, or it is time to start some; else counts `done`. */
function hasHelpers(left: number, done: number): boolean {
  if (pool !== undefined || unshared + left > WORTH_STARTING) return true;
  unshared += done;
  return false;
}

type Kernel = (...args: number[]) => void;

function runBlock(
  run: Kernel,
  args: readonly number[],
  rows: number,
  blockRows: number,
  own: number,
  first: number,
): void {
  run(...args, first, Math.min(first + blockRows, rows), own);
}

/** Does a job with the pool; alone, and every block once more, if a thread is lost on the way. */
function shareRows(job: Job, run: (first: number) => void): void {
  if (threadPool()?.run(job, run)) return;
  for (let first = job.firstRow; first < job.rows; first += job.blockRows) run(first);
}
