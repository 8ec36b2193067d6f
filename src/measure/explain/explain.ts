import { KullbackError } from "../../errors.js";
import { FileError, readAll } from "../../io/index.js";
import {
  type Aspect,
  aspects,
  type ConventionInput,
  type ConventionUnit,
  conventions,
  type Kind,
  lastAxis,
} from "../conventions/index.js";
import { type CompareInput, type Input, openInput } from "../inputs/index.js";
import { guessFrom, lookAt } from "../kind/index.js";
import { findMatches, type MatchResult } from "./match.js";
import { type ExplainWarning, type SeenSide, warningsOf } from "./warnings.js";

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
  /** Stops between two conventions; the promise rejects with its reason. */
  signal?: AbortSignal;
  /** Called as conventions, and combinations with `match`, are done: how many of how many. */
  onProgress?: (done: number, total: number) => void;
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
  const how = { dim: listOf(options.dim ?? -1), signal: options.signal };
  const reference = await openInput(p, "reference", how);
  try {
    const candidate = await openInput(q, "candidate", how);
    try {
      return await explainInputs(reference, candidate, options);
    } finally {
      await candidate.close();
    }
  } finally {
    await reference.close();
  }
}

/** Axes may be given alone or in a list. */
function listOf(dim: number | readonly number[]): readonly number[] {
  return typeof dim === "number" ? [dim] : dim;
}

async function explainInputs(p: Input, q: Input, options: ExplainOptions): Promise<Explanation> {
  const { dim = -1, match } = options;
  const from = options.from ?? "auto";
  const { input, sides, found } = await settle(p, q, from, listOf(dim), options.signal);
  const applying = conventions.filter((convention) => convention.applies(input));
  const steps = stepper(options);
  const values: { convention: (typeof conventions)[number]; value: number }[] = [];
  for (const [i, convention] of applying.entries()) {
    await steps(i, applying.length);
    values.push({ convention, value: convention.value(input) });
  }
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
  const matched = match === undefined ? null : await findMatches(String(match), explained, input, steps);
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
    warnings: [...unclear(sides, from), ...warningsOf(input, ...sides), ...meanWarning(matched, explained)],
    match: matched,
  };
}

function summaryOf({ summary: { name, format, dtype, shape } }: Input): ExplainedInput {
  return { name, format, dtype, shape: [...shape] };
}

/** Tells how far things have come, and lets other work happen now and then. */
function stepper({ signal, onProgress }: ExplainOptions): (done: number, total: number) => Promise<void> {
  let last = performance.now();
  return async (done, total) => {
    onProgress?.(done, total);
    if (performance.now() - last < 20) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    signal?.throwIfAborted();
    last = performance.now();
  };
}

/** Reads both arrays and says what they are. */
async function settle(
  p: Input,
  q: Input,
  from: Kind | "auto",
  dims: readonly number[],
  signal: AbortSignal | undefined,
): Promise<{ input: ConventionInput; sides: [SeenSide, SeenSide]; found: string | null }> {
  const { shape, areSamples } = commonShape(p, q, from);
  const a = await valuesOf(p, signal);
  const b = await valuesOf(q, signal);
  if (areSamples) {
    const side: SeenSide = { found: null, taken: "samples" };
    const input: ConventionInput = { p: a, q: b, shape: [a.length], kind: "samples", dims: [] };
    return {
      input,
      sides: [side, side],
      found: from === "auto" ? "one-dimensional, of different length" : null,
    };
  }
  const [first, second] = [await see(p, from), await see(q, from)];
  const kind = kindOfBoth(first.taken, second.taken);
  if (kind === undefined) {
    throw new KullbackError(
      `${q.name}: seems to hold ${kindWords[second.taken]}, but the reference ${p.name} ` +
        `${kindWords[first.taken]}; say --from logits, --from probs or --from weights`,
    );
  }
  const as = (values: Float64Array, { taken }: SeenSide) =>
    taken === "logProbs" && (kind === "probs" || kind === "weights") ? values.map(Math.exp) : values;
  const axes = dims.map((axis) => (axis < 0 ? axis + shape.length : axis)).sort((x, y) => x - y);
  return {
    input: { p: as(a, first), q: as(b, second), shape, kind, dims: axes },
    sides: [first, second],
    found: from === "auto" ? first.text : null,
  };
}

/** The shape that both have, or that they hold samples; a table's rows may be several axes of an array. */
function commonShape(
  { name, file: p }: Input,
  { name: other, file: q }: Input,
  from: Kind | "auto",
): { shape: readonly number[]; areSamples: boolean } {
  const same = p.shape.join() === q.shape.join();
  const isList = ({ shape }: Input["file"]) => shape.length === 1 || (shape.length === 2 && shape[1] === 1);
  if (from === "samples" || (from === "auto" && !same && isList(p) && isList(q))) {
    return { shape: p.shape, areSamples: true };
  }
  const [rows, others] = [p.reader, q.reader];
  const alike =
    (p.array === undefined || q.array === undefined) &&
    rows.rows === others.rows &&
    "classes" in rows &&
    "classes" in others &&
    rows.classes === others.classes;
  if (same || alike) return { shape: p.array === undefined ? q.shape : p.shape, areSamples: false };
  throw new KullbackError(
    `${other}: has the shape [${q.shape.join(", ")}], but the reference ${name} has ` +
      `[${p.shape.join(", ")}]; samples of different number need --from samples`,
  );
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

/** All values of an input, in C order. */
async function valuesOf({ name, file }: Input, signal: AbortSignal | undefined): Promise<Float64Array> {
  if (file.kind === "top-k")
    throw new FileError(name, "holds the likeliest classes only; explain needs all of them");
  const { shape, reader, array } = file;
  const count = shape.reduce((product, size) => product * size, 1);
  if (count === 0) throw new FileError(name, "holds no values");
  if (count > maxElements) {
    throw new FileError(
      name,
      `has ${count} values (shape [${shape.join(", ")}]); explain goes through all of them for every convention and ` +
        `takes at most ${maxElements}: give it a part of the rows, or use compare`,
    );
  }
  signal?.throwIfAborted();
  if (array !== undefined) return (await readAll(array, { maxElements })).data;
  const values = new Float64Array(count);
  await reader.read(0, reader.rows, values);
  return values;
}

/** What a sample of an input looks like, and what it is taken for. */
async function see({ file }: Input, from: Kind | "auto"): Promise<SeenSide & { text: string }> {
  if (file.kind === "top-k") return { found: "logProbs", taken: "logProbs", text: "by its format" };
  const look = await lookAt(file.reader);
  const guess = guessFrom(look, file.reader.dtype);
  const found = file.from ?? guess.from;
  const probable = found ?? (look.values[0] >= 0 ? "weights" : "logits");
  return { found, taken: from === "auto" ? probable : from, text: file.from ? "by its format" : guess.found };
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
