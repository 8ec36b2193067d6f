// What one writes without a library: loops over typed arrays with the textbook formulas.
import type { Case } from "../lib/cases.js";
import { checked, readFloats } from "../lib/reference.js";
import { type Prepared, serve } from "../lib/serve.js";

/** log Σ exp of one row. */
function logSumExp(x: Float32Array, start: number, n: number): number {
  let max = -Infinity;
  for (let i = start; i < start + n; i++) if (x[i] > max) max = x[i];
  let sum = 0;
  for (let i = start; i < start + n; i++) sum += Math.exp(x[i] - max);
  return max + Math.log(sum);
}

function softmax(x: Float32Array, rows: number, n: number, out: Float32Array, log: boolean): void {
  for (let row = 0; row < rows; row++) {
    const normalizer = logSumExp(x, row * n, n);
    for (let i = row * n; i < (row + 1) * n; i++) {
      out[i] = log ? x[i] - normalizer : Math.exp(x[i] - normalizer);
    }
  }
}

/** Mean over rows of Σ p (log p − log q), with gradients where an array for them is given. */
function meanKl(
  a: Float32Array,
  b: Float32Array,
  rows: number,
  n: number,
  gradA?: Float32Array,
  gradB?: Float32Array,
): number {
  let total = 0;
  for (let row = 0; row < rows; row++) {
    const start = row * n;
    const normalizerA = logSumExp(a, start, n);
    const normalizerB = logSumExp(b, start, n);
    let kl = 0;
    for (let i = start; i < start + n; i++) {
      const logP = a[i] - normalizerA;
      const logQ = b[i] - normalizerB;
      const p = Math.exp(logP);
      kl += p * (logP - logQ);
      if (gradB) gradB[i] = (Math.exp(logQ) - p) / rows;
      if (gradA) gradA[i] = p;
    }
    if (gradA) {
      for (let i = start; i < start + n; i++) {
        gradA[i] *= (a[i] - normalizerA - (b[i] - normalizerB) - kl) / rows;
      }
    }
    total += kl;
  }
  return total / rows;
}

function meanKlOfProbs(p: Float64Array, q: Float64Array, rows: number): number {
  let total = 0;
  for (let i = 0; i < p.length; i++) total += p[i] * Math.log(p[i] / q[i]);
  return total / rows;
}

function matmul(a: Float32Array, b: Float32Array, [m, k, n]: readonly number[], out: Float32Array): void {
  out.fill(0);
  for (let i = 0; i < m; i++) {
    for (let l = 0; l < k; l++) {
      const x = a[i * k + l];
      for (let j = 0; j < n; j++) out[i * n + j] += x * b[l * n + j];
    }
  }
}

function prepare({ task, shape, inputs }: Case): Prepared {
  const [rows, n] = shape;
  if (task === "fromProbs") {
    const p = readFloats(inputs[0], "float64");
    const q = readFloats(inputs[1], "float64");
    return { run: () => void meanKlOfProbs(p, q, rows), check: () => [meanKlOfProbs(p, q, rows)] };
  }
  const a = readFloats(inputs[0], "float32");
  const b = readFloats(inputs[1], "float32");
  const computed = (out: Float32Array, run: () => void): Prepared => ({
    run,
    check() {
      run();
      return Array.from(out.subarray(0, checked));
    },
  });
  if (task === "softmax" || task === "logSoftmax") {
    const out = new Float32Array(a.length);
    return computed(out, () => softmax(a, rows, n, out, task === "logSoftmax"));
  }
  if (task === "matmul") {
    const out = new Float32Array(rows * shape[2]);
    return computed(out, () => matmul(a, b, shape, out));
  }
  const gradA = task === "backwardBoth" ? new Float32Array(a.length) : undefined;
  const gradB = task === "forward" ? undefined : new Float32Array(b.length);
  const run = () => meanKl(a, b, rows, n, gradA, gradB);
  const start = (grad: Float32Array | undefined) => Array.from(grad?.subarray(0, checked) ?? []);
  return { run: () => void run(), check: () => [run(), ...start(gradA), ...start(gradB)] };
}

await serve({ version: `JavaScript loops, Node ${process.version}`, prepare });
