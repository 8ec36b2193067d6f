// The row kernel of `kullback compare` alone, on rows that lie in its memory:
//
//     row-statistics.ts float32|float16|_logits_|decoded THREADS CLASSES
//
// `decoded` has the rows of `_logits_` as float64 numbers, which take an exponential each; its bytes are counted as
// those of the codes. Prints JSON: bytes of input a second, at best, and seconds of processors a byte, on average.

import {
  allocateUnset,
  codedRowWords,
  type FloatArray,
  newRowStatistics,
  rowMeasure,
  rowStatistics,
  type StatisticsInput,
  setThreads,
} from "../../src/kernels/index.js";
import { codesOf, float16Of, someLogits } from "../lib/make-rows.js";

const [kind, threads, classes] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
setThreads(threads);
const rows = Math.max(8, Math.round(2 ** 21 / classes));

/** Packed 16-bit numbers in the kernels' memory. */
function bitsOf(values: Uint16Array): Uint16Array {
  const memory = allocateUnset("float32", Math.ceil(values.length / 2)) as FloatArray;
  const bits = new Uint16Array(memory.buffer, memory.byteOffset, values.length);
  bits.set(values);
  return bits;
}

function inputOf(logits: Float32Array): StatisticsInput {
  if (kind === "float16") return { dtype: "float16", bits: bitsOf(float16Of(logits)) };
  if (kind === "_logits_") return { dtype: "coded", bits: bitsOf(codesOf(logits, classes)) };
  const memory = allocateUnset(kind === "decoded" ? "float64" : "float32", logits.length) as FloatArray;
  memory.set(logits);
  return memory;
}

const [p, q] = (["reference", "candidate"] as const).map((role) => inputOf(someLogits(rows, classes, role)));
const request = { measures: (["kl", "reverse-kl", "js", "tv"] as const).map((name) => rowMeasure(name)) };
const out = newRowStatistics(rows, request);
let best = Infinity;
let blocks = 0;
const used = process.cpuUsage();
const end = performance.now() + 1500;
while (performance.now() < end) {
  const start = performance.now();
  rowStatistics(request, p, q, rows, classes, { from: "logits" }, undefined, out);
  best = Math.min(best, performance.now() - start);
  blocks++;
  await new Promise((resolve) => setTimeout(resolve, 0)); // workers start between tasks
}
const { user, system } = process.cpuUsage(used);
const rowBytes =
  kind === "float32" ? 4 * classes : kind === "float16" ? 2 * classes : 2 * codedRowWords(classes);
const bytes = 2 * rows * rowBytes;
const cpuPerByte = (user + system) / 1e6 / (blocks * bytes);
console.log(JSON.stringify({ bytesPerSecond: bytes / (best / 1000), cpuPerByte }));
