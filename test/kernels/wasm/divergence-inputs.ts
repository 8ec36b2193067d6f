// Row pairs of every regime of the numeric contract, for the tests of divergence kernels.
import type { From, Measure } from "../../../src/kernels/divergence/index.js";
import type { FloatArray, FloatDType } from "../../../src/kernels/dtype.js";
import { uniform } from "./agreement.js";

/** Standard normal numbers from a fixed seed (Box & Muller). */
export function* normal(seed: number): Generator<number> {
  const source = uniform(Number.POSITIVE_INFINITY, seed);
  const next = () => (source.next().value as number) / 2 + 0.5 + 2 ** -33;
  for (;;) yield Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
}

/** Two rows of logits. */
export interface RowPairInput {
  readonly p: number[];
  readonly q: number[];
}

type Draw = () => number;

function pairs(
  n: number,
  draw: (draw: Draw, i: number) => number,
  other: (p: number, draw: Draw, i: number) => number,
) {
  return (seed: number): RowPairInput => {
    const source = normal(seed);
    const next = () => source.next().value as number;
    const p = Array.from({ length: n }, (_, i) => Math.fround(draw(next, i)));
    return { p, q: p.map((x, i) => Math.fround(other(x, next, i))) };
  };
}

/** The regimes, by name: each makes a row pair of n classes from a seed. */
export function regimes(n: number): Record<string, (seed: number) => RowPairInput> {
  const logits = (draw: Draw) => 3 * draw();
  const relative = (noise: number) => (p: number, draw: Draw) => p * (1 + noise * draw());
  return {
    independent: pairs(
      n,
      (draw) => draw(),
      (_, draw) => draw(),
    ),
    "independent, ten times as far": pairs(
      n,
      (draw) => 10 * draw(),
      (_, draw) => 10 * draw(),
    ),
    "near by 1e-1": pairs(n, logits, relative(1e-1)),
    "near by 1e-3": pairs(n, logits, relative(1e-3)),
    "near by 1e-5": pairs(n, logits, relative(1e-5)),
    "near by 1e-7": pairs(n, logits, relative(1e-7)),
    "shifted by 3 and rounded": pairs(n, logits, (p) => p + 3),
    "shifted by -17 and rounded": pairs(n, logits, (p) => p - 17),
    "shifted by 5 and near": pairs(n, logits, (p, draw) => p + 5 + 1e-4 * draw()),
    "of a sure Q": pairs(
      n,
      (draw) => draw(),
      (_, draw, i) => draw() + (i === 0 ? 20 : 0),
    ),
    "of a sure P": pairs(
      n,
      (draw, i) => draw() + (i === n - 1 ? 20 : 0),
      (_, draw) => draw(),
    ),
    "in rising order": pairs(
      n,
      (draw, i) => (12 * i) / n + draw() / 2,
      (p, draw) => p + 0.3 * draw(),
    ),
    "in steeply rising order": pairs(
      n,
      (draw, i) => (60 * i) / n + draw(),
      (p, draw) => p / 2 + draw(),
    ),
    "of a wide range, near each other": pairs(
      n,
      (draw) => 10 * draw(),
      (p, draw) => p + 0.1 * draw(),
    ),
    "of which one ends with a likely class": pairs(
      n,
      (draw) => draw(),
      (p, draw, i) => p + draw() + (i === n - 1 ? 25 : 0),
    ),
    "that end with unlikely classes": pairs(
      n,
      (draw, i) => draw() - (i > n / 2 ? 60 : 0),
      (p, draw) => p + draw(),
    ),
    "far from 0": pairs(
      n,
      (draw) => 1000 + draw(),
      (p, draw) => p + draw() / 10,
    ),
  };
}

/** All measures, with parameters that make them differ. */
export const measures: [Measure, { order?: number; weight?: number }][] = [
  ["kl", {}],
  ["reverse-kl", {}],
  ["jeffreys", {}],
  ["js", {}],
  ["js-distance", {}],
  ["gjs", { weight: 0 }],
  ["gjs", { weight: 1e-9 }],
  ["gjs", { weight: 0.1 }],
  ["gjs", { weight: 0.9 }],
  ["gjs", { weight: 1 }],
  ["skew-kl", { weight: 0 }],
  ["skew-kl", { weight: 1e-6 }],
  ["skew-kl", { weight: 0.1 }],
  ["skew-kl", { weight: 0.9 }],
  ["skew-kl", { weight: 1 }],
  ["tv", {}],
  ["hellinger", {}],
  ["chi2", {}],
  ["alpha", { order: 0 }],
  ["alpha", { order: 0.5 }],
  ["alpha", { order: 1 }],
  ["alpha", { order: 2 }],
  ["alpha", { order: -1.5 }],
  ["alpha", { order: 1e-9 }],
  ["alpha", { order: 0.4 }],
  ["alpha", { order: 0.999999 }],
  ["alpha", { order: 1.5 }],
  ["alpha", { order: 30 }],
  ["renyi", { order: 0 }],
  ["renyi", { order: 1e-9 }],
  ["renyi", { order: 0.5 }],
  ["renyi", { order: 1 }],
  ["renyi", { order: 1.000001 }],
  ["renyi", { order: 2 }],
  ["renyi", { order: 20 }],
  ["renyi", { order: Infinity }],
];

/** Those looked at in rows of more than one chunk: of each way to go over the chunks, one. */
export const fewer = measures.filter(
  ([name, { order }], k) =>
    k < 12 || (name === "alpha" && order === 1.5) || (name === "renyi" && order !== 1 && order !== 1e-9),
);

/** Rows of the pairs that `rowsOf` makes. */
export const ROWS = 3;

export function arrayOf(dtype: FloatDType, values: ArrayLike<number>): FloatArray {
  return dtype === "float32" ? Float32Array.from(values) : Float64Array.from(values);
}

/** Rows as logits, probabilities or log-probabilities. */
export function as(from: From, values: number[], n: number): number[] {
  if (from === "logits") return values;
  const out: number[] = [];
  for (let start = 0; start < values.length; start += n) {
    const row = values.slice(start, start + n);
    const max = Math.max(...row);
    const total = row.reduce((sum, x) => sum + Math.exp(x - max), 0);
    const logs = row.map((x) => x - max - Math.log(total));
    out.push(...(from === "probs" ? logs.map(Math.exp) : logs));
  }
  return out;
}

/** Rows of a regime, packed. */
export function rowsOf(n: number, name: string, from: From, dtype: FloatDType) {
  const pairs = Array.from({ length: ROWS }, (_, i) => regimes(n)[name](100 * n + i));
  const p = as(
    from,
    pairs.flatMap(({ p }) => p),
    n,
  );
  const q = as(
    from,
    pairs.flatMap(({ q }) => q),
    n,
  );
  return { p: arrayOf(dtype, p), q: arrayOf(dtype, q) };
}
