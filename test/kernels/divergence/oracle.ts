import {
  type From,
  type Measure,
  type RowMeasure,
  rowMeasure,
} from "../../../src/kernels/divergence/index.js";
import type { FloatArray, FloatDType } from "../../../src/kernels/dtype.js";
import values from "../../oracle/divergence.json" with { type: "json" };

type JsonNumber = number | "NaN" | "Infinity" | "-Infinity";
type JsonRow = JsonNumber[] | { seed: number; n: number; scale: number } | { near: number; seed: number };

interface JsonCase {
  regime: string;
  dtype: FloatDType;
  from: From;
  temperature?: number;
  normalize?: "sum";
  tolerance?: number;
  p: JsonRow;
  q: JsonRow;
  values: JsonNumber[];
  direction?: number[];
  derivatives?: Record<string, { gradient: (number | null)[]; product?: (number | null)[] }>;
}

interface JsonFile {
  special: { x: number; expm1MinusX: number; entropyGap: number }[];
  measures: { name: Measure; order?: JsonNumber; weight?: number }[];
  cases: JsonCase[];
}

/** One row pair with what mpmath says of it; see test/oracle/divergence.py. */
export interface OracleCase extends Omit<JsonCase, "p" | "q" | "values"> {
  readonly p: FloatArray;
  readonly q: FloatArray;
  readonly values: number[];
}

const file = values as unknown as JsonFile;

/** Values of the functions of special.ts. */
export const special = file.special;

/** The measures of the oracle file, with a label that tells their parameters. */
export const measures: { label: string; measure: RowMeasure }[] = file.measures.map(
  ({ name, order, weight }) => ({
    label: `${name}${order === undefined ? "" : ` of order ${order}`}${weight === undefined ? "" : ` of weight ${weight}`}`,
    measure: rowMeasure(name, { order: order === undefined ? undefined : Number(order), weight }),
  }),
);

/** A linear congruential generator that divergence.py has too: numbers of [−½, ½), exact in float64. */
export function lcg(seed: number): () => number {
  let x = seed;
  return () => {
    x = (Math.imul(1664525, x) + 1013904223) >>> 0;
    return x / 2 ** 32 - 0.5;
  };
}

function asArray(dtype: FloatDType, values: number[]): FloatArray {
  return dtype === "float32" ? Float32Array.from(values) : Float64Array.from(values);
}

function rowOf(row: JsonRow, dtype: FloatDType, near: FloatArray | undefined): FloatArray {
  if (Array.isArray(row)) return asArray(dtype, row.map(Number));
  const next = lcg(row.seed);
  if (!("near" in row))
    return asArray(
      dtype,
      Array.from({ length: row.n }, () => next() * row.scale),
    );
  return asArray(
    dtype,
    Array.from(near ?? [], (x) => x + x * (next() * row.near)),
  );
}

export const cases: OracleCase[] = file.cases.map((json) => {
  const p = rowOf(json.p, json.dtype, undefined);
  return { ...json, p, q: rowOf(json.q, json.dtype, p), values: json.values.map(Number) };
});
