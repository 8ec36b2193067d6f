// Divergences have the same bits on any number of threads.
import { afterAll, expect, it } from "vitest";
import type { FloatArray, FloatDType } from "../../../src/kernels/dtype.js";
import * as kernels from "../../../src/kernels/wasm/divergence.js";
import { allocateInArena } from "../../../src/kernels/wasm/memory.js";
import { setThreads, threadPool } from "../../../src/kernels/wasm/threads.js";
import { uniform } from "./agreement.js";

const [ROWS, CLASSES] = [400, 301];

function filled(dtype: FloatDType, seed: number, f: (x: number) => number): FloatArray {
  const array = allocateInArena(dtype, ROWS * CLASSES)!;
  let i = 0;
  for (const x of uniform(array.length, seed)) array[i++] = f(x);
  return array;
}

const measures = [
  ["alpha", 1.5],
  ["renyi", 0.5],
  ["renyi", 20],
  ["renyi", Number.POSITIVE_INFINITY],
] as const;

/** The bytes of values, gradients and Hessian-vector products, of logits and of probabilities. */
function results(dtype: FloatDType): Uint8Array[] {
  const found: FloatArray[] = [];
  for (const from of ["logits", "probs"] as const) {
    const number = from === "logits" ? (x: number) => 6 * x : Math.abs;
    const [p, q] = [filled(dtype, 1, number), filled(dtype, 2, number)];
    const options = { from, normalize: from === "probs" ? ("sum" as const) : undefined };
    const upstream = new Float64Array(ROWS).fill(0.7);
    for (const [name, order] of measures) {
      const measure = kernels.rowMeasure(name, { order });
      const outputs = Array.from({ length: 4 }, () => filled(dtype, 1, () => 0));
      const [gp, gq, hp, hq] = outputs;
      const rows = Array.from({ length: 2 }, () => filled("float64", 1, () => 0).subarray(0, ROWS));
      const [values, along] = rows as Float64Array[];
      kernels.divergenceRows(measure, p, q, ROWS, CLASSES, options, values);
      kernels.divergenceRowsBackward(measure, p, q, ROWS, CLASSES, options, upstream, gp, gq);
      kernels.divergenceRowsHessian(measure, p, q, ROWS, CLASSES, options, upstream, q, p, hp, hq, along);
      found.push(...outputs, ...rows);
    }
  }
  return found.map((x) => new Uint8Array(x.slice().buffer));
}

afterAll(() => setThreads(1));

it.each(["float32", "float64"] as const)(
  "%s rows give the same bits on 1, 2, 3 and 7 threads",
  async (dtype) => {
    setThreads(1);
    const alone = results(dtype);
    for (const count of [2, 3, 7]) {
      setThreads(count);
      const pool = threadPool()!;
      for (let i = 0; pool.ready < pool.workers.length && i < 2000; i++) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      expect(pool.ready).toBe(count - 1);
      const shared = results(dtype);
      for (const [i, bytes] of shared.entries()) {
        expect(
          bytes.every((byte, at) => byte === alone[i][at]),
          `result ${i} on ${count} threads`,
        ).toBe(true);
      }
    }
  },
);
