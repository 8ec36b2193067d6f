import { KullbackError } from "../errors.js";
import { readAll, rowsOf } from "../io/index.js";
import {
  type Aspect,
  aspects,
  type ConventionInput,
  type ConventionUnit,
  conventions,
  type Kind,
  lastAxis,
} from "./conventions/index.js";
import { findMatches, type MatchResult } from "./explainMatch.js";
import { type ExplainWarning, type SeenSide, warningsOf } from "./explainWarnings.js";
import { guessFrom } from "./guessFrom.js";
import { type CompareInput, type Input, openInput } from "./inputs.js";
import { lookAt } from "./look.js";

/** Options of {@link explain}. */
export interface ExplainOptions {
  /**
   * What the values are. Default `auto`: look at each array; what is not negative and does not sum to 1 is taken
   * as weights, and two one-dimensional arrays of different length as samples.
   */
  from?: Kind | "auto";
  /** The axis, or axes, that make up a row. Default -1, the last one. */
  dim?: number | readonly number[];
  /** A number that somebody reported, with the digits given: says which conventions give it. */
  match?: string | number;
}

/** One of the two arrays. */
export interface ExplainedInput {
  name: string;
  format: string;
  dtype: string;
  shape: number[];
}

/** A convention with its number. */
export interface ExplainedConvention {
  name: string;
  title: string;
  formula: string;
  source: string;
  unit: ConventionUnit;
  /** What it does otherwise than `math`, by aspect. */
  choices: Partial<Record<Aspect, string>>;
  value: number;
}

/**
 * Every convention's number for two arrays: plain data of the JSON schema `kullback.explain/1`, except that
 * numbers which are not finite are numbers here and the strings "Infinity", "-Infinity" and "NaN" in JSON.
 */
export interface Explanation {
  schema: "kullback.explain/1";
  reference: ExplainedInput;
  candidate: ExplainedInput;
  /** What the values were taken for, and what was seen that says so (null when it was given). */
  from: Kind;
  found: string | null;
  /** The axes that make up a row, from 0; empty for samples. */
  dim: number[];
  /** The number of rows and of classes in a row; for samples, 1 and the number of observations of P. */
  rows: number;
  classes: number;
  /** The number that the definition gives: KL(P‖Q) in nats, mean over rows; null for samples. */
  math: number | null;
  /** The conventions that apply, by what they chiefly do otherwise. */
  groups: { aspect: Aspect; conventions: ExplainedConvention[] }[];
  warnings: ExplainWarning[];
  /** Null unless a number was looked for. */
  match: MatchResult | null;
}

/** Arrays are read whole; more elements than this are refused. */
const maxElements = 2 ** 26;

/**
 * Says which number each convention gives for two arrays, so that one can see which of them a reported "KL
 * divergence" is.
 *
 * @example
 * const { groups } = await explain("teacher.npy", "student.npy");
 * const { match } = await explain("teacher.npy", "student.npy", { match: "0.1708" });
 *
 * @param p - The reference P; see {@link CompareInput}.
 * @param q - The candidate Q, of the same shape, or any number of samples.
 * @throws {@link KullbackError} when a file cannot be read, shapes differ, an axis does not exist, or an array
 *   is empty or has more than 2²⁶ elements.
 */
export async function explain(
  p: CompareInput,
  q: CompareInput,
  options: ExplainOptions = {},
): Promise<Explanation> {
  const reference = await openInput(p, "reference");
  try {
    const candidate = await openInput(q, "candidate");
    try {
      return await explainInputs(reference, candidate, options);
    } finally {
      await candidate.close();
    }
  } finally {
    await reference.close();
  }
}

async function explainInputs(p: Input, q: Input, options: ExplainOptions): Promise<Explanation> {
  const { dim = -1, match } = options;
  const { input, sides, found } = await settle(
    p,
    q,
    options.from ?? "auto",
    Array.isArray(dim) ? dim : [dim],
  );
  const values = conventions
    .filter((convention) => convention.applies(input))
    .map((convention) => ({ convention, value: convention.value(input) }));
  const choicesOf = (choices: Partial<Record<Aspect, string>>) => {
    const isLast = input.dims.length === 1 && input.dims[0] === input.shape.length - 1;
    const { axis, ...others } = choices;
    return axis === undefined || (isLast && axis === lastAxis) ? others : { axis, ...others };
  };
  const explained = values.map(({ convention, value }): ExplainedConvention & { group: Aspect } => {
    const { name, title, formula, source, unit, group } = convention;
    return { name, title, formula, source, unit, choices: choicesOf(convention.choices), value, group };
  });
  const classes = input.dims.reduce((product, axis) => product * input.shape[axis], 1);
  const isSamples = input.kind === "samples";
  const matched = match === undefined ? null : findMatches(String(match), explained, input);
  return {
    schema: "kullback.explain/1",
    reference: summaryOf(p),
    candidate: summaryOf(q),
    from: input.kind,
    found,
    dim: [...input.dims],
    rows: isSamples ? 1 : input.p.length / classes,
    classes: isSamples ? input.p.length : classes,
    math: explained.find(({ name }) => name === "math")?.value ?? null,
    groups: aspects.flatMap((aspect) => {
      const inGroup = explained.filter(({ group }) => group === aspect).map(({ group: _, ...rest }) => rest);
      return inGroup.length === 0 ? [] : [{ aspect, conventions: inGroup }];
    }),
    warnings: [
      ...unclear(sides, options.from ?? "auto"),
      ...warningsOf(input, ...sides),
      ...meanWarning(matched, explained),
    ],
    match: matched,
  };
}

