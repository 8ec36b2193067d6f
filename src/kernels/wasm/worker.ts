/** What a worker is started with. */
export interface WorkerData {
  module: object;
  memory: object;
  /** Addresses of the pool's control block and of the worker's scratch memory. */
  control: number;
  scratch: number;
}

/** The 32-bit words of the control block; the numbers of a kernel's arguments start at byte ARGUMENTS. */
export const WORD = {
  nextBlock: 0,
  job: 1,
  blocks: 2,
  rows: 3,
  blockRows: 4,
  kernel: 5,
  argumentCount: 6,
  done: 7,
  ready: 8,
  failed: 9,
  firstRow: 10,
} as const;

export const ARGUMENTS = 64;
export const MOST_ARGUMENTS = 24;
export const CONTROL_BYTES = ARGUMENTS + 8 * MOST_ARGUMENTS;

/** How long a thread that has nothing to do watches out for work before it sleeps. */
export const SPIN_MILLISECONDS = 0.05;

/**
 * The program of a worker, as text, because a bundler keeps a string as it is. It waits for a job whose
 * number it has not seen, reads it, and takes blocks until none is left. `claimBlock` gives it a block only
 * while the job it has read is still the one at work.
 */
export const workerSource = `"use strict";
const work = ({ module, memory, control, scratch }) => {
  const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports;
  const names = Object.keys(kernels);
  const words = new Int32Array(memory.buffer, control, ${ARGUMENTS / 4});
  const numbers = new Float64Array(memory.buffer, control + ${ARGUMENTS}, ${MOST_ARGUMENTS});
  let seen = 0;
  Atomics.add(words, ${WORD.ready}, 1);
  for (;;) {
    const start = performance.now();
    while (Atomics.load(words, ${WORD.job}) === seen) {
      if (performance.now() - start > ${SPIN_MILLISECONDS}) Atomics.wait(words, ${WORD.job}, seen);
    }
    const job = (seen = Atomics.load(words, ${WORD.job}));
    const run = kernels[names[words[${WORD.kernel}]]];
    const args = Array.from(numbers.subarray(0, words[${WORD.argumentCount}]));
    const blocks = words[${WORD.blocks}], blockRows = words[${WORD.blockRows}];
    const firstRow = words[${WORD.firstRow}], rows = words[${WORD.rows}];
    for (let block; (block = kernels.claimBlock(control, job, blocks)) >= 0; ) {
      const first = firstRow + block * blockRows;
      try {
        run(...args, first, Math.min(first + blockRows, rows), scratch);
      } catch {
        Atomics.store(words, ${WORD.failed}, 1);
      }
      if (Atomics.add(words, ${WORD.done}, 1) + 1 === blocks) Atomics.notify(words, ${WORD.done});
    }
  }
};
const node = globalThis.process?.getBuiltinModule?.("node:worker_threads");
if (node?.workerData?.control) work(node.workerData);
else globalThis.onmessage = ({ data }) => work(data);
`;
