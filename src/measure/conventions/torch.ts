import { type Convention, type ConventionInput, isRows, takes } from "./convention.js";
import {
  mean,
  normalise,
  type Rows,
  rowSums,
  rowsAlong,
  type SidePair,
  sidesOf,
  total,
  usualNormalisation,
} from "./rows.js";
import { type ClassSummand, torchSummand } from "./summands.js";

const source =
  "torch.nn.functional.kl_div, https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.kl_div.html";

/** Σ over everything, divided by what the reduction divides by. */
function reduced(sums: Float64Array, { shape, p }: ConventionInput, by: "elements" | "batch"): number {
  return total(sums) / (by === "elements" ? p.length : (shape[0] ?? 1));
}

const swappedSummand: ClassSummand = (x, logX, y, logY) => torchSummand(y, logY, x, logX);
/** kl_div(input = q, target = p), with probabilities where their logarithms belong. */
const missingLogSummand: ClassSummand = (x, logX, y) => (x === 0 ? 0 : x * logX) - x * y;
/** kl_div with log_target left at False although the target is log p. */
const logTargetSummand: ClassSummand = (_x, logX, _y, logY) =>
  (logX === 0 ? 0 : logX * Math.log(logX)) - logX * logY;

const sums = (input: ConventionInput, summand: ClassSummand = torchSummand) =>
  rowSums(sidesOf(input), summand);
const batchmean = (input: ConventionInput, pair: SidePair, summand: ClassSummand = torchSummand) =>
  reduced(rowSums(pair, summand), input, "batch");

/** Softmax with `dim` left out: PyTorch takes axis 0 of 0, 1 or 3 axes, else axis 1. */
const implicitDim = (rank: number) => (rank <= 1 || rank === 3 ? 0 : 1);
const otherAxis = ({ shape, dims, kind }: ConventionInput, axis: number) =>
  kind === "logits" && shape.length > 1 && axis < shape.length && !(dims.length === 1 && dims[0] === axis);

/** Softmax twice over: of values that are probabilities already. */
function twice({ p, q, shape, dims, kind }: ConventionInput): SidePair {
  const again = (data: Float64Array) => {
    const rows = rowsAlong(data, shape, dims);
    const { probs } = normalise(rows, usualNormalisation(kind));
    return normalise({ ...rows, data: probs }, "softmax");
  };
  const { rows, classes } = rowsAlong(p, shape, dims);
  return { p: again(p), q: again(q), rows, classes };
}

/** Logits of Q as `input` without log_softmax; the target is right. */
function rawInput({ p, q, shape, dims }: ConventionInput): SidePair {
  const rows: Rows = rowsAlong(p, shape, dims);
  const logs = rowsAlong(q, shape, dims).data;
  return { p: normalise(rows, "softmax"), q: { probs: logs, logs }, rows: rows.rows, classes: rows.classes };
}

/** Logits on both sides as they are. */
function rawBoth({ p, q, shape, dims }: ConventionInput): SidePair {
  const rows = rowsAlong(p, shape, dims);
  const logs = rowsAlong(q, shape, dims).data;
  return { p: normalise(rows, "none"), q: { probs: logs, logs }, rows: rows.rows, classes: rows.classes };
}

