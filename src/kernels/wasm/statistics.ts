// Statistics of rows by WebAssembly; `rowStatistics` of ../divergence says what they are.
//
// - Logits and log-probabilities have a kernel of their own (assembly/statistics), which computes KL both ways,
//   Jensen–Shannon, total variation and everything else in one go, from numbers of any type.
// - Other measures, rows of probabilities, and the few rows that the kernel leaves are computed by the general
//   kernel, or by the reference where that has none for a measure (statisticsGeneral.ts).

import type {
  RowMeasure,
  RowOptions,
  RowStatistics,
  RowStatisticsRequest,
  StatisticsInput,
} from "../divergence/index.js";
import * as reference from "../divergence/index.js";
import type { FloatArray } from "../dtype.js";
import { toleranceOf } from "./divergence-general.js";
import { runRows } from "./rows.js";
import { generalStatistics, measureValues } from "./statisticsGeneral.js";
import { SCRATCH_BYTES } from "./threads.js";

/** Where the columns begin in a row of the kernel's table; see assembly/statistics/index.ts. */
const COLUMN = { status: 0, argmax: 1, top: 3, label: 5, entropy: 7, rank: 9, overlap: 14 } as const;

/** The columns of the kernel's measures. */
const fastMeasures: Readonly<Record<string, number>> = { kl: 10, "reverse-kl": 11, js: 12, tv: 13 };

/** The status of a row that the kernel leaves. */
const LEFT = 255;

/** Types of numbers, as the kernel knows them. */
const dtypes = { float32: 0, float64: 1, float16: 2, bfloat16: 3, coded: 4 } as const;

type RowDType = keyof typeof dtypes;

function dtypeOf(rows: StatisticsInput): RowDType {
  if (reference.isStored(rows)) return rows.dtype;
  return rows instanceof Float32Array ? "float32" : "float64";
}

/** Whether float32 does not hold the numbers. */
function isWide(dtype: RowDType): boolean {
  return dtype === "float64" || dtype === "coded";
}

/** Scratch memory that the kernel needs for rows of `n` classes; see assembly/statistics/layout.ts. */
function scratchBytes(n: number, p: RowDType, q: RowDType): number {
  const column = (size: number) => n * size + 128;
  const decoded = p === "float32" && q === "float32" ? 0 : column(isWide(p) || isWide(q) ? 8 : 4);
  return 8704 + 2 * column(8) + 2 * decoded;
}

/** Whether the kernel takes rows of these types, read as `options` say. */
function takes(
  p: StatisticsInput,
  q: StatisticsInput,
  n: number,
  { from, temperature = 1, tolerance = 0 }: RowOptions,
): boolean {
  const fits = n > 0 && scratchBytes(n, dtypeOf(p), dtypeOf(q)) <= SCRATCH_BYTES;
  return fits && from !== "probs" && temperature === 1 && tolerance >= 0;
}

/** See `rowStatistics` in ../divergence. */
export function rowStatistics(
  request: RowStatisticsRequest,
  p: StatisticsInput,
  q: StatisticsInput,
  rows: number,
  n: number,
  options: RowOptions,
  labels: ArrayLike<number> | undefined,
  out: RowStatistics,
): void {
  const general = (first: number, last: number) => {
    const [pRows, qRows] = [p, q].map((side) => reference.decodedRows(side, first, last, n));
    const part = partOf(out, first, last, request.topOverlap ?? 0);
    const own = labels && Array.from({ length: last - first }, (_, i) => labels[first + i]);
    generalStatistics(request, pRows, qRows, last - first, n, options, own, part);
  };
  if (!takes(p, q, n, options)) {
    general(0, rows);
    return;
  }
  const columns = COLUMN.overlap + (request.topOverlap ?? 0);
  const table = statisticsTable(request, p, q, rows, n, options, labels, columns);
  for (let row = 0; row < rows; row++) writeRow(request, table, row, columns, out);
  const others = request.measures.flatMap((measure, k) => (isFast(measure) ? [] : [k]));
  if (others.length > 0) {
    const measures = others.map((k) => request.measures[k]);
    const values = others.map((k) => out.values[k]);
    const [pRows, qRows] = [p, q].map((side) => reference.decodedRows(side, 0, rows, n));
    measureValues(measures, values, pRows, qRows, rows, n, options);
  }
  for (let first = 0; first < rows; first++) {
    if (out.status[first] !== LEFT) continue;
    let last = first + 1;
    while (last < rows && out.status[last] === LEFT) last++;
    general(first, last);
    first = last - 1;
  }
}

