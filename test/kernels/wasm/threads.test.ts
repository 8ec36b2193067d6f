import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { FloatArray } from "../../../src/kernels/dtype.js";
import { matmul } from "../../../src/kernels/wasm/matmul.js";
import { allocateInArena, memoryStatistics, release } from "../../../src/kernels/wasm/memory.js";
import { wasm } from "../../../src/kernels/wasm/module.js";
import { softmax } from "../../../src/kernels/wasm/softmax.js";
import { parallelRows, setThreads, threadPool, threads } from "../../../src/kernels/wasm/threads.js";
import { uniform } from "./agreement.js";

const ROWS = 600;
const LENGTH = 1501;

const input = allocateInArena("float32", ROWS * LENGTH)!;
input.set(Array.from(uniform(ROWS * LENGTH)));

/** The pool, once all its workers take part. */
async function started() {
  const pool = threadPool()!;
  for (let i = 0; pool.ready < pool.workers.length && i < 2000; i++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(pool.ready).toBe(pool.workers.length);
  return pool;
}

/** Softmax of the input, in shared memory; how many of its blocks other threads did is left to chance. */
function result(): Float32Array {
  const out = allocateInArena("float32", ROWS * LENGTH)!;
  softmax(input, LENGTH, out);
  const copy = Float32Array.from(out);
  release(out);
  return copy;
}

function expectSameBits(actual: FloatArray, expected: FloatArray): void {
  const bytes = ({ buffer, byteOffset, byteLength }: FloatArray) =>
    Buffer.from(buffer, byteOffset, byteLength);
  expect(bytes(actual).equals(bytes(expected))).toBe(true);
}

setThreads(1);
const wanted = result();

afterEach(() => setThreads(1));

describe("threads", () => {
  it.each([1, 2, 3, 7])("give the same bits if there are %d", async (count) => {
    setThreads(count);
    expect(threads()).toBe(count);
    if (count > 1) await started();
    for (let round = 0; round < 10; round++) expectSameBits(result(), wanted);
  });

  it("are started only when the work to share adds up to what starting them costs", () => {
    setThreads(3);
    const blocks = () => memoryStatistics().blocks;
    const out = allocateInArena("float32", ROWS * LENGTH)!;
    const args = [input.byteOffset, out.byteOffset, LENGTH];
    const before = blocks();
    let time = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => time++);
    // A millisecond a block, and five blocks that others could help with.
    const run = () => parallelRows("softmax32", args, 6, 1);
    for (let i = 0; i < 4; i++) run();
    const after = blocks();
    run();
    clock.mockRestore();
    release(out);
    expect(after).toBe(before);
    expect(blocks()).toBeGreaterThan(before);
  });

  it("give the same bits to operands outside of the shared memory", async () => {
    setThreads(3);
    await started();
    const out = new Float32Array(ROWS * LENGTH);
    softmax(Float32Array.from(input), LENGTH, out);
    expectSameBits(out, wanted);
  });

  it("give the same bits to matrix products", async () => {
    const product = () => {
      const [m, k, n] = [300, 400, 300];
      const out = new Float32Array(m * n);
      const a = { array: input, offset: 0, rowStride: k, columnStride: 1 };
      matmul(a, { ...a, offset: 7, rowStride: 1, columnStride: k }, m, k, n, out, 0);
      return out;
    };
    const alone = product();
    setThreads(3);
    await started();
    for (let round = 0; round < 5; round++) expectSameBits(product(), alone);
  });

  it("take part before they have all started, and after a pause", async () => {
    setThreads(4);
    expectSameBits(result(), wanted);
    await started();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expectSameBits(result(), wanted);
  });

  it("do share the work, from the row where it begins", async () => {
    setThreads(3);
    const pool = await started();
    const out = allocateInArena("float32", ROWS * LENGTH)!;
    let own = 0;
    const args = [input.byteOffset, out.byteOffset, LENGTH];
    // This thread stays behind, so that the helpers have the time to take the other blocks.
    const slowly = (row: number) => {
      own++;
      for (const start = performance.now(); performance.now() - start < 20; );
      wasm().kernels.softmax32(args[0], args[1], LENGTH, row, row + 1);
    };
    const job = { kernel: "softmax32", args, firstRow: 3, rows: ROWS, blockRows: 1 };
    out.fill(-1);
    expect(pool.run(job, slowly)).toBe(true);
    expect(own).toBeLessThan(ROWS / 2);
    expect(out.subarray(0, 3 * LENGTH).every((x) => x === -1)).toBe(true);
    wasm().kernels.softmax32(args[0], args[1], LENGTH, 0, 3);
    expectSameBits(out, wanted);
  });

  it("survive one that was ended", async () => {
    setThreads(3);
    const pool = await started();
    pool.workers[0].terminate();
    expectSameBits(result(), wanted);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(pool.usable).toBe(false);
    expectSameBits(result(), wanted);
    expect(threadPool()).not.toBe(pool);
    await started();
    expectSameBits(result(), wanted);
  });

  it("survive one that dies over a block", async () => {
    setThreads(2);
    const pool = await started();
    const out = allocateInArena("float32", ROWS * LENGTH)!;
    const job = {
      kernel: "softmax32",
      args: [input.byteOffset, out.byteOffset, LENGTH],
      firstRow: 0,
      rows: ROWS,
      blockRows: 100,
    };
    const { claimBlock, softmax32 } = wasm().kernels;
    let taken = false;
    // A block is claimed and never done, as by a thread that is no more.
    const run = (first: number) => {
      if (!taken) claimBlock(pool.control, 1, 6);
      taken = true;
      softmax32(job.args[0], job.args[1], LENGTH, first, first + 100);
    };
    expect(pool.run(job, run)).toBe(false);
    expect(pool.usable).toBe(false);
    expectSameBits(result(), wanted);
  });

  it("report what a kernel throws", async () => {
    setThreads(2);
    await started();
    expect(() => parallelRows("softmax32", [2 ** 31 - 8, 2 ** 31 - 8, 100_000], 4000, 1)).toThrow();
    expectSameBits(result(), wanted);
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("cannot be %d", (count) => {
    expect(() => setThreads(count)).toThrow(`setThreads: wanted a positive whole number, got ${count}`);
  });
});

describe("a process", () => {
  it("ends by itself while its helpers live, as many as KULLBACK_THREADS says", async () => {
    const program = fileURLToPath(new URL("exitAlone.ts", import.meta.url));
    const env = { ...process.env, KULLBACK_THREADS: "3" };
    const options = { env, timeout: 30_000 };
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ["--import", "tsx", program],
      options,
    );
    expect(stdout).toBe("3 threads\n");
    expect(stderr).toBe("");
  });
});
