// How much two threads gain, on operands in the WebAssembly memory and on ordinary arrays.
// Run: npx tsx bench/tensor/threads.ts

import { matmul } from "../../src/kernels/wasm/matmul.js";
import { allocateInArena } from "../../src/kernels/wasm/memory.js";
import { softmax } from "../../src/kernels/wasm/softmax.js";
import { setThreads, threadPool } from "../../src/kernels/wasm/threads.js";
import { nanoseconds, table } from "./measure.js";

const [rows, length] = [256, 32000];
const n = rows * length;
const x = allocateInArena("float32", n)!;
const out = allocateInArena("float32", n)!;
for (let i = 0; i < n; i++) x[i] = Math.sin(i) * 5;
const [px, pout] = [Float32Array.from(x), new Float32Array(n)];
const square = { array: x, offset: 0, rowStride: 512, columnStride: 1 };

for (const count of [1, 2]) {
  setThreads(count);
  const pool = threadPool();
  while (pool !== undefined && pool.ready < count - 1) await new Promise((done) => setTimeout(done, 5));
  table(`${count} threads`, {
    "softmax, ns": nanoseconds(n, () => softmax(x, length, out), 3000),
    "copied softmax, ns": nanoseconds(n, () => softmax(px, length, pout), 3000),
    "softmax of 1 MiB, ns": nanoseconds(2 ** 18, () => softmax(x.subarray(0, 2 ** 18), 1024, out), 1000),
    "matmul 512³, GFLOP/s":
      1 / nanoseconds(2 * 512 ** 3, () => matmul(square, square, 512, 512, 512, out, 0), 3000),
  });
}
