// A hundred thousand arrays of the sizes that training makes, in a loop that never returns to the event loop
// and in one that does: how many lie in the WebAssembly memory, and what the process takes.
// Run: npx tsx bench/tensor/memory.ts [sync|async]

import { allocateInArena, memoryStatistics } from "../../src/kernels/wasm/memory.js";

const sizes = [784 * 256, 64 * 784, 64 * 256, 256 * 128, 64 * 10000, 5000, 8192, 64 * 10];
const mode = process.argv[2] ?? "sync";
let resident = 0;
let live: unknown[] = [];
const start = performance.now();
const report = (i: number) => {
  const { arrayBytes, memoryBytes, blocks, free } = memoryStatistics();
  const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  console.log(
    `${mode} ${i}: resident ${((100 * resident) / i).toFixed(1)} %, arrays ${mib(arrayBytes)} in ${blocks} blocks,`,
    `free ${mib(free)}, memory ${mib(memoryBytes)}, rss ${mib(process.memoryUsage.rss())},`,
    `${(((performance.now() - start) / i) * 1e3).toFixed(1)} µs each`,
  );
};
for (let i = 1; i <= 100_000; i++) {
  const n = sizes[i % sizes.length];
  const array = allocateInArena("float32", n);
  if (array !== undefined) resident++;
  live.push(array ?? new Float32Array(n));
  if (live.length > 40) live = [];
  if (mode === "async" && i % 40 === 0) await new Promise((resolve) => setImmediate(resolve));
  if (i % 20_000 === 0) report(i);
}
