import { expect, it } from "vitest";
import type { RowOptions } from "../../../src/kernels/divergence/index.js";
import * as reference from "../../../src/kernels/divergence/index.js";
import * as kernels from "../../../src/kernels/wasm/divergence.js";
import { arrayOf, normal } from "./divergence-inputs.js";

const numbers = normal(2024);
const next = () => numbers.next().value as number;
const one = <T>(choices: readonly T[]) => choices[Math.floor(Math.abs(next()) * 1e6) % choices.length];

/** A row pair of any kind: near or far, masked or not, as logits or as probabilities of any sum. */
function drawPair() {
  const dtype = one(["float32", "float64"] as const);
  const n = one([1, 2, 3, 8, 33]);
  const [scale, noise] = [one([0.1, 1, 5, 50]), one([10, 1, 1e-3, 1e-6, 1e-9])];
  const masked = one([false, false, true]);
  const first = Array.from({ length: n }, (_, i) =>
    masked && i > 0 && next() > 1 ? -Infinity : scale * next(),
  );
  const second = first.map((x, i) => (masked && i > 0 && next() > 1 ? -Infinity : x + noise * next()));
  if (!second.some(Number.isFinite)) second[0] = 0;
  const temperature = one([1, 1, 0.5, 3]);
  const logits: RowOptions = { from: "logits", temperature };
  const probs: RowOptions = { from: "probs", normalize: "sum" };
  const options = one([logits, probs]);
  const as = (row: number[]) => {
    const max = Math.max(...row);
    return arrayOf(dtype, options.from === "probs" ? row.map((x) => 3 * Math.exp(x - max)) : row);
  };
  return { p: as(first), q: as(second), n, options };
}

it("power and Rényi divergences of any order are the reference's, and so are their gradients", () => {
  for (let i = 0; i < 6000; i++) {
    const { p, q, n, options } = drawPair();
    const name = one(["alpha", "renyi"] as const);
    const any = one([0, 0.3, 1, 1, 1e-6, 1]) + one([0, 1e-6, 0.1, 1, 5]) * next();
    const order = name === "alpha" ? any : Math.abs(any);
    const label = `${i}: ${name} of order ${order}, ${JSON.stringify(options)}, n = ${n}`;
    const results = [kernels, reference].map(({ rowMeasure, divergenceRows, divergenceRowsBackward }) => {
      const measure = rowMeasure(name, { order });
      const value = new Float64Array(1);
      divergenceRows(measure, p, q, 1, n, options, value);
      const [gp, gq] = [new Float64Array(n), new Float64Array(n)];
      divergenceRowsBackward(measure, p, q, 1, n, options, Float64Array.of(1), gp, gq);
      return { value: value[0], gp, gq };
    });
    const [got, wanted] = results;
    // KL of float32 logits is computed in float32.
    const tolerance = order === 1 && p instanceof Float32Array ? 2e-6 : 1e-12;
    expect(got.value, label).toBeGreaterThanOrEqual(0);
    if (got.value !== wanted.value) {
      expect(Math.abs(got.value - wanted.value), label).toBeLessThanOrEqual(
        tolerance * wanted.value + 1e-150,
      );
    }
    for (const side of ["gp", "gq"] as const) {
      // By probabilities, in units of P.
      const inputs = side === "gp" ? p : q;
      const weigh = (x: number, k: number) => (options.from === "probs" && inputs[k] > 0 ? x * inputs[k] : x);
      const [a, b] = [got[side].map(weigh), wanted[side].map(weigh)];
      const norm = Math.max(...b.map(Math.abs).filter(Number.isFinite), 0);
      const floor = 1e-15 * (Number.isFinite(wanted.value) ? 1 + wanted.value : 1);
      for (let k = 0; k < n; k++) {
        if (a[k] === b[k] || (Number.isNaN(a[k]) && Number.isNaN(b[k]))) continue;
        expect(Math.abs(a[k] - b[k]), `${label}, ${side} ${k}`).toBeLessThanOrEqual(tolerance * norm + floor);
      }
    }
  }
});
