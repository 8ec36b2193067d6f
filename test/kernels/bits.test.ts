import { describe, expect, it } from "vitest";
import {
  divergenceRows,
  divergenceRowsBackward,
  divergenceRowsHessian,
  elementwise,
  type FloatArray,
  logSoftmaxRows,
  matmul,
  rowMeasure,
  setBackend,
  softmaxRows,
} from "../../src/kernels/index.js";

// WebAssembly arithmetic is the same everywhere, so these digests of results hold on every machine, in every
// version of Node and in every browser that runs this test.
setBackend("wasm");

/** Numbers in [−4, 4) from a linear congruential generator, the same everywhere. */
function numbers(length: number, seed: number, Type: typeof Float32Array | typeof Float64Array): FloatArray {
  const out = new Type(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    out[i] = state / 2 ** 29 - 4;
  }
  return out;
}

/** FNV-1a of the bytes. */
function digest(x: FloatArray): string {
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(x.buffer, x.byteOffset, x.byteLength)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash.toString(16).padStart(8, "0");
}

function digests(Type: typeof Float32Array | typeof Float64Array): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [rows, n] of [
    [40, 10],
    [7, 1000],
  ]) {
    const p = numbers(rows * n, 1, Type);
    const q = numbers(rows * n, 2, Type);
    const out = new Type(rows * n);
    softmaxRows(p, n, out);
    found[`softmax ${n}`] = digest(out);
    logSoftmaxRows(p, n, out);
    found[`logSoftmax ${n}`] = digest(out);
    for (const name of ["exp", "expm1", "tanh", "sigmoid"] as const) {
      elementwise.mapUnary(name, [rows * n], { array: p, offset: 0, strides: [1] }, out);
      found[`${name} ${n}`] = digest(out);
    }
    for (const name of ["kl", "js", "tv", "hellinger", "chi2"] as const) {
      const values = new Float64Array(rows);
      divergenceRows(rowMeasure(name), p, q, rows, n, { from: "logits" }, values);
      found[`${name} ${n}`] = digest(values);
      const gradient = new Type(rows * n);
      const upstream = new Float64Array(rows).fill(1);
      divergenceRowsBackward(
        rowMeasure(name),
        p,
        q,
        rows,
        n,
        { from: "logits" },
        upstream,
        undefined,
        gradient,
      );
      found[`${name} gradient ${n}`] = digest(gradient);
    }
  }
  for (const [name, order] of [
    ["alpha", 1.5],
    ["alpha", 0.3],
    ["renyi", 0.5],
    ["renyi", 5],
    ["renyi", Number.POSITIVE_INFINITY],
  ] as const) {
    const [rows, n] = [7, 1000];
    const p = numbers(rows * n, 1, Type);
    const q = numbers(rows * n, 2, Type);
    const measure = rowMeasure(name, { order });
    const label = `${name} ${order}`;
    const values = new Float64Array(rows);
    divergenceRows(measure, p, q, rows, n, { from: "logits" }, values);
    found[label] = digest(values);
    const upstream = new Float64Array(rows).fill(1);
    const [gp, gq] = [new Type(rows * n), new Type(rows * n)];
    divergenceRowsBackward(measure, p, q, rows, n, { from: "logits" }, upstream, gp, gq);
    found[`${label} gradients`] = digest(gp) + digest(gq);
    const logits = { from: "logits" } as const;
    divergenceRowsHessian(measure, p, q, rows, n, logits, upstream, q, p, gp, gq, values);
    found[`${label} Hessian`] = digest(gp) + digest(gq) + digest(values);
    const probs = { from: "probs", normalize: "sum" } as const;
    const [positiveP, positiveQ] = [p, q].map((x) => x.map(Math.abs));
    divergenceRowsBackward(measure, positiveP, positiveQ, rows, n, probs, upstream, gp, gq);
    found[`${label} gradients by probabilities`] = digest(gp) + digest(gq);
  }
  const a = numbers(48 * 64, 3, Type);
  const product = new Type(48 * 48);
  const left = { array: a, offset: 0, rowStride: 64, columnStride: 1 };
  const right = { array: a, offset: 0, rowStride: 1, columnStride: 64 };
  matmul(left, right, 48, 64, 48, product, 0);
  found.matmul = digest(product);
  return found;
}

describe("the bits of the WebAssembly kernels", () => {
  it.each([Float32Array, Float64Array])("are the same everywhere for %o", (Type) => {
    expect(digests(Type)).toMatchSnapshot(Type.name);
  });
});
