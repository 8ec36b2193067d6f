// Nanoseconds per pair of elements of the row kernels of divergences, on one thread and operands in the
// kernels' memory. Run as `npx tsx bench/kernels/divergence.ts [quick]`.
import type { FloatArray, FloatDType } from "../../src/kernels/dtype.js";
import {
  divergenceRows,
  divergenceRowsBackward,
  divergenceRowsHessian,
  type RowGradients,
  rowMeasure,
} from "../../src/kernels/wasm/divergence.js";
import { allocateInArena, release } from "../../src/kernels/wasm/memory.js";
import { setThreads } from "../../src/kernels/wasm/threads.js";

const quick = process.argv.includes("quick");
/** Rows few enough to stay in the processor's caches. */
const shapes = [
  [4096, 10],
  [640, 100],
  [64, 1000],
  [2, 32000],
  [1, 128256],
] as const;

function normal(): number {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

function filled(dtype: FloatDType, length: number, next: (i: number) => number): FloatArray {
  const array = allocateInArena(dtype, length) ?? new Float64Array(0);
  if (array.length !== length) throw new Error("no room for the operands");
  for (let i = 0; i < length; i++) array[i] = next(i);
  return array;
}

/** The shortest of many rounds: short ones, so that some of them nothing else disturbs. */
function nanoseconds(run: () => void, pairs: number): number {
  const start = performance.now();
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 20 || performance.now() - start < (quick ? 200 : 1000); round++) {
    const before = process.hrtime.bigint();
    run();
    best = Math.min(best, Number(process.hrtime.bigint() - before));
  }
  return best / pairs;
}

const inputs: Record<string, [() => number, (p: number) => number]> = {
  independent: [normal, normal],
  "near by 1 %": [normal, (p) => p * (1 + 0.01 * normal())],
  "wide and near": [() => 5 * normal(), (p) => p + 0.3 * normal()],
  masked: [() => (Math.random() < 0.1 ? Number.NEGATIVE_INFINITY : normal()), (p) => p + normal()],
};

function report(label: string, cells: number[]): void {
  console.log(label.padEnd(44), cells.map((x) => x.toFixed(2).padStart(8)).join(""));
}

setThreads(1);
console.log("ns per pair".padEnd(44), shapes.map((shape) => shape.join("×").padStart(11)).join(""));
const kl = rowMeasure("kl");
for (const [name, [first, second]] of Object.entries(inputs)) {
  const cells: Record<string, number[]> = {
    forward: [],
    "with the gradient of q": [],
    "with the gradient of p": [],
    "with both gradients": [],
    "backward of q, after that": [],
  };
  for (const [rows, n] of shapes) {
    const p = filled("float32", rows * n, first);
    const q = filled("float32", rows * n, (i) => second(p[i]));
    const gradient = filled("float32", rows * n, () => 0);
    const other = filled("float32", rows * n, () => 0);
    const out = new Float64Array(rows);
    const upstream = new Float64Array(rows).fill(1 / rows);
    const options = { from: "logits" } as const;
    const forward = (slopes?: RowGradients) =>
      nanoseconds(() => divergenceRows(kl, p, q, rows, n, options, out, slopes), rows * n);
    cells.forward.push(forward());
    cells["with the gradient of q"].push(forward({ q: gradient }));
    cells["with the gradient of p"].push(forward({ p: other }));
    cells["with both gradients"].push(forward({ p: other, q: gradient }));
    const slopes = { q: gradient };
    const scale = () =>
      divergenceRowsBackward(kl, p, q, rows, n, options, upstream, undefined, other, slopes);
    cells["backward of q, after that"].push(nanoseconds(scale, rows * n));
    for (const array of [p, q, gradient, other]) release(array);
  }
  for (const [label, row] of Object.entries(cells)) report(`kl, float32, ${name}: ${label}`, row);
}

const measures = [
  ["kl"],
  ["reverse-kl"],
  ["jeffreys"],
  ["js"],
  ["tv"],
  ["hellinger"],
  ["chi2"],
  ["alpha", 1.5],
  ["alpha", 0.4],
  ["renyi", 0.5],
  ["renyi", 2],
  ["renyi", 5],
  ["renyi", Number.POSITIVE_INFINITY],
] as const;

const [rows, n] = [256, 1000];
for (const [dtype, from] of [
  ["float32", "logits"],
  ["float64", "logits"],
  ["float64", "probs"],
] as const) {
  const number = from === "logits" ? normal : () => Math.exp(normal());
  const p = filled(dtype, rows * n, number);
  const q = filled(dtype, rows * n, number);
  const [gp, gq, vp, vq] = [0, 0, 1, 1].map((size) => filled(dtype, rows * n, () => size * normal()));
  const options = { from, normalize: from === "probs" ? ("sum" as const) : undefined };
  const out = new Float64Array(rows);
  const upstream = new Float64Array(rows).fill(1);
  for (const [name, order] of measures) {
    const measure = rowMeasure(name, { order });
    const runs = [
      () => divergenceRows(measure, p, q, rows, n, options, out),
      () => divergenceRowsBackward(measure, p, q, rows, n, options, upstream, undefined, gq),
      () => divergenceRowsHessian(measure, p, q, rows, n, options, upstream, vp, vq, gp, gq, out),
    ];
    report(
      `${name}${order === undefined ? "" : ` ${order}`}, ${dtype} ${from}, 256×1000: forward, gradient of q, Hessian`,
      runs.map((run) => nanoseconds(run, rows * n)),
    );
  }
}
