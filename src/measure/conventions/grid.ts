import type { Aspect, ConventionInput, Kind } from "./convention.js";
import {
  changeProbabilities,
  type Normalisation,
  normalise,
  properNormalisation,
  type Rows,
  rowSums,
  rowsAlong,
  type SidePair,
  total,
  usualNormalisation,
} from "./rows.js";
import {
  type ClassSummand,
  jeffreys,
  jensenShannon,
  relativeEntropy,
  reverseRelativeEntropy,
} from "./summands.js";

/** A number that some choices give, whether or not a library makes them. */
export interface Combination {
  /** What is chosen otherwise than in `math`, by aspect. */
  readonly choices: Readonly<Partial<Record<Aspect, string>>>;
  /** How far this is from `math`: 1 for a common choice, 2 for an uncommon one, added up. */
  readonly cost: number;
  readonly value: number;
}

/** A choice in one respect: its name, undefined for what `math` does, and how uncommon it is. */
interface Choice<T> {
  readonly name?: string;
  readonly cost: number;
  readonly what: T;
}

/** A measure: its summand, and the row's value from the sum. */
interface MeasureChoice {
  readonly aspect: "direction" | "measure" | "logarithm";
  readonly summand: ClassSummand;
  /** Root of the sum, as distances have it. */
  readonly root?: boolean;
}

const measures: readonly Choice<MeasureChoice>[] = [
  { cost: 0, what: { aspect: "measure", summand: relativeEntropy } },
  { name: "KL(Q‖P)", cost: 1, what: { aspect: "direction", summand: reverseRelativeEntropy } },
  { name: "KL(P‖Q) + KL(Q‖P)", cost: 1, what: { aspect: "direction", summand: jeffreys } },
  {
    name: "½ KL(P‖Q) + ½ KL(Q‖P)",
    cost: 2,
    what: { aspect: "direction", summand: (x, logX, y, logY) => jeffreys(x, logX, y, logY) / 2 },
  },
  { name: "Jensen-Shannon", cost: 1, what: { aspect: "measure", summand: jensenShannon } },
  {
    name: "Jensen-Shannon distance",
    cost: 1,
    what: { aspect: "measure", summand: jensenShannon, root: true },
  },
  {
    name: "cross-entropy −Σ p log q",
    cost: 1,
    what: { aspect: "measure", summand: (x, _logX, _y, logY) => (x === 0 ? 0 : -x * logY) },
  },
  {
    name: "none of q",
    cost: 1,
    what: { aspect: "logarithm", summand: (x, logX, y) => (x === 0 ? 0 : x * logX) - x * y },
  },
  {
    name: "KL − Σp + Σq",
    cost: 2,
    what: { aspect: "measure", summand: (x, logX, y, logY) => relativeEntropy(x, logX, y, logY) - x + y },
  },
];

const epsilons: readonly Choice<((x: number) => number) | undefined>[] = [
  { cost: 0, what: undefined },
  { name: "clip to [1e-7, 1]", cost: 1, what: (x) => Math.min(1, Math.max(1e-7, x)) },
  ...[1e-16, 1e-12, 1e-10, 1e-8, 1e-7, 1e-6].map((size) => ({
    name: `${size.toExponential()} added to p and q`,
    cost: 1,
    what: (x: number) => x + size,
  })),
];

const bases: readonly Choice<number>[] = [
  { cost: 0, what: 1 },
  { name: "base 2", cost: 1, what: Math.LN2 },
  { name: "base 10", cost: 1, what: Math.LN10 },
];

const words: Readonly<Record<Normalisation, string>> = {
  softmax: "softmax",
  sum: "plain sum",
  exp: "exp, not normalised again",
  none: "none",
};

/** How values can be brought to probabilities, `math`'s way first; a list is done one after the other. */
function normalisations(kind: Kind, negative: boolean): Choice<Normalisation[]>[] {
  const proper = properNormalisation(kind);
  const other = (["softmax", "sum", "none"] as const).filter(
    (how) => how !== proper && !(negative && how !== "softmax"),
  );
  const usual = usualNormalisation(kind);
  return [
    { cost: 0, what: [proper] },
    ...other.map((how) => ({ name: words[how], cost: 1, what: [how] })),
    ...(usual === "exp" ? [{ name: words.exp, cost: 1, what: [usual] }] : []),
    ...(proper === "softmax" ? [{ name: "softmax twice", cost: 1, what: [proper, proper] }] : []),
  ];
}

