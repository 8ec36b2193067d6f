import { truncatedRow } from "../llamaCpp/index.js";
import { type Convention, type ConventionInput, takes } from "./convention.js";
import {
  mean,
  normalise,
  properNormalisation,
  type Rows,
  rowSums,
  rowsAlong,
  type SidePair,
  sidesOf,
} from "./rows.js";
import { relativeEntropy } from "./summands.js";

/** The axes of a map: those of --dim if they are several, else the last two. */
function mapDims({ shape, dims }: ConventionInput): readonly number[] {
  return dims.length > 1 ? dims : [shape.length - 2, shape.length - 1];
}
const hasMaps = (input: ConventionInput) => input.shape.length > 1;
const mapOfWeights = (input: ConventionInput) => hasMaps(input) && takes("weights", "probs")(input);
/** Where the map is more than the row. */
const widerMap = (input: ConventionInput) => hasMaps(input) && input.dims.length === 1;

/** MATLAB's eps, 2⁻⁵², as the benchmark's Python versions write it. */
const epsilon = 2.2204e-16;

/** pysaliency's density: shifted so that the least is not negative, 1e-20 added, divided by the sum. */
function density({ data, rows, classes }: Rows) {
  const shifted = data.slice();
  for (let row = 0; row < rows; row++) {
    const map = shifted.subarray(row * classes, (row + 1) * classes);
    const least = map.reduce((min, x) => Math.min(min, x), Infinity);
    for (let i = 0; i < map.length; i++) map[i] = (least < 0 ? map[i] - least : map[i]) + 1e-20;
  }
  return normalise({ data: shifted, rows, classes }, "sum");
}

function densities({ p, q, shape, dims }: ConventionInput, mapAxes = dims): SidePair {
  const { rows, classes, data } = rowsAlong(p, shape, mapAxes);
  const candidate = rowsAlong(q, shape, mapAxes);
  return { p: density({ data, rows, classes }), q: density(candidate), rows, classes };
}

/** Saliency maps, softmax or sum over whole maps, and llama.cpp. */
export const mapConventions: readonly Convention[] = [
  {
    name: "map.softmax",
    title: "softmax over the whole map, last two axes",
    formula: "Σ p log(p/q) over both axes, mean over maps",
    source: "a choice of axis: tf.nn.softmax and torch.softmax take one",
    group: "axis",
    choices: { axis: "last two axes" },
    unit: "nats",
    applies: (input) => widerMap(input) && takes("logits")(input),
    value: (input) => mean(rowSums(sidesOf(input, "softmax", mapDims(input)), relativeEntropy)),
  },
  {
    name: "map.sum",
    title: "map divided by its sum, last two axes",
    formula: "Σ p log(p/q) over both axes with p/Σp and q/Σq, mean over maps",
    source: "Bylinskii et al. (2019), What do different evaluation metrics tell us about saliency models?",
    group: "axis",
    choices: { axis: "last two axes" },
    unit: "nats",
    applies: (input) => widerMap(input) && mapOfWeights(input),
    value: (input) => mean(rowSums(sidesOf(input, "sum", mapDims(input)), relativeEntropy)),
  },
  {
    name: "sum-normalised",
    title: "rows divided by their sums, no softmax",
    formula: "Σ p log(p/q) with p = a/Σa, q = b/Σb, mean over rows; infinite with negative values",
    source: "the plain sum where a softmax is meant",
    group: "normalisation",
    choices: { normalisation: "plain sum" },
    unit: "nats",
    applies: takes("logits"),
    value: (input) => mean(rowSums(sidesOf(input, "sum"), relativeEntropy)),
  },
  {
    name: "mit-saliency",
    title: "MIT benchmark's KLdiv.m, P the fixations",
    formula: "Σ p log(eps + p/(q + eps)) over the map, p/Σp and q/Σq, eps = 2.2204e-16",
    source: "cvzoya/saliency, code_forMetrics/KLdiv.m; pysaliency's MIT_KLDiv",
    group: "epsilon",
    choices: { epsilon: "2.2204e-16, added twice", axis: "last two axes" },
    unit: "nats",
    applies: mapOfWeights,
    value: (input) =>
      mean(
        rowSums(
          sidesOf(input, "sum", mapDims(input)),
          (x, _logX, y) => x * Math.log(epsilon + x / (y + epsilon)),
        ),
      ),
  },
  {
    name: "pysaliency",
    title: "pysaliency's image_based_kl_divergence",
    formula: "Σ p log(p/q) over the map, p and q less their least if negative, + 1e-20, over Σ",
    source: "matthias-k/pysaliency, pysaliency/metrics.py",
    group: "epsilon",
    choices: { epsilon: "1e-20 added", axis: "last two axes" },
    unit: "nats",
    applies: (input) => hasMaps(input) && takes("weights", "probs", "logits")(input),
    value: (input) =>
      mean(rowSums(densities(input, mapDims(input)), (x, logX, _y, logY) => x * (logX - logY))),
  },
  {
    name: "llama.cpp",
    title: "llama-perplexity's Mean KLD",
    formula: "Σ p (log p − log q) over classes with log p > −16, mean over rows",
    source: "ggml-org/llama.cpp, tools/perplexity/perplexity.cpp",
    group: "epsilon",
    choices: { epsilon: "classes with log p ≤ −16 left out" },
    unit: "nats",
    applies: takes("logits", "logProbs", "probs"),
    value: (input) => {
      const { p, q, rows, classes } = sidesOf(input, properNormalisation(input.kind));
      const at = (data: Float64Array, row: number) => data.subarray(row * classes, (row + 1) * classes);
      return mean(
        Float64Array.from({ length: rows }, (_, row) => truncatedRow(at(p.logs, row), at(q.logs, row)).kld),
      );
    },
  },
];
