// Threads where a user's program runs: Node's worker threads, or the web workers of a page that is isolated from
// other origins. (threads.test.ts has what only Node shows.)
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { divergence, logSoftmax, matmul, softmax, type Tensor, tensor } from "../../../src/index.js";
import { allocateInArena } from "../../../src/kernels/wasm/memory.js";
import { wasm } from "../../../src/kernels/wasm/module.js";
import type { ThreadPool } from "../../../src/kernels/wasm/pool.js";
import { setThreads, threadPool, threads } from "../../../src/kernels/wasm/threads.js";
import { uniform } from "./agreement.js";

const [ROWS, CLASSES] = [3000, 501];

function logits(seed: number): Tensor {
  const array = allocateInArena("float32", ROWS * CLASSES)!;
  let i = 0;
  for (const x of uniform(ROWS * CLASSES, seed)) array[i++] = 6 * x;
  return tensor(array).reshape([ROWS, CLASSES]);
}

/** A digest of an array's bytes (FNV-1a of its 32-bit words). */
function digest({ data }: Tensor): string {
  const words = new Uint32Array(Float32Array.from(data).buffer);
  let hash = 0x811c9dc5;
  for (const word of words) hash = Math.imul(hash ^ word, 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, "0");
}

/** Digests of results that are worth sharing among threads. */
function digests(): Record<string, string> {
  const p = logits(1);
  const q = logits(2);
  q.requiresGrad = true;
  const loss = divergence(p, q, { reduction: "none" });
  loss.sum().backward();
  const square = p.narrow(0, 0, 500).narrow(1, 0, 500);
  return {
    softmax: digest(softmax(p, -1)),
    logSoftmax: digest(logSoftmax(p, -1)),
    divergence: digest(loss),
    gradient: digest(q.grad!),
    js: digest(
      divergence(p.narrow(0, 0, 300), q.narrow(0, 0, 300).detach(), { measure: "js", reduction: "none" }),
    ),
    matmul: digest(matmul(square, square)),
  };
}

/** The pool, once all its workers take part. */
async function started(count: number): Promise<ThreadPool> {
  setThreads(count);
  expect(threads()).toBe(count);
  const pool = threadPool()!;
  for (let i = 0; pool.ready < pool.workers.length && i < 2000; i++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(pool.ready).toBe(count - 1);
  return pool;
}

describe("workers", () => {
  let alone: Record<string, string>;

  beforeAll(() => {
    setThreads(1);
    alone = digests();
  });

  afterAll(() => setThreads(1));

  it("share the kernels' memory", () => {
    // A page without the headers that isolate it would run all that follows on one thread.
    if ("document" in globalThis) expect(globalThis).toHaveProperty("crossOriginIsolated", true);
    expect(wasm().shared).toBe(true);
  });

  it("do blocks of a job", async () => {
    const pool = await started(3);
    const [rows, n] = [60, 1000];
    const input = allocateInArena("float32", rows * n)!;
    const out = allocateInArena("float32", rows * n)!;
    const args = [input.byteOffset, out.byteOffset, n];
    let own = 0;
    // This thread stays behind, so that the workers have the time to take the other blocks.
    const slowly = (row: number) => {
      own++;
      for (const start = performance.now(); performance.now() - start < 20; );
      wasm().kernels.softmax32(args[0], args[1], n, row, row + 1);
    };
    const job = { kernel: "softmax32", args, firstRow: 0, rows, blockRows: 1 };
    expect(pool.run(job, slowly)).toBe(true);
    expect(own).toBeLessThan(rows / 2);
    expect(out.every((x) => x === Math.fround(1 / n))).toBe(true);
  });

  it.each([2, 3])("give the bits of one thread if there are %d", async (count) => {
    await started(count);
    for (let round = 0; round < 3; round++) expect(digests()).toEqual(alone);
  });

  it("give the same bits in Node and in browsers", () => {
    expect(alone).toMatchSnapshot();
  });
});