/** The axes that could make up a row, those of the input first. */
function axesOf({ shape, dims }: ConventionInput): Choice<readonly number[]>[] {
  const rank = shape.length;
  const all = shape.map((_, axis) => axis);
  const others: [string, number[]][] = [
    ...all.map((axis): [string, number[]] => [`axis ${axis}`, [axis]]),
    ["last two axes", [rank - 2, rank - 1]],
    ["all axes", all],
  ];
  const seen = new Set([dims.join()]);
  const distinct = others.filter(
    ([, axes]) => axes[0] >= 0 && !seen.has(axes.join()) && seen.add(axes.join()),
  );
  return [{ cost: 0, what: dims }, ...distinct.map(([name, what]) => ({ name, cost: 1, what }))];
}

/** How numbers of rows become one, the mean first. */
function reductions(
  { shape, p }: ConventionInput,
  { rows }: Rows,
): Choice<(values: Float64Array) => number>[] {
  const sorted = (values: Float64Array) => values.slice().sort();
  const all: Choice<(values: Float64Array) => number>[] = [
    { cost: 0, what: (values) => total(values) / rows },
    { name: "mean over elements", cost: 1, what: (values) => total(values) / p.length },
  ];
  if (rows === 1) return all;
  all.push(
    { name: "sum over rows", cost: 1, what: total },
    { name: "largest row", cost: 2, what: (values) => values.reduce((a, b) => Math.max(a, b), -Infinity) },
    { name: "median row", cost: 2, what: (values) => medianOfSorted(sorted(values)) },
    { name: "first row", cost: 2, what: (values) => values[0] },
  );
  if (shape[0] !== rows && shape[0] !== 1)
    all.push({ name: "sum over rows / first axis", cost: 1, what: (values) => total(values) / shape[0] });
  return all;
}

function medianOfSorted(sorted: Float64Array): number {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function apply(data: Rows, hows: readonly Normalisation[]) {
  let side = normalise(data, hows[0]);
  for (const how of hows.slice(1)) side = normalise({ ...data, data: side.probs }, how);
  return side;
}

/** The input's values as sides, for every choice of axis, normalisation and epsilon that costs at most `most`. */
function* sides(
  input: ConventionInput,
  most: number,
): Generator<{ pair: SidePair; rows: Rows; choices: Combination["choices"]; cost: number }> {
  const negative = [input.p, input.q].some((values) => values.some((x) => x < 0));
  for (const axis of axesOf(input)) {
    const rows = rowsAlong(input.p, input.shape, axis.what);
    const candidate = rowsAlong(input.q, input.shape, axis.what);
    for (const how of normalisations(input.kind, negative)) {
      if (axis.cost + how.cost > most) continue;
      const pair = { ...rows, p: apply(rows, how.what), q: apply(candidate, how.what) };
      for (const epsilon of epsilons) {
        const cost = axis.cost + how.cost + epsilon.cost;
        if (cost > most) continue;
        const changed = epsilon.what ? changeProbabilities(pair, epsilon.what) : pair;
        const choices = { normalisation: how.name, axis: axis.name, epsilon: epsilon.name };
        yield { pair: changed, rows, choices, cost };
      }
    }
  }
}

/**
 * Every number that a combination of choices gives: axis × normalisation × epsilon × measure and direction ×
 * reduction × base, as far from `math` as `most` allows. Numbers that are not finite are left out. Samples have
 * no combinations.
 */
export function* combinations(input: ConventionInput, most = 3): Generator<Combination> {
  if (input.kind === "samples") return;
  for (const { pair, rows, choices, cost } of sides(input, most)) {
    for (const measure of measures) {
      if (cost + measure.cost > most) continue;
      const { aspect, summand, root } = measure.what;
      const sums = rowSums(pair, summand);
      const values = root ? sums.map(Math.sqrt) : sums;
      for (const reduction of reductions(input, rows)) {
        for (const base of bases) {
          const all = cost + measure.cost + reduction.cost + base.cost;
          const value = reduction.what(values) / (root ? Math.sqrt(base.what) : base.what);
          if (all > most || !Number.isFinite(value)) continue;
          const named = { [aspect]: measure.name, reduction: reduction.name };
          // A missing logarithm has no base.
          if (base.name !== undefined && aspect === "logarithm") continue;
          const logarithm = base.name === undefined ? {} : { logarithm: base.name };
          yield { choices: { ...choices, ...named, ...logarithm }, cost: all, value };
        }
      }
    }
  }
}
