// Nanoseconds per element of the softmax kernels, resident and copied, one thread, minimum of many rounds.
// Run: npx tsx bench/tensor/softmax.ts

import * as reference from "../../src/kernels/softmax.js";
import { allocateInArena } from "../../src/kernels/wasm/memory.js";
import * as kernels from "../../src/kernels/wasm/softmax.js";
import { setThreads } from "../../src/kernels/wasm/threads.js";
import { nanoseconds, table } from "./measure.js";

setThreads(1);

const shapes = [
  [4096, 10],
  [4096, 1000],
  [256, 32000],
  [64, 128256],
];

for (const dtype of ["float32", "float64"] as const) {
  for (const [rows, length] of shapes) {
    const n = rows * length;
    const Plain = dtype === "float32" ? Float32Array : Float64Array;
    const resident = () => allocateInArena(dtype, n)!;
    const [x, g, out] = [resident(), resident(), resident()];
    const [px, pout] = [new Plain(n), new Plain(n)];
    for (let i = 0; i < n; i++) x[i] = px[i] = Math.sin(i) * 5;
    g.set(x);
    const y = resident();
    kernels.softmax(x, length, y);
    table(`${dtype} ${rows}×${length}`, {
      softmax: nanoseconds(n, () => kernels.softmax(x, length, out)),
      "copied softmax": nanoseconds(n, () => kernels.softmax(px, length, pout)),
      logSoftmax: nanoseconds(n, () => kernels.logSoftmax(x, length, out)),
      softmaxBackward: nanoseconds(n, () => kernels.softmaxBackward(y, g, length, out)),
      logSoftmaxBackward: nanoseconds(n, () => kernels.logSoftmaxBackward(y, g, length, out)),
      "reference softmax": nanoseconds(n, () => reference.softmax(px, length, pout)),
    });
  }
}
