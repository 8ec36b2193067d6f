/** What one of the numbers of a comparison is called and what it says. */
export interface Explanation {
  /** The measure's key in `measures`, or the field of a candidate’s summary. */
  key: string;
  /** As in the heading of a table. */
  title: string;
  /** What it is and how to read it, in a sentence or two. */
  text: string;
}

/** What each measure says: the one table that reports and docs/report.md draw on. */
export const measureExplanations: readonly Explanation[] = [
  {
    key: "kl",
    title: "KL(P‖Q)",
    text: "The Kullback–Leibler divergence Σ p log(p/q) of the candidate Q from the reference P: what is lost, on average over what P holds likely, by using Q in its place. It is 0 where both are equal, never negative, and infinite where Q rules out what P allows.",
  },
  {
    key: "reverse-kl",
    title: "KL(Q‖P)",
    text: "The same the other way round, Σ q log(q/p): it grows where the candidate puts probability on what the reference holds unlikely.",
  },
  {
    key: "jeffreys",
    title: "Jeffreys",
    text: "The sum of KL both ways, which treats the two sides alike.",
  },
  {
    key: "js",
    title: "JS",
    text: "The Jensen–Shannon divergence: the mean KL of both sides from their average. It treats the two alike and is at most ln 2 (1 bit).",
  },
  {
    key: "tv",
    title: "TV",
    text: "Total variation ½ Σ |p − q|, from 0 to 1: the most by which the two can differ on the probability of any event.",
  },
  {
    key: "hellinger",
    title: "Hellinger",
    text: "The Hellinger distance √(½ Σ (√p − √q)²), from 0 to 1; unlike KL it is finite everywhere.",
  },
  {
    key: "renyi",
    title: "Rényi",
    text: "The Rényi divergence of the order given, log Σ p^α q^(1−α) / (α − 1): low orders look at all that is shared, high orders at the worst ratio p/q; order 1 is KL.",
  },
  {
    key: "sameTop",
    title: "same top",
    text: "The share of rows in which both sides hold the same class likeliest: how often a greedy choice would be the same.",
  },
  {
    key: "topOverlap",
    title: "top-k",
    text: "The mean share of the reference’s k likeliest classes that are also among the candidate’s k likeliest.",
  },
  {
    key: "rankOfTop",
    title: "rank of top",
    text: "At which place the candidate ranks the reference’s likeliest class; 1 is first.",
  },
  {
    key: "entropy",
    title: "entropy",
    text: "How uncertain each side is, H(P) and H(Q), and the cross-entropy H(P, Q) = H(P) + KL(P‖Q): the expected cost of coding what P draws by a code made for Q.",
  },
  {
    key: "perplexity",
    title: "perplexity",
    text: "exp of the mean of −log p(label) over rows with a known label: as many equally likely classes as would be as hard to guess. The ratio Q/P says by how much the candidate guesses worse.",
  },
  {
    key: "deltaP",
    title: "Δp",
    text: "How much probability the label gains (or, negative, loses) under the candidate: q(label) − p(label), as a mean and as a root mean square.",
  },
];

/** How far the numbers can be trusted: the same table's second part. */
export const uncertaintyExplanations: readonly Explanation[] = [
  {
    key: "stderr",
    title: "± s.e.",
    text: "The standard error of a mean: how far it would typically move if other rows of the same kind had been measured. Where rows belong to clusters, such as the chunks of a text, it is computed from clusters, because rows of one cluster resemble each other.",
  },
  {
    key: "interval",
    title: "95 % interval",
    text: "The range that covers the mean over all rows of this kind in 95 of 100 such measurements.",
  },
  {
    key: "difference",
    title: "paired difference",
    text: "Two candidates compared row by row on the same rows, which cancels what makes rows hard for both. An interval that does not contain 0 says that the order of the two is no accident of the rows chosen; p is the chance of a difference this large if there were none.",
  },
  {
    key: "quantiles",
    title: "quantiles",
    text: "The KL that the given share of rows stays under. The 95 % and 99 % quantiles say how bad the bad rows are; the maximum is one row, to be looked at and not to be ranked by.",
  },
  {
    key: "floor",
    title: "floor",
    text: "The reference against another run of itself: below this a divergence says nothing about the candidate.",
  },
  {
    key: "pareto",
    title: "Pareto front",
    text: "The candidates to choose from when size matters: none of the others is both smaller and closer.",
  },
];

/** What the measure of this key in `measures`, such as `kl` or `renyi-0.5`, is called and says. */
export function explainMeasure(key: string): Explanation {
  const order = /^renyi-(.+)$/.exec(key)?.[1];
  const found = measureExplanations.find((entry) => entry.key === (order === undefined ? key : "renyi"));
  if (found === undefined) return { key, title: key, text: "" };
  return order === undefined ? found : { ...found, key, title: `Rényi ${order}` };
}

/** Whether the measure is in the unit of the logarithm; total variation and Hellinger have none. */
export function hasUnit(key: string): boolean {
  return key !== "tv" && key !== "hellinger";
}