function isFast({ name }: RowMeasure): boolean {
  return fastMeasures[name] !== undefined;
}

/** What the kernel says of the rows, `columns` numbers a row. */
function statisticsTable(
  { entropies, topOverlap = 0, rankOfTop }: RowStatisticsRequest,
  p: StatisticsInput,
  q: StatisticsInput,
  rows: number,
  n: number,
  options: RowOptions,
  labels: ArrayLike<number> | undefined,
  columns: number,
): Float64Array {
  const classes = Float64Array.from({ length: rows }, (_, row) => labels?.[row] ?? -1);
  const table = new Float64Array(columns * rows);
  const operands = [
    { array: numbersOf(p), length: reference.rowElements(p, n) },
    { array: numbersOf(q), length: reference.rowElements(q, n) },
    { array: classes, length: 1 },
    { array: table, length: columns, output: true },
  ];
  const [dtypeP, dtypeQ] = [dtypeOf(p), dtypeOf(q)];
  const tolerances = [dtypeP, dtypeQ].map((dtype) => toleranceOf(options, !isWide(dtype)));
  const wanted = [entropies ? 1 : 0, topOverlap, rankOfTop ? 1 : 0];
  runRows("statistics", operands, [dtypes[dtypeP], dtypes[dtypeQ], n, ...tolerances, ...wanted], rows);
  return table;
}

/** Copies a row of the kernel's table, but for the measures that the kernel does not know. */
function writeRow(
  { measures, entropies, topOverlap = 0, rankOfTop }: RowStatisticsRequest,
  table: Float64Array,
  row: number,
  columns: number,
  out: RowStatistics,
): void {
  const at = row * columns;
  out.status[row] = table[at + COLUMN.status];
  out.argmaxP[row] = table[at + COLUMN.argmax];
  out.argmaxQ[row] = table[at + COLUMN.argmax + 1];
  out.topP[row] = table[at + COLUMN.top];
  out.topQ[row] = table[at + COLUMN.top + 1];
  out.labelLogP[row] = table[at + COLUMN.label];
  out.labelLogQ[row] = table[at + COLUMN.label + 1];
  if (entropies) {
    out.entropyP[row] = table[at + COLUMN.entropy];
    out.entropyQ[row] = table[at + COLUMN.entropy + 1];
  }
  if (rankOfTop) out.rankOfTop[row] = table[at + COLUMN.rank];
  for (let k = 0; k < topOverlap; k++) out.overlap[row * topOverlap + k] = table[at + COLUMN.overlap + k];
  for (const [k, { name }] of measures.entries()) {
    if (fastMeasures[name] !== undefined) out.values[k][row] = table[at + fastMeasures[name]];
  }
}

function numbersOf(rows: StatisticsInput): FloatArray | Uint16Array {
  return reference.isStored(rows) ? rows.bits : rows;
}

/** The columns of rows `first` to `last` − 1. */
function partOf(out: RowStatistics, first: number, last: number, topOverlap: number): RowStatistics {
  return {
    values: out.values.map((column) => column.subarray(first, last)),
    argmaxP: out.argmaxP.subarray(first, last),
    argmaxQ: out.argmaxQ.subarray(first, last),
    topP: out.topP.subarray(first, last),
    topQ: out.topQ.subarray(first, last),
    labelLogP: out.labelLogP.subarray(first, last),
    labelLogQ: out.labelLogQ.subarray(first, last),
    entropyP: out.entropyP.subarray(first, last),
    entropyQ: out.entropyQ.subarray(first, last),
    overlap: out.overlap.subarray(first * topOverlap, last * topOverlap),
    rankOfTop: out.rankOfTop.subarray(first, last),
    status: out.status.subarray(first, last),
  };
}
