import { type Convention, type ConventionInput, isRows, takes } from "./convention.js";
import {
  changeProbabilities,
  mean,
  properNormalisation,
  rowSums,
  type SidePair,
  sidesOf,
  total,
} from "./rows.js";
import { type ClassSummand, jensenShannon, relativeEntropy } from "./summands.js";

/** What `choices.axis` says of functions that always take the last axis. */
export const lastAxis = "last axis";

const lastDims = ({ shape }: ConventionInput): number[] => [shape.length - 1];
/** A matrix whose rows are the distributions. */
const isMatrix = ({ kind, shape, dims }: ConventionInput) =>
  kind !== "samples" && shape.length === 2 && dims.length === 1 && dims[0] === 1;

/** Rows divided by their sums, as SciPy and torchmetrics do without saying so. */
const normalised = (input: ConventionInput): SidePair => sidesOf(input, properNormalisation(input.kind));

/** Sums over the last axis whatever the rows are, mean over the other axes. */
function lastAxisMean({ p, shape }: ConventionInput, pair: SidePair, summand: ClassSummand): number {
  return (total(rowSums(pair, summand)) * (shape.at(-1) ?? 1)) / p.length;
}

/** The columns of a matrix of rows that are distributions, each divided by its sum. */
function columnsOf(input: ConventionInput): SidePair {
  const { p, q } = sidesOf(input);
  return sidesOf({ ...input, p: p.probs, q: q.probs }, "sum", [0]);
}

/** x log(x/y) − x + y: SciPy's `kl_div`, never negative. */
const generalised: ClassSummand = (x, logX, y, logY) => relativeEntropy(x, logX, y, logY) - x + y;

/** x (log x − log y), with 0 for log 0: optax. */
const optaxSummand: ClassSummand = (x, logX, _y, logY) => x * ((x === 0 ? 0 : logX) - logY);
const optaxGeneralised: ClassSummand = (x, logX, y, logY) => optaxSummand(x, logX, y, logY) + y - x;

/** xlogy(x, x/y) with 0 where x = 0, even over 0. */
const torchmetricsSummand: ClassSummand = (x, logX, _y, logY) => (x === 0 ? 0 : x * (logX - logY));

/** Keras' epsilon, to which both sides are clipped. */
const clip = (x: number) => (Number.isNaN(x) ? x : Math.min(1, Math.max(1e-7, x)));

const kerasLoss = (input: ConventionInput, pair: SidePair) =>
  lastAxisMean(input, changeProbabilities(pair, clip), relativeEntropy);

const jsDistances = (pair: SidePair, base = 1) =>
  mean(rowSums(pair, jensenShannon).map((js) => Math.sqrt(js / base)));

const scipy = {
  entropy:
    "scipy.stats.entropy, https://docs.scipy.org/doc/scipy/reference/generated/scipy.stats.entropy.html",
  relEntr:
    "scipy.special.rel_entr, https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.rel_entr.html",
  klDiv:
    "scipy.special.kl_div, https://docs.scipy.org/doc/scipy/reference/generated/scipy.special.kl_div.html",
  js: "scipy.spatial.distance.jensenshannon, https://docs.scipy.org/doc/scipy/reference/generated/scipy.spatial.distance.jensenshannon.html",
};
const optax = "https://optax.readthedocs.io/en/latest/api/losses.html";

