// Run by threads.test.ts in a process of its own, which must end by itself although its workers live.

import { allocateInArena } from "../../../src/kernels/wasm/memory.js";
import { softmax } from "../../../src/kernels/wasm/softmax.js";
import { threadPool } from "../../../src/kernels/wasm/threads.js";

const pool = threadPool()!;
const start = performance.now();
while (pool.ready < 2 && performance.now() - start < 10_000) await new Promise((done) => setTimeout(done, 5));
const x = allocateInArena("float32", 4_000_000)!;
softmax(x, 1000, x.slice());
console.log(`${pool.ready + 1} threads`);
