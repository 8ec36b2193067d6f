import { KullbackError } from "../errors.js";
import type { CandidateSummary, Comparison } from "./comparison.js";
import { defaultMeasures, planOf } from "./plan.js";

const comparators = {
  ">": (a: number, b: number) => a > b,
  ">=": (a: number, b: number) => a >= b,
  "<": (a: number, b: number) => a < b,
  "<=": (a: number, b: number) => a <= b,
} as const;

type Comparator = keyof typeof comparators;

/** A condition on which a comparison fails, such as `kl.mean > 0.02`. */
export interface Gate {
  /** A number in the summary of a candidate: `kl.p99` (of a measure), `sameTop`, `perplexity.ratio`. */
  readonly path: string;
  readonly comparator: Comparator;
  readonly limit: number;
}

/** A gate that a candidate did not pass. */
export interface GateFailure {
  readonly gate: Gate;
  /** The candidate's name. */
  readonly candidate: string;
  readonly value: number;
}

/**
 * Reads a gate: a path, one of `>`, `>=`, `<`, `<=`, and a number.
 *
 * @throws KullbackError for anything else.
 */
export function parseGate(text: string): Gate {
  const match = /^\s*([\w.-]+?)\s*(>=|<=|>|<)\s*(\S+)\s*$/.exec(text);
  const limit = Number(match?.[3] ?? Number.NaN);
  if (match === null || Number.isNaN(limit)) {
    throw new KullbackError(
      `gate "${text}": wanted a path, one of > >= < <=, and a number, such as kl.mean > 0.02`,
    );
  }
  return { path: match[1], comparator: match[2] as Comparator, limit };
}

const measureFields =
  "mean stderr interval.low interval.high min p1 p5 p10 median p90 p95 p99 p999 max infinite finiteMean finiteStderr";
const otherPaths =
  "sameTop sameTop.value sameTop.stderr rows excluded perplexity.reference perplexity.candidate perplexity.ratio " +
  "perplexity.logRatioStderr deltaP.mean deltaP.stderr deltaP.rms";
const estimateFields = ["", ".value", ".stderr"];

/**
 * Checks gates before anything is compared: whether a comparison of these measures can have the numbers.
 *
 * @param measures - As for `compare`.
 * @throws KullbackError for a path that no such comparison has; the message lists the paths there are.
 */
export function checkGates(gates: readonly Gate[], measures: readonly string[] = defaultMeasures): void {
  const { measures: planned, entropy, topOverlap, rank } = planOf(measures, Infinity);
  const paths = [
    ...planned.flatMap(({ key }) => measureFields.split(" ").map((field) => `${key}.${field}`)),
    ...otherPaths.split(" "),
    ...Array.from({ length: topOverlap }, (_, i) => `topOverlap.${i + 1}`),
    ...(rank ? ["mean", "median", "p99", "max"].map((field) => `rankOfTop.${field}`) : []),
    ...(entropy
      ? ["reference", "candidate", "cross"].flatMap((side) =>
          estimateFields.map((field) => `entropy.${side}${field}`),
        )
      : []),
  ];
  for (const { path } of gates) {
    if (!paths.includes(path)) throw unknownPath(path, "a comparison", paths);
  }
}

function unknownPath(path: string, what: string, paths: Iterable<string>): KullbackError {
  return new KullbackError(`gate "${path}": ${what} has no such number; there are ${[...paths].join(", ")}`);
}

/**
 * The gates that candidates do not pass, candidate by candidate. A number that is not defined (NaN) passes no
 * gate.
 *
 * @throws KullbackError for a path that a candidate has no number at; the message lists the paths there are.
 */
export function failedGates({ candidates }: Comparison, gates: readonly Gate[]): GateFailure[] {
  return candidates.flatMap((candidate) => {
    const numbers = gatePaths(candidate);
    return gates.flatMap((gate) => {
      const value = numbers.get(gate.path);
      if (value === undefined) {
        throw unknownPath(gate.path, candidate.name, numbers.keys());
      }
      const fails = Number.isNaN(value) || comparators[gate.comparator](value, gate.limit);
      return fails ? [{ gate, candidate: candidate.name, value }] : [];
    });
  });
}

/**
 * The numbers of a summary that gates can name: those of measures by the measure's key, an estimate also by the
 * name of the estimate alone, of labels without `labels.`, overlaps as `topOverlap.5`.
 */
function gatePaths(candidate: CandidateSummary): Map<string, number> {
  const { measures, sameTop, labels, topOverlap, rankOfTop, entropy, rows, excluded } = candidate;
  const numbers = new Map<string, number>();
  const add = (path: string, value: unknown): void => {
    if (typeof value === "number") numbers.set(path, value);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return;
    const entries = Object.entries(value);
    if ("value" in value && "stderr" in value) add(path, value.value);
    for (const [key, inner] of entries) if (key !== "level") add(`${path}.${key}`, inner);
  };
  for (const [key, { infinite, ...summary }] of Object.entries(measures)) {
    add(key, { ...summary, infinite: infinite.count });
  }
  add("sameTop", sameTop);
  if (labels !== null) {
    add("perplexity", labels.perplexity);
    add("deltaP", labels.deltaP);
  }
  for (const [i, share] of (topOverlap ?? []).entries()) add(`topOverlap.${i + 1}`, share);
  add("rankOfTop", rankOfTop);
  add("entropy", entropy);
  add("rows", rows);
  add(
    "excluded",
    excluded.reduce((sum, { count }) => sum + count, 0),
  );
  return numbers;
}
