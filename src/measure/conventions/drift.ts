import { type Convention, type ConventionInput, takes } from "./convention.js";
import { doaneEdges, equalEdges, shares, sharesOfKeys, sturgesEdges } from "./histogram.js";
import { fromProbabilities, mean, normalise, rowSums, type SidePair, sidesOf } from "./rows.js";
import { jeffreys, jensenShannon, relativeEntropy } from "./summands.js";

/** Samples of one quantity, or rows of counts or shares in the same bins. */
const applies = takes("samples", "weights", "probs");

/** Samples as one row of shares in bins, or rows of counts as rows of shares. */
function binned(
  input: ConventionInput,
  bins: (p: Float64Array, q: Float64Array) => [Float64Array, Float64Array],
): SidePair {
  if (input.kind !== "samples") return sidesOf(input, "sum");
  const [p, q] = bins(input.p, input.q);
  return { p: fromProbabilities(p), q: fromProbabilities(q), rows: 1, classes: p.length };
}

const unique = (...of: Float64Array[]) =>
  [...new Set(of.flatMap((values) => [...values]))].sort((a, b) => a - b);

/** Evidently: Sturges' bins over both sides, or the values themselves when the reference has at most 20. */
function evidentlyBins(p: Float64Array, q: Float64Array): [Float64Array, Float64Array] {
  if (unique(p).length <= 20) {
    const keys = unique(p, q);
    return [sharesOfKeys(p, keys), sharesOfKeys(q, keys)];
  }
  const both = new Float64Array(p.length + q.length);
  both.set(p);
  both.set(q, p.length);
  const edges = sturgesEdges(both);
  return [shares(p, edges), shares(q, edges)];
}

/** Evidently's filling: empty bins get 1e-4, or a millionth of the least share if that is not above 1e-4. */
function filled(pair: SidePair): SidePair {
  const fill = ({ probs }: SidePair["p"]) => {
    const out = probs.slice();
    for (let row = 0; row < pair.rows; row++) {
      const bins = out.subarray(row * pair.classes, (row + 1) * pair.classes);
      const least = bins.reduce((min, x) => (x > 0 && x < min ? x : min), Infinity);
      const filling = least <= 1e-4 ? least / 1e6 : 1e-4;
      for (let i = 0; i < bins.length; i++) if (bins[i] === 0) bins[i] = filling;
    }
    return fromProbabilities(out);
  };
  return { ...pair, p: fill(pair.p), q: fill(pair.q) };
}

/** Both sides divided by their sums again, as `scipy.stats.entropy` and `jensenshannon` do. */
function renormalised({ p, q, rows, classes }: SidePair): SidePair {
  const again = (data: Float64Array) => normalise({ data, rows, classes }, "sum");
  return { p: again(p.probs), q: again(q.probs), rows, classes };
}

/**
 * NannyML: Doane's bins over the reference, or its values when they are few; what lies in none of them is one
 * bin more, which the reference has empty.
 */
function nannymlBins(p: Float64Array, q: Float64Array): [Float64Array, Float64Array] {
  const keys = unique(p);
  const continuous = keys.length > 50 || keys.length / p.length > 0.1;
  const edges = continuous ? doaneEdges(p) : undefined;
  const sharesIn = (values: Float64Array) => (edges ? shares(values, edges) : sharesOfKeys(values, keys));
  const candidate = sharesIn(q);
  const leftover = Math.max(0, 1 - candidate.reduce((sum, x) => sum + x, 0));
  return [Float64Array.of(...sharesIn(p), 0), Float64Array.of(...candidate, leftover)];
}

/** In counts: the bins that the reference has empty become one. */
function leftoverJoined(pair: SidePair): SidePair {
  const q = pair.q.probs.slice();
  for (let row = 0; row < pair.rows; row++) {
    let first = -1;
    for (let i = row * pair.classes; i < (row + 1) * pair.classes; i++) {
      if (pair.p.probs[i] !== 0) continue;
      if (first < 0) first = i;
      else {
        q[first] += q[i];
        q[i] = 0;
      }
    }
  }
  return { ...pair, q: fromProbabilities(q) };
}

/**
 * TFDV: ten equal bins over each side's own range, cut at the edges of both, a bin's content spread evenly. (TFDV
 * itself finds its bins with a sketch of quantiles, so its counts are approximate.)
 */
function tfdvBins(p: Float64Array, q: Float64Array): [Float64Array, Float64Array] {
  const own = [p, q].map((values) => {
    const sorted = values.slice().sort();
    const edges = equalEdges(sorted[0], sorted[sorted.length - 1], 10);
    return { edges, content: shares(values, edges) };
  });
  const edges = unique(own[0].edges, own[1].edges);
  const [a, b] = own.map((it) => spread(it.edges, it.content, edges));
  return [a, b];
}