/** `kl_div(log q, p)` with each reduction, and what goes wrong with it, in PyTorch's order of arguments. */
export const torchConventions: readonly Convention[] = [
  {
    name: "torch.none",
    title: 'kl_div(…, "none").sum(-1).mean()',
    formula: "Σ xlogy(p, p) − p log q of each row, mean over rows; kl_div alone gives the summands",
    source,
    group: "reduction",
    choices: {},
    unit: "nats",
    applies: isRows,
    value: (input) => mean(sums(input)),
  },
  {
    name: "torch.sum",
    title: 'kl_div(…, reduction="sum")',
    formula: "Σ over all rows and classes of xlogy(p, p) − p log q",
    source,
    group: "reduction",
    choices: { reduction: "sum over rows" },
    unit: "nats",
    applies: isRows,
    value: (input) => total(sums(input)),
  },
  {
    name: "torch.mean",
    title: 'kl_div(…, reduction="mean"), its default',
    formula: "torch.sum / number of elements, classes and all: not a KL divergence",
    source,
    group: "reduction",
    choices: { reduction: "mean over elements" },
    unit: "nats",
    applies: isRows,
    value: (input) => reduced(sums(input), input, "elements"),
  },
  {
    name: "torch.batchmean",
    title: 'kl_div(…, reduction="batchmean")',
    formula: "torch.sum / size of the first axis: math only when that counts the rows",
    source,
    group: "reduction",
    choices: { reduction: "sum over rows / first axis" },
    unit: "nats",
    applies: isRows,
    value: (input) => batchmean(input, sidesOf(input)),
  },
  {
    name: "torch.swapped",
    title: "kl_div(log p, q): arguments swapped",
    formula: "Σ xlogy(q, q) − q log p / size of the first axis: KL(Q‖P)",
    source: `${source}; pytorch/pytorch#57459`,
    group: "direction",
    choices: { direction: "KL(Q‖P)", reduction: "sum over rows / first axis" },
    unit: "nats",
    applies: isRows,
    value: (input) => batchmean(input, sidesOf(input), swappedSummand),
  },
  {
    name: "torch.missing-log",
    title: "kl_div(q, p): probabilities without log",
    formula: "Σ xlogy(p, p) − p q / size of the first axis; negative as a rule",
    source: `${source}; pytorch/pytorch#43348`,
    group: "logarithm",
    choices: { logarithm: "none of q", reduction: "sum over rows / first axis" },
    unit: "nats",
    applies: isRows,
    value: (input) => batchmean(input, sidesOf(input), missingLogSummand),
  },
  {
    name: "torch.missing-log.mean",
    title: "kl_div(q, p) with the default reduction",
    formula: "Σ xlogy(p, p) − p q / number of elements",
    source: `${source}; pytorch/pytorch#43348`,
    group: "logarithm",
    choices: { logarithm: "none of q", reduction: "mean over elements" },
    unit: "nats",
    applies: isRows,
    value: (input) => reduced(sums(input, missingLogSummand), input, "elements"),
  },
  {
    name: "torch.missing-log.sum",
    title: 'kl_div(q, p) with reduction="sum"',
    formula: "Σ xlogy(p, p) − p q over all rows and classes",
    source: `${source}; pytorch/pytorch#43348`,
    group: "logarithm",
    choices: { logarithm: "none of q", reduction: "sum over rows" },
    unit: "nats",
    applies: isRows,
    value: (input) => total(sums(input, missingLogSummand)),
  },
  {
    name: "torch.log-target",
    title: "kl_div(log q, log p) without log_target",
    formula: "Σ xlogy(t, t) − t log q with t = log p: NaN, as log p is negative",
    source,
    group: "logarithm",
    choices: { logarithm: "of the target too" },
    unit: "nats",
    applies: isRows,
    value: (input) => batchmean(input, sidesOf(input), logTargetSummand),
  },
  {
    name: "torch.missing-softmax",
    title: "kl_div(b, a): logits as they are",
    formula: "Σ xlogy(a, a) − a b / size of the first axis; NaN where a logit is negative",
    source,
    group: "normalisation",
    choices: { normalisation: "none", logarithm: "none of q", reduction: "sum over rows / first axis" },
    unit: "nats",
    applies: takes("logits"),
    value: (input) => batchmean(input, rawBoth(input)),
  },
  {
    name: "torch.missing-log-softmax",
    title: "kl_div(b, softmax(a)): input not normalised",
    formula: "Σ p log p − p b / size of the first axis, b the logits of Q",
    source,
    group: "normalisation",
    choices: { normalisation: "softmax of P only", reduction: "sum over rows / first axis" },
    unit: "nats",
    applies: takes("logits"),
    value: (input) => batchmean(input, rawInput(input)),
  },
  {
    name: "softmax-twice",
    title: "softmax of what are probabilities already",
    formula: "Σ s log(s/t), mean over rows, s = softmax(p), t = softmax(q): far too small",
    source: "a common mistake where a model ends with softmax and its loss begins with one",
    group: "normalisation",
    choices: { normalisation: "softmax of probabilities" },
    unit: "nats",
    applies: takes("logits", "probs", "weights"),
    value: (input) => mean(rowSums(twice(input), torchSummand)),
  },
  {
    name: "torch.implicit-dim",
    title: "softmax without dim, batchmean",
    formula: "softmax over axis 0 of arrays with 1 or 3 axes, else over axis 1",
    source:
      "torch.nn.functional.softmax, https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softmax.html",
    group: "axis",
    choices: { axis: "axis 0 or 1", reduction: "sum over rows / first axis" },
    unit: "nats",
    applies: (input) => otherAxis(input, implicitDim(input.shape.length)),
    value: (input) => batchmean(input, sidesOf(input, "softmax", [implicitDim(input.shape.length)])),
  },
  {
    name: "torch.wrong-axis",
    title: "softmax over axis 0, the batch; batchmean",
    formula: "softmax(x, 0), then torch.sum / size of the first axis",
    source: "PaddlePaddle/PaddleOCR#6747",
    group: "axis",
    choices: { axis: "axis 0", reduction: "sum over rows / first axis" },
    unit: "nats",
    applies: (input) => otherAxis(input, 0) && implicitDim(input.shape.length) !== 0,
    value: (input) => batchmean(input, sidesOf(input, "softmax", [0])),
  },
];