/** SciPy, Keras, TensorFlow, optax and torchmetrics, given what their documentation asks for. */
export const libraryConventions: readonly Convention[] = [
  {
    name: "scipy.entropy",
    title: "scipy.stats.entropy(p, q, axis=row)",
    formula: "Σ rel_entr(p/Σp, q/Σq), mean over rows: it normalises silently",
    source: scipy.entropy,
    group: "normalisation",
    choices: {},
    unit: "nats",
    applies: isRows,
    value: (input) => mean(rowSums(normalised(input), relativeEntropy)),
  },
  {
    name: "scipy.entropy.axis0",
    title: "scipy.stats.entropy(p, q): its default axis 0",
    formula: "Σ rel_entr(p/Σp, q/Σq) with the sums over axis 0, mean over the columns",
    source: scipy.entropy,
    group: "axis",
    choices: { axis: "axis 0" },
    unit: "nats",
    applies: isMatrix,
    value: (input) => mean(rowSums(columnsOf(input), relativeEntropy)),
  },
  {
    name: "scipy.rel_entr",
    title: "scipy.special.rel_entr(p, q).sum()",
    formula: "Σ over everything of p log(p/q); nothing is normalised",
    source: scipy.relEntr,
    group: "reduction",
    choices: { reduction: "sum over rows" },
    unit: "nats",
    applies: isRows,
    value: (input) => total(rowSums(sidesOf(input), relativeEntropy)),
  },
  {
    name: "scipy.kl_div",
    title: "scipy.special.kl_div(p, q).sum()",
    formula: "Σ over everything of p log(p/q) − p + q",
    source: scipy.klDiv,
    group: "reduction",
    choices: { measure: "KL − Σp + Σq", reduction: "sum over rows" },
    unit: "nats",
    applies: isRows,
    value: (input) => total(rowSums(sidesOf(input), generalised)),
  },
  {
    name: "scipy.jensenshannon",
    title: "scipy's jensenshannon(p, q): a distance",
    formula: "√(½ KL(P‖M) + ½ KL(Q‖M)), mean over rows; normalises silently",
    source: scipy.js,
    group: "measure",
    choices: { measure: "Jensen-Shannon distance" },
    unit: "√nats",
    applies: isRows,
    value: (input) => jsDistances(normalised(input)),
  },
  {
    name: "scipy.jensenshannon.base2",
    title: "jensenshannon(p, q, base=2): from 0 to 1",
    formula: "scipy.jensenshannon / √log 2",
    source: scipy.js,
    group: "measure",
    choices: { measure: "Jensen-Shannon distance", logarithm: "base 2" },
    unit: "√bits",
    applies: isRows,
    value: (input) => jsDistances(normalised(input), Math.LN2),
  },
  {
    name: "keras",
    title: "keras.losses.KLDivergence()(p, q)",
    formula: "Σ p log(p/q) over the last axis, p and q clipped to [1e-7, 1], mean over the rest",
    source: "https://keras.io/api/losses/probabilistic_losses/#kldivergence-class",
    group: "epsilon",
    choices: { epsilon: "clip to [1e-7, 1]", axis: lastAxis },
    unit: "nats",
    applies: isRows,
    value: (input) => kerasLoss(input, sidesOf(input)),
  },
  {
    name: "tensorflow",
    title: "tf.nn.softmax(x), then Keras' KLDivergence",
    formula: "softmax over the last axis, tf.nn.softmax's default, then as keras",
    source: "https://www.tensorflow.org/api_docs/python/tf/nn/softmax",
    group: "axis",
    choices: { axis: lastAxis, epsilon: "clip to [1e-7, 1]" },
    unit: "nats",
    applies: takes("logits"),
    value: (input) => kerasLoss(input, sidesOf(input, "softmax", lastDims(input))),
  },
  {
    name: "optax",
    title: "optax.losses.kl_divergence(log q, p).mean()",
    formula: "Σ p (log p − log q) over the last axis, 0 for log 0, mean over the rest",
    source: optax,
    group: "axis",
    choices: { axis: lastAxis },
    unit: "nats",
    applies: isRows,
    value: (input) => lastAxisMean(input, sidesOf(input), optaxSummand),
  },
  {
    name: "optax.generalized",
    title: "optax's generalized_kl_divergence, mean",
    formula: "Σ p (log p − log q) + Σ q − Σ p over the last axis, mean over the rest",
    source: optax,
    group: "normalisation",
    choices: { measure: "KL − Σp + Σq", axis: lastAxis },
    unit: "nats",
    applies: isRows,
    value: (input) => lastAxisMean(input, sidesOf(input), optaxGeneralised),
  },
  {
    name: "torchmetrics",
    title: "torchmetrics.KLDivergence()(p, q)",
    formula: "Σ p log(p/q) with p/Σp and q/Σq over the last axis, mean over rows; 2-D only",
    source: "https://lightning.ai/docs/torchmetrics/stable/regression/kl_divergence.html",
    group: "normalisation",
    choices: { axis: lastAxis },
    unit: "nats",
    applies: isMatrix,
    value: (input) => mean(rowSums(normalised(input), torchmetricsSummand)),
  },
];
