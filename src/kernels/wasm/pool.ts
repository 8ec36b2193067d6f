import { borrow, giveBack } from "./memory.js";
import { wasm } from "./module.js";
import { type PlatformWorker, startWorker } from "./platform.js";
import {
  ARGUMENTS,
  CONTROL_BYTES,
  SPIN_MILLISECONDS,
  WORD,
  type WorkerData,
  workerSource,
} from "./worker.js";

/** A worker that has not finished a block of about a millisecond in this time is dead. */
const PATIENCE = 2000;

/** A job: a kernel, its arguments, and the rows it is to be called for, block by block. */
export interface Job {
  readonly kernel: string;
  readonly args: readonly number[];
  readonly firstRow: number;
  /** The row behind the last one. */
  readonly rows: number;
  readonly blockRows: number;
}

/**
 * Workers that help this thread with its jobs. They are started at once, but take part as soon as they are
 * ready; nobody waits for them. None of them keeps the process alive.
 */
export class ThreadPool {
  /** The address of the control block; see worker.ts. */
  readonly control: number;
  readonly workers: readonly PlatformWorker[];
  private readonly words: Int32Array;
  private readonly numbers: Float64Array;
  private readonly names: string[];
  private job = 0;
  private alive = true;

  /** A pool of `helpers` workers, each with `scratchBytes` of memory of its own. */
  constructor(helpers: number, scratchBytes: number) {
    const { module, memory, kernels } = wasm();
    this.control = borrow(CONTROL_BYTES);
    this.words = new Int32Array(memory.buffer, this.control, ARGUMENTS / 4).fill(0);
    this.numbers = new Float64Array(memory.buffer, this.control + ARGUMENTS);
    this.names = Object.keys(kernels);
    this.workers = Array.from({ length: helpers }, () => {
      const scratch = borrow(scratchBytes);
      const data: WorkerData = { module, memory, control: this.control, scratch };
      return startWorker(workerSource, data, () => {
        this.close();
        giveBack(scratch);
      });
    });
  }

  /** Whether all workers are alive, as far as is known. */
  get usable(): boolean {
    return this.alive;
  }

  /** How many workers have started so far. */
  get ready(): number {
    return Atomics.load(this.words, WORD.ready);
  }

  /**
   * Does a job together with the workers; `run` does, on this thread, the block that starts at a row. False if a
   * worker died or failed on the way: then nothing is known of any block, and the pool is closed.
   */
  run({ kernel, args, firstRow, rows, blockRows }: Job, run: (first: number) => void): boolean {
    const { words, control } = this;
    const { claimBlock, openJob } = wasm().kernels;
    const blocks = Math.ceil((rows - firstRow) / blockRows);
    words[WORD.kernel] = this.names.indexOf(kernel);
    words[WORD.argumentCount] = args.length;
    words[WORD.blocks] = blocks;
    words[WORD.firstRow] = firstRow;
    words[WORD.rows] = rows;
    words[WORD.blockRows] = blockRows;
    words[WORD.done] = 0;
    this.numbers.set(args);
    this.job = (this.job + 1) | 0;
    openJob(control, this.job);
    Atomics.notify(words, WORD.job);
    for (let block = claimBlock(control, this.job, blocks); block >= 0; ) {
      run(firstRow + block * blockRows);
      Atomics.add(words, WORD.done, 1);
      block = claimBlock(control, this.job, blocks);
    }
    const complete = this.awaitDone(blocks) && Atomics.load(words, WORD.failed) === 0;
    if (!complete) this.close();
    return complete;
  }

  /** Ends the workers. */
  close(): void {
    if (!this.alive) return;
    this.alive = false;
    for (const worker of this.workers) worker.terminate();
  }

  /** Waits for the last blocks; false if they do not come. Where waiting is not allowed it watches. */
  private awaitDone(blocks: number): boolean {
    const { words } = this;
    const start = performance.now();
    for (;;) {
      const done = Atomics.load(words, WORD.done);
      if (done === blocks) return true;
      const passed = performance.now() - start;
      if (passed > PATIENCE) return false;
      if (passed > SPIN_MILLISECONDS && mayWait(words)) Atomics.wait(words, WORD.done, done, PATIENCE);
    }
  }
}

let waitingAllowed: boolean | undefined;

/** Whether this thread may wait: a page's main thread may not. */
function mayWait(words: Int32Array): boolean {
  if (waitingAllowed === undefined) {
    try {
      Atomics.wait(words, WORD.done, -1, 0);
      waitingAllowed = true;
    } catch {
      waitingAllowed = false;
    }
  }
  return waitingAllowed;
}
