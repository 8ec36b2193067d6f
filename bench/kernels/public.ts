// Nanoseconds per pair of `divergence` and its backward pass as users call them, with so many threads.
// Run as `npx tsx bench/kernels/public.ts [threads]`.
import { divergence, randn, setThreads } from "../../src/index.js";

setThreads(Number(process.argv[2] ?? 1));
const shapes = [
  [4096, 10],
  [512, 1000],
  [4096, 1000],
  [256, 32000],
];
for (const shape of shapes) {
  const p = randn(shape);
  const q = randn(shape, { requiresGrad: true });
  const fixed = q.detach();
  const best = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const start = performance.now();
  for (let round = 0; round < 12 || performance.now() - start < 1500; round++) {
    const before = performance.now();
    divergence(p, fixed).item();
    const between = performance.now();
    divergence(p, q).backward();
    const after = performance.now();
    q.grad = null;
    best[0] = Math.min(best[0], between - before);
    best[1] = Math.min(best[1], after - between);
  }
  const pairs = shape[0] * shape[1];
  const [forward, both] = best.map((ms) => ((ms * 1e6) / pairs).toFixed(2));
  console.log(`${shape.join("×").padEnd(12)} forward ${forward}  forward + backward ${both}`);
}
