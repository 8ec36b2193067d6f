import { type Aspect, type Combination, type ConventionInput, combinations } from "../conventions/index.js";
import { Coverage, matchOf, parseTarget, type Target } from "./target.js";

/** A named convention with its number. */
export interface NamedValue {
  name: string;
  choices: Readonly<Partial<Record<Aspect, string>>>;
  value: number;
}

/** Something that gives the number looked for, or one near it. */
export interface Match {
  /** The conventions that give this very number; empty when it is only a combination of choices. */
  names: string[];
  /** What is chosen otherwise than in `math`, by aspect: of the first name, or of the combination. */
  choices: Readonly<Partial<Record<Aspect, string>>>;
  value: number;
  /** The value less the number looked for. */
  difference: number;
  /** `digits`: it is the number to the digits given; `float32`: but for float32's rounding; null: it is not. */
  match: "digits" | "float32" | null;
  /**
   * How likely a number that has nothing to do with the arrays is given by anything at least as simple; see
   * `MatchResult.chance`.
   */
  chance: number | null;
}

/** The outcome of looking for a number. */
export interface MatchResult {
  /** As given. */
  target: string;
  /** What it stands for, as a magnitude: from `low` up to `high`; null for `nan` and `inf`. */
  low: number | null;
  high: number | null;
  /** How many conventions and how many further combinations of choices were tried. */
  conventions: number;
  combinations: number;
  /**
   * The share of all numbers with as many digits, from half to twice the one looked for, that some of these
   * give. A match among so many means the less the larger this is. Null where it cannot be said.
   */
  chance: number | null;
  /** What gives the number, the simplest first; combinations that give what a convention gives are not listed,
   * nor are those that add to something simpler a choice which does not change the digits. */
  found: Match[];
  /** When nothing does: what comes nearest. */
  nearest: Match[];
}

/** So many combinations are listed, and so many near ones of each sort. */
const listed = 20;
const near = 3;
/** Combinations take passes over the values; with more values than this, only the simpler ones are tried. */
const manyValues = 2 ** 18;

/** Something tried, with how far it is from `math`. */
type Candidate = Combination & { names: string[] };

/**
 * Looks for the conventions, and for the combinations of choices, that give the number `text`.
 *
 * @param step - Told how many conventions and combinations are done; of how many it is not known before.
 */
export async function findMatches(
  text: string,
  named: readonly NamedValue[],
  input: ConventionInput,
  step: (done: number, total: number) => Promise<void>,
): Promise<MatchResult> {
  const target = parseTarget(text);
  const finite = Number.isFinite(target.value);
  const conventions = joinEqual(named);
  const grid: Candidate[] = [];
  for (const it of finite ? combinations(input, input.p.length > manyValues ? 2 : 3) : []) {
    grid.push({ ...it, names: [] });
    await step(grid.length, Number.NaN);
  }
  const chances = chancesByCost(target, [...conventions, ...grid]);
  const describe = ({ names, choices, cost, value }: Candidate): Match => ({
    names,
    choices: definedOnly(choices),
    value,
    difference: value - target.value,
    match: matchOf(target, value) ?? null,
    chance: chances.get(cost) ?? null,
  });
  const matches = (it: Candidate) => matchOf(target, it.value) !== undefined;
  const byCost = (a: Candidate, b: Candidate) => a.cost - b.cost;
  const found = withoutRepeats([
    ...conventions.filter(matches).sort(byCost),
    ...grid.filter(matches).sort(byCost),
  ]);
  const nearest = (all: readonly Candidate[]) =>
    [...all]
      .filter(({ value }) => Number.isFinite(value))
      .sort((a, b) => Math.abs(a.value - target.value) - Math.abs(b.value - target.value));
  return {
    target: text,
    low: finite ? target.low : null,
    high: finite ? target.high : null,
    conventions: named.length,
    combinations: grid.length,
    chance: finite ? Math.max(0, ...[...chances.values()].map((x) => x ?? 0)) || null : null,
    found: found.slice(0, listed).map(describe),
    nearest:
      found.length > 0 || !finite
        ? []
        : withoutRepeats([...nearest(conventions).slice(0, near), ...nearest(grid).slice(0, near)]).map(
            describe,
          ),
  };
}

/** One candidate for each number that conventions give, with all their names. */
function joinEqual(named: readonly NamedValue[]): Candidate[] {
  const joined: Candidate[] = [];
  for (const { name, choices, value } of named) {
    const same = joined.find((it) => equal(it.value, value));
    if (same) same.names.push(name);
    else joined.push({ names: [name], choices, value, cost: Object.keys(choices).length });
  }
  return joined;
}

/**
 * The first of those that give the same number; nor is one kept that makes all choices of one before it and
 * more, as an epsilon that changes none of the digits does.
 */
function withoutRepeats(all: readonly Candidate[]): Candidate[] {
  const kept: Candidate[] = [];
  const passed: Candidate[] = [];
  for (const it of all) {
    if (passed.some((before) => elaborates(it, before))) continue;
    // What gives the same number as one that is kept stays out, but what elaborates it does too.
    passed.push(it);
    if (!kept.some(({ value }) => equal(value, it.value))) kept.push(it);
  }
  return kept;
}

function elaborates({ names, choices }: Candidate, before: Candidate): boolean {
  const entries = Object.entries(before.choices).filter(([, choice]) => choice !== undefined);
  return names.length === 0 && entries.every(([aspect, choice]) => choices[aspect as Aspect] === choice);
}

function equal(a: number, b: number): boolean {
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Object.is(a, b);
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}

/** For each cost, the chance of a number to be given by something of that cost or less. */
function chancesByCost(target: Target, all: readonly Candidate[]): Map<number, number | null> {
  const chances = new Map<number, number | null>();
  if (!Number.isFinite(target.value)) return chances;
  const coverage = new Coverage(target);
  const sorted = [...all].sort((a, b) => a.cost - b.cost);
  for (const [i, { cost, value }] of sorted.entries()) {
    coverage.add(value);
    if (sorted[i + 1]?.cost !== cost) chances.set(cost, coverage.chance());
  }
  return chances;
}

function definedOnly(choices: Candidate["choices"]): Candidate["choices"] {
  return Object.fromEntries(Object.entries(choices).filter(([, choice]) => choice !== undefined));
}
