import type { ConventionInput, Kind } from "../conventions/index.js";
import { type Rows, rowsAlong } from "../conventions/index.js";

/** Something seen in the arrays that may explain a number. */
export interface ExplainWarning {
  code:
    | "kinds-differ"
    | "unclear"
    | "swapped"
    | "logits-as-probabilities"
    | "log-probabilities-as-probabilities"
    | "probabilities-as-logits"
    | "sums"
    | "zeros"
    | "not-finite"
    | "batchmean"
    | "mean";
  message: string;
}

/** What a side was found to be (null when that is not clear), and what it is taken for. */
export interface SeenSide {
  readonly found: Kind | null;
  readonly taken: Kind;
}

const words: Readonly<Record<Kind, string>> = {
  logits: "logits",
  probs: "probabilities",
  logProbs: "log-probabilities",
  weights: "weights",
  samples: "samples",
};

/** How far a sum may be off 1: the rounding of float32, or of a few decimals that somebody typed. */
const tolerance = 1e-3;

/** What the values themselves say. `input` has both sides as one kind; `p` and `q` say what they were. */
export function warningsOf(input: ConventionInput, p: SeenSide, q: SeenSide): ExplainWarning[] {
  if (input.kind === "samples") return [];
  return [...mixedKinds(p, q), ...wrongKind(p, q), ...valueWarnings(input)];
}

function mixedKinds(p: SeenSide, q: SeenSide): ExplainWarning[] {
  if (p.taken === q.taken) return [];
  const warnings: ExplainWarning[] = [
    {
      code: "kinds-differ",
      message: `P holds ${words[p.taken]} and Q ${words[q.taken]}: both were brought to probabilities`,
    },
  ];
  if (p.taken === "logProbs" && q.taken === "probs") {
    const message =
      "the arguments look swapped: kl_div(input, target) takes log-probabilities first, but here the " +
      "reference P, the target, comes first";
    warnings.push({ code: "swapped", message });
  }
  return warnings;
}

function wrongKind(p: SeenSide, q: SeenSide): ExplainWarning[] {
  const sides = [
    ["P", p],
    ["Q", q],
  ] as const;
  return sides.flatMap(([name, { found, taken }]): ExplainWarning[] => {
    const asProbabilities = taken === "probs" || taken === "weights";
    if (asProbabilities && found === "logits")
      return [
        { code: "logits-as-probabilities", message: `${name} looks like logits, taken as ${words[taken]}` },
      ];
    if (asProbabilities && found === "logProbs") {
      const message = `${name} looks like log-probabilities, taken as ${words[taken]}`;
      return [{ code: "log-probabilities-as-probabilities", message }];
    }
    if (taken === "logits" && found === "probs") {
      const message = `${name} looks like probabilities, taken as logits: a softmax of them flattens them`;
      return [{ code: "probabilities-as-logits", message }];
    }
    return [];
  });
}

function valueWarnings(input: ConventionInput): ExplainWarning[] {
  const p = rowsAlong(input.p, input.shape, input.dims);
  const q = rowsAlong(input.q, input.shape, input.dims);
  return [
    ...notFinite("P", p),
    ...notFinite("Q", q),
    ...(input.kind === "logits" ? [] : [...sums("P", p, input.kind), ...sums("Q", q, input.kind)]),
    ...zeros(p, q, input.kind),
    ...oneHot(p, q, input.kind),
    ...batchmean(input, p),
  ];
}

function notFinite(name: string, { data }: Rows): ExplainWarning[] {
  const count = data.reduce((n, x) => n + (Number.isNaN(x) || x === Infinity ? 1 : 0), 0);
  if (count === 0) return [];
  return [{ code: "not-finite", message: `${name} holds NaN or +∞ in ${count} of ${data.length} places` }];
}

function sums(name: string, { data, rows, classes }: Rows, kind: Kind): ExplainWarning[] {
  let [off, low, high] = [0, Infinity, -Infinity];
  for (let row = 0; row < rows; row++) {
    const values = data.subarray(row * classes, (row + 1) * classes);
    const sum = values.reduce((all, x) => all + (kind === "logProbs" ? Math.exp(x) : x), 0);
    if (Math.abs(sum - 1) > tolerance) off++;
    [low, high] = [Math.min(low, sum), Math.max(high, sum)];
  }
  if (off === 0) return [];
  const what = kind === "logProbs" ? "exponentials of rows" : "rows";
  const range = show(low) === show(high) ? show(low) : `${show(low)} to ${show(high)}`;
  const which = off === rows ? (rows === 1 ? "the row does" : "no row does") : `${off} of ${rows} do`;
  const message =
    `${what} of ${name} sum to ${range}, not to 1 (${which}${off === rows && rows > 1 ? "" : " not"}): what ` +
    "normalises and what does not part here";
  return [{ code: "sums", message }];
}

function zeros(p: Rows, q: Rows, kind: Kind): ExplainWarning[] {
  const none = kind === "logits" || kind === "logProbs" ? -Infinity : 0;
  const without = (x: Float64Array, y: Float64Array) => {
    const rows = new Set<number>();
    for (let i = 0; i < x.length; i++) if (x[i] > none && y[i] === none) rows.add(Math.floor(i / p.classes));
    return rows.size;
  };
  const [forward, backward] = [without(p.data, q.data), without(q.data, p.data)];
  if (forward === 0) return [];
  const rows = forward === 1 ? "1 row" : `${forward} rows`;
  const warnings: ExplainWarning[] = [
    {
      code: "zeros",
      message:
        `Q is 0 where P is not, in ${rows}: KL(P‖Q) is infinite, and a finite number comes of an epsilon ` +
        "and says mostly how small that is",
    },
  ];
  if (backward === 0)
    warnings.push({ code: "swapped", message: "KL(Q‖P) is finite: the arguments may be swapped" });
  return warnings;
}

/** Labels belong in P. */
function oneHot(p: Rows, q: Rows, kind: Kind): ExplainWarning[] {
  if (kind !== "probs" && kind !== "weights") return [];
  const isOneHot = ({ data, rows }: Rows) =>
    data.every((x) => x === 0 || x === 1) && data.reduce((n, x) => n + x, 0) === rows;
  if (!isOneHot(q) || isOneHot(p)) return [];
  const message = "Q holds one-hot rows, such as labels, and P does not: the arguments look swapped";
  return [{ code: "swapped", message }];
}

function batchmean({ shape }: ConventionInput, { rows }: Rows): ExplainWarning[] {
  if (shape.length < 2 || shape[0] === rows) return [];
  const message =
    `batchmean divides by the size of the first axis, ${shape[0]}, not by the ${rows} rows: ` +
    'sum the result of reduction="none" over the classes and take the mean instead';
  return [{ code: "batchmean", message }];
}

function show(x: number): string {
  return String(Number(x.toPrecision(4)));
}
