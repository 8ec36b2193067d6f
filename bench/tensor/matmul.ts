// GFLOP/s of matrix products, one thread, minimum of many rounds.
// Run: npx tsx bench/tensor/matmul.ts

import { matmul as reference } from "../../src/kernels/matmul.js";
import { matmul } from "../../src/kernels/wasm/matmul.js";
import { allocateInArena } from "../../src/kernels/wasm/memory.js";
import { setThreads } from "../../src/kernels/wasm/threads.js";
import { nanoseconds, table } from "./measure.js";

setThreads(1);

const shapes = [
  [512, 512, 512],
  [64, 784, 256],
  [1024, 1024, 1024],
  [64, 256, 10],
  [784, 64, 256],
  [8, 8, 8],
  [16, 16, 16],
  [32, 32, 32],
  [1, 784, 256],
];

for (const dtype of ["float32", "float64"] as const) {
  for (const [m, k, n] of shapes) {
    const Plain = dtype === "float32" ? Float32Array : Float64Array;
    const make = (count: number) => allocateInArena(dtype, count) ?? new Plain(count);
    const [a, b, c] = [make(m * k), make(k * n), make(m * n)];
    for (let i = 0; i < a.length; i++) a[i] = Math.sin(i);
    for (let i = 0; i < b.length; i++) b[i] = Math.cos(i);
    const [pa, pb, pc] = [new Plain(a), new Plain(b), new Plain(c)];
    const packed = (array: Float32Array | Float64Array, columnStride: number, rowStride: number) => ({
      array,
      offset: 0,
      rowStride,
      columnStride,
    });
    const flops = 2 * m * k * n;
    const speed = (run: () => void) => 1 / nanoseconds(flops, run, 300);
    table(`${dtype} ${m}×${k}×${n}`, {
      a·b: speed(() => matmul(packed(a, 1, k), packed(b, 1, n), m, k, n, c, 0)),
      aᵀ·b: speed(() => matmul(packed(a, m, 1), packed(b, 1, n), m, k, n, c, 0)),
      a·bᵀ: speed(() => matmul(packed(a, 1, k), packed(b, k, 1), m, k, n, c, 0)),
      copied: speed(() => matmul(packed(pa, 1, k), packed(pb, 1, n), m, k, n, pc, 0)),
      reference: speed(() => reference(packed(pa, 1, k), packed(pb, 1, n), m, k, n, pc, 0)),
    });
  }
}
