import { divergenceRows, type Measure, rowMeasure } from "../../kernels/index.js";
import { type Convention, type ConventionInput, isRows } from "./convention.js";
import { mean, rowsAlong } from "./rows.js";

/** D(P, Q) of every row along the input's axes, as `divergence` and `kullback compare` compute it. */
export function exactRows({ p, q, shape, kind, dims }: ConventionInput, measure: Measure): Float64Array {
  const { data, rows, classes } = rowsAlong(p, shape, dims);
  const out = new Float64Array(rows);
  const from = kind === "logits" || kind === "logProbs" ? "logits" : "probs";
  const options = { from, normalize: from === "probs" ? "sum" : undefined } as const;
  divergenceRows(rowMeasure(measure), data, rowsAlong(q, shape, dims).data, rows, classes, options, out);
  return out;
}

const exact = (measure: Measure, unit = 1) => ({
  applies: isRows,
  value: (input: ConventionInput) => mean(exactRows(input, measure)) / unit,
});

const lin = "Lin (1991), Divergence measures based on the Shannon entropy, doi:10.1109/18.61115";
const kullback = "Kullback and Leibler (1951), On information and sufficiency, doi:10.1214/aoms/1177729694";

/** The definition: what the others are compared with. */
export const math: Convention = {
  name: "math",
  title: "KL(P‖Q) in nats, mean over rows",
  formula: "mean over rows of Σ p log(p/q), each row normalised over --dim",
  source: kullback,
  group: "measure",
  choices: {},
  unit: "nats",
  ...exact("kl"),
};

/** The definition in other units, the other way round, and the measures that are taken for it. */
export const mathConventions: readonly Convention[] = [
  math,
  {
    name: "bits",
    title: "KL(P‖Q) in bits",
    formula: "mean over rows of Σ p log₂(p/q) = math / log 2",
    source: kullback,
    group: "logarithm",
    choices: { logarithm: "base 2" },
    unit: "bits",
    ...exact("kl", Math.LN2),
  },
  {
    name: "hartleys",
    title: "KL(P‖Q) with log₁₀",
    formula: "mean over rows of Σ p log₁₀(p/q) = math / log 10",
    source: kullback,
    group: "logarithm",
    choices: { logarithm: "base 10" },
    unit: "hartleys",
    ...exact("kl", Math.LN10),
  },
  {
    name: "reverse",
    title: "KL(Q‖P), the other direction",
    formula: "mean over rows of Σ q log(q/p)",
    source: kullback,
    group: "direction",
    choices: { direction: "KL(Q‖P)" },
    unit: "nats",
    ...exact("reverse-kl"),
  },
  {
    name: "jeffreys",
    title: "Jeffreys: KL(P‖Q) + KL(Q‖P)",
    formula: "mean over rows of Σ (p − q) log(p/q)",
    source: "Jeffreys (1946), An invariant form for the prior probability, doi:10.1098/rspa.1946.0056",
    group: "direction",
    choices: { direction: "KL(P‖Q) + KL(Q‖P)" },
    unit: "nats",
    ...exact("jeffreys"),
  },
  {
    name: "js",
    title: "Jensen-Shannon divergence",
    formula: "mean over rows of ½ KL(P‖M) + ½ KL(Q‖M), M = ½(P + Q)",
    source: lin,
    group: "measure",
    choices: { measure: "Jensen-Shannon" },
    unit: "nats",
    ...exact("js"),
  },
  {
    name: "js.bits",
    title: "Jensen-Shannon divergence in bits",
    formula: "js / log 2, from 0 to 1",
    source: lin,
    group: "measure",
    choices: { measure: "Jensen-Shannon", logarithm: "base 2" },
    unit: "bits",
    ...exact("js", Math.LN2),
  },
  {
    name: "js-distance",
    title: "Jensen-Shannon distance: √js",
    formula: "mean over rows of √(½ KL(P‖M) + ½ KL(Q‖M)), M = ½(P + Q)",
    source:
      "Endres and Schindelin (2003), A new metric for probability distributions, doi:10.1109/TIT.2003.813506",
    group: "measure",
    choices: { measure: "Jensen-Shannon distance" },
    unit: "√nats",
    ...exact("js-distance"),
  },
];