function summaryOf({ summary: { name, format, dtype, shape } }: Input): ExplainedInput {
  return { name, format, dtype, shape: [...shape] };
}

/** Reads both arrays and says what they are. */
async function settle(
  p: Input,
  q: Input,
  from: Kind | "auto",
  dims: readonly number[],
): Promise<{ input: ConventionInput; sides: [SeenSide, SeenSide]; found: string | null }> {
  const [pShape, qShape] = [p.array.shape, q.array.shape];
  const sameShape = pShape.join() === qShape.join();
  const areSamples =
    from === "samples" || (from === "auto" && !sameShape && pShape.length === 1 && qShape.length === 1);
  if (!sameShape && !areSamples) {
    throw new KullbackError(
      `${q.array.name}: has the shape [${qShape.join(", ")}], but the reference ${p.array.name} has ` +
        `[${pShape.join(", ")}]; samples of different number need --from samples`,
    );
  }
  const [a, b] = [await valuesOf(p), await valuesOf(q)];
  if (areSamples) {
    const side: SeenSide = { found: null, taken: "samples" };
    const input: ConventionInput = { p: a, q: b, shape: [a.length], kind: "samples", dims: [] };
    return {
      input,
      sides: [side, side],
      found: from === "auto" ? "one-dimensional, of different length" : null,
    };
  }
  const [first, second] = [await see(p, dims, from), await see(q, dims, from)];
  const kind = kindOfBoth(first.taken, second.taken);
  if (kind === undefined) {
    throw new KullbackError(
      `${q.array.name}: seems to hold ${kindWords[second.taken]}, but the reference ${p.array.name} ` +
        `${kindWords[first.taken]}; say --from logits, --from probs or --from weights`,
    );
  }
  const as = (values: Float64Array, { taken }: SeenSide) =>
    taken === "logProbs" && (kind === "probs" || kind === "weights") ? values.map(Math.exp) : values;
  const axes = dims.map((axis) => (axis < 0 ? axis + pShape.length : axis)).sort((x, y) => x - y);
  return {
    input: { p: as(a, first), q: as(b, second), shape: pShape, kind, dims: axes },
    sides: [first, second],
    found: from === "auto" ? first.text : null,
  };
}

const kindWords: Readonly<Record<Kind, string>> = {
  logits: "logits",
  probs: "probabilities",
  logProbs: "log-probabilities",
  weights: "weights",
  samples: "samples",
};

/** What two kinds can both be taken for; undefined for logits with what is normalised already. */
function kindOfBoth(a: Kind, b: Kind): Kind | undefined {
  const either = (kind: Kind) => a === kind || b === kind;
  if (a === b) return a;
  if (either("logits")) return either("logProbs") ? "logits" : undefined;
  return either("weights") ? "weights" : "probs";
}

async function valuesOf({ array }: Input): Promise<Float64Array> {
  const { data } = await readAll(array, { maxElements });
  if (data.length === 0) throw new KullbackError(`${array.name}: holds no values`);
  return data;
}

/** What a sample of an array looks like, and what it is taken for. */
async function see(
  { array }: Input,
  dims: readonly number[],
  from: Kind | "auto",
): Promise<SeenSide & { text: string }> {
  const look = await lookAt(rowsOf(array, dims));
  const { from: found, found: text } = guessFrom(look, array.dtype);
  const probable = found ?? (look.values[0] >= 0 ? "weights" : "logits");
  return { found, taken: from === "auto" ? probable : from, text };
}

/** Where looking at the values did not settle what they are. */
function unclear(sides: readonly SeenSide[], from: Kind | "auto"): ExplainWarning[] {
  const side = sides.findIndex(({ found, taken }) => found === null && taken === "logits");
  if (from !== "auto" || side < 0) return [];
  const message = `it is not clear what ${side === 0 ? "P" : "Q"} holds; taken as logits, --from settles it`;
  return [{ code: "unclear", message }];
}

/** What is wrong with PyTorch's default reduction, where the number looked for came of it. */
function meanWarning(
  matched: MatchResult | null,
  explained: readonly ExplainedConvention[],
): ExplainWarning[] {
  if (!matched?.found.some(({ names }) => names[0] === "torch.mean")) return [];
  const batchmean = explained.find(({ name }) => name === "torch.batchmean");
  const message = `the number is that of reduction="mean", which divides by the classes too: batchmean gives ${batchmean?.value}`;
  return [{ code: "mean", message }];
}
