// Nanoseconds per pair of elements of the row kernels of divergences, on one thread and operands in the
// kernels' memory. Run as `npx tsx bench/kernels/divergence.ts [quick]`.
import type { FloatArray, FloatDType } from "../../src/kernels/dtype.js";
import {
  divergenceRows,
  divergenceRowsBackward,
  type RowGradients,
  rowMeasure,
} from "../../src/kernels/wasm/divergence.js";
import { allocateInArena, release } from "../../src/kernels/wasm/memory.js";
import { setThreads } from "../../src/kernels/wasm/threads.js";

const quick = process.argv.includes("quick");
const shapes = [
  [4096, 10],
  [4096, 1000],
  [256, 32000],
  [64, 128256],
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

/** The shortest of many rounds. */
function nanoseconds(run: () => void, pairs: number): number {
  const rounds = Math.max(5, Math.min(300, Math.floor((quick ? 5e6 : 3e7) / pairs)));
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds + 12; round++) {
    const start = process.hrtime.bigint();
    run();
    best = Math.min(best, Number(process.hrtime.bigint() - start));
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

const [rows, n] = [256, 1000];
for (const dtype of ["float32", "float64"] as const) {
  const p = filled(dtype, rows * n, normal);
  const q = filled(dtype, rows * n, normal);
  const gradient = filled(dtype, rows * n, () => 0);
  for (const name of ["kl", "reverse-kl", "jeffreys", "js", "tv", "hellinger", "chi2"] as const) {
    const measure = rowMeasure(name);
    const options = { from: "logits" } as const;
    const out = new Float64Array(rows);
    const upstream = new Float64Array(rows).fill(1);
    const forward = nanoseconds(() => divergenceRows(measure, p, q, rows, n, options, out), rows * n);
    const both = nanoseconds(
      () => divergenceRowsBackward(measure, p, q, rows, n, options, upstream, undefined, gradient),
      rows * n,
    );
    report(`${name}, ${dtype}, 256×1000: forward, gradient of q`, [forward, both]);
  }
}
