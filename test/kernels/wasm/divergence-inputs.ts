// Row pairs of every regime of the numeric contract, for the tests of divergence kernels.
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