function spread(edges: Float64Array, content: Float64Array, finer: readonly number[]): Float64Array {
  let bin = 0;
  return Float64Array.from({ length: finer.length - 1 }, (_, i) => {
    while (bin < content.length - 1 && finer[i] >= edges[bin + 1]) bin++;
    const inside = finer[i] >= edges[bin] && finer[i + 1] <= edges[bin + 1];
    return inside ? (content[bin] * (finer[i + 1] - finer[i])) / (edges[bin + 1] - edges[bin]) : 0;
  });
}

const atLeast =
  (floor: number) =>
  (pair: SidePair): SidePair => {
    const raised = ({ probs }: SidePair["p"]) => fromProbabilities(probs.map((x) => Math.max(x, floor)));
    return { ...pair, p: raised(pair.p), q: raised(pair.q) };
  };

const distance = (pair: SidePair, base = 1) =>
  mean(rowSums(renormalised(pair), jensenShannon).map((js) => Math.sqrt(js / base)));

const evidently = "evidentlyai/evidently, src/evidently/legacy/calculations/stattests";

/** Drift of samples, or of counts in bins: the reference is P, the current data Q. */
export const driftConventions: readonly Convention[] = [
  {
    name: "evidently.kl_div",
    title: "Evidently's kl_div: bins, empty ones filled",
    formula: "Σ p log(p/q) over Sturges bins of both (or values), empty bins 1e-4 or min/1e6",
    source: `${evidently}/kl_div.py and utils.py`,
    group: "epsilon",
    choices: { epsilon: "empty bins filled" },
    unit: "nats",
    applies,
    value: (input) => mean(rowSums(renormalised(filled(binned(input, evidentlyBins))), relativeEntropy)),
  },
  {
    name: "evidently.psi",
    title: "Evidently's PSI",
    formula: "Σ (p − q) log(p/q) over the same bins, empty ones filled",
    source: `${evidently}/psi.py`,
    group: "epsilon",
    choices: { direction: "KL(P‖Q) + KL(Q‖P)", epsilon: "empty bins filled" },
    unit: "nats",
    applies,
    value: (input) => mean(rowSums(filled(binned(input, evidentlyBins)), jeffreys)),
  },
  {
    name: "evidently.jensenshannon",
    title: "Evidently's jensenshannon, a distance in base e",
    formula: "√(½ KL(P‖M) + ½ KL(Q‖M)) over the same bins, not filled: at most √log 2 = 0.83",
    source: `${evidently}/jensenshannon.py`,
    group: "measure",
    choices: { measure: "Jensen-Shannon distance" },
    unit: "√nats",
    applies,
    value: (input) => distance(binned(input, evidentlyBins)),
  },
  {
    name: "nannyml.jensen_shannon",
    title: "NannyML's jensen_shannon, a distance in base 2",
    formula: "√js in base 2 over Doane's bins of the reference and one bin for the rest",
    source: "NannyML/nannyml, nannyml/drift/univariate/methods.py",
    group: "measure",
    choices: { measure: "Jensen-Shannon distance", logarithm: "base 2" },
    unit: "√bits",
    applies,
    value: (input) =>
      input.kind === "samples"
        ? distance(binned(input, nannymlBins), Math.LN2)
        : distance(leftoverJoined(binned(input, nannymlBins)), Math.LN2),
  },
  {
    name: "tfdv",
    title: "TFDV's Jensen-Shannon divergence in base 2",
    formula: "½ KL(P‖M) + ½ KL(Q‖M) in base 2 over ten equal bins of each side, cut at both's edges",
    source: "tensorflow/data-validation, tensorflow_data_validation/anomalies/metrics.cc",
    group: "measure",
    choices: { measure: "Jensen-Shannon", logarithm: "base 2" },
    unit: "bits",
    applies,
    value: (input) => mean(rowSums(renormalised(binned(input, tfdvBins)), jensenShannon)) / Math.LN2,
  },
  {
    name: "psi",
    title: "population stability index, nothing filled",
    formula: "Σ (p − q) log(p/q); infinite where a bin is empty on one side",
    source: "Siddiqi (2006), Credit Risk Scorecards: Jeffreys' divergence of binned data",
    group: "direction",
    choices: { direction: "KL(P‖Q) + KL(Q‖P)" },
    unit: "nats",
    applies: takes("weights", "probs"),
    value: (input) => mean(rowSums(sidesOf(input, "sum"), jeffreys)),
  },
  {
    name: "deepchecks.psi",
    title: "Deepchecks' PSI with a floor of 0.01",
    formula: "Σ (p − q) log(p/q) with every p and q at least 0.01",
    source: "deepchecks/deepchecks, deepchecks/utils/distribution/drift.py",
    group: "epsilon",
    choices: { direction: "KL(P‖Q) + KL(Q‖P)", epsilon: "floor of 0.01" },
    unit: "nats",
    applies: takes("weights", "probs"),
    value: (input) => mean(rowSums(atLeast(0.01)(sidesOf(input, "sum")), jeffreys)),
  },
];
