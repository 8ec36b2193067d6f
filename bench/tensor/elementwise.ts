// Nanoseconds per element of elementwise operations and sums: resident, copied, and the reference.
// Run: npx tsx bench/tensor/elementwise.ts

import * as reference from "../../src/kernels/elementwise.js";
import * as reductions from "../../src/kernels/reduce.js";
import * as kernels from "../../src/kernels/wasm/elementwise.js";
import { allocateInArena } from "../../src/kernels/wasm/memory.js";
import { sumRows } from "../../src/kernels/wasm/reduce.js";
import { nanoseconds, table } from "./measure.js";

const n = 2 ** 18;
for (const dtype of ["float32", "float64"] as const) {
  const Plain = dtype === "float32" ? Float32Array : Float64Array;
  const [x, out] = [allocateInArena(dtype, n)!, allocateInArena(dtype, n)!];
  for (let i = 0; i < n; i++) x[i] = Math.abs(Math.sin(i)) * 5;
  const [px, pout] = [new Plain(x), new Plain(n)];
  const view = (array: Float32Array | Float64Array) => ({ array, offset: 0, strides: [1] });
  for (const name of ["neg", "sqrt", "exp", "expm1", "log", "log1p", "sigmoid", "tanh"] as const) {
    table(`${dtype} ${name}`, {
      resident: nanoseconds(n, () => kernels.mapUnary(name, [n], view(x), out), 200),
      copied: nanoseconds(n, () => kernels.mapUnary(name, [n], view(px), pout), 200),
      reference: nanoseconds(n, () => reference.mapUnary(name, [n], view(px), pout), 200),
    });
  }
  for (const name of ["add", "div", "maximum"] as const) {
    table(`${dtype} ${name}`, {
      resident: nanoseconds(n, () => kernels.mapBinary(name, [n], view(x), view(x), out), 200),
      copied: nanoseconds(n, () => kernels.mapBinary(name, [n], view(px), view(px), pout), 200),
      reference: nanoseconds(n, () => reference.mapBinary(name, [n], view(px), view(px), pout), 200),
    });
  }
  const [sums, psums] = [new Plain(256), new Plain(256)];
  table(`${dtype} sum`, {
    resident: nanoseconds(n, () => sumRows(x, n / 256, 1, sums), 200),
    copied: nanoseconds(n, () => sumRows(px, n / 256, 1, psums), 200),
    reference: nanoseconds(n, () => reductions.reduceRows(reductions.sum, px, n / 256, psums), 200),
  });
}
for (const size of [10, 64, 512, 4096]) {
  const [x, out] = [new Float32Array(size).fill(0.5), new Float32Array(size)];
  const view = { array: x, offset: 0, strides: [1] };
  const perCall = (run: () => void) => {
    const many = () => {
      for (let i = 0; i < 1000; i++) run();
    };
    return nanoseconds(1000, many, 300);
  };
  table(`a call on ${size}, ns`, {
    exp: perCall(() => kernels.mapUnary("exp", [size], view, out)),
    "reference exp": perCall(() => reference.mapUnary("exp", [size], view, out)),
    "add (if it pays)": perCall(() => kernels.mapBinary("add", [size], view, view, out)),
    "reference add": perCall(() => reference.mapBinary("add", [size], view, view, out)),
  });
}
