import type { ExplainedConvention, Explanation, Match, MatchResult } from "../measure/index.js";
import { escapeControls } from "./names.js";
import { formatCount, formatNumber } from "./numbers.js";
import { wrap } from "./table.js";
import type { TextOptions } from "./text/index.js";

const nameWidth = 27;
const numberWidth = 11;

/** An explanation as text for people, each line at most 80 columns wide. */
export function renderExplanation(explanation: Explanation, options: TextOptions = {}): string {
  const style = options.style ?? ((_style, line) => line);
  const { match, warnings, groups } = explanation;
  const sections = [
    header(explanation),
    ...(match === null ? groups.map((group) => groupLines(group, explanation, style)) : [matchLines(match)]),
    match === null ? sameAsMath(explanation) : [],
    warnings.flatMap(({ message }) => wrap(message, "! ", "  ")).map((line) => style("warning", line)),
  ];
  const text = sections.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
  return `${text.join("\n\n")}\n`;
}

const kinds = {
  logits: "logits",
  probs: "probabilities",
  logProbs: "log-probabilities",
  weights: "weights (from 0, of any sum)",
  samples: "samples",
} as const;

function header({ reference, candidate, from, found, dim, rows, classes }: Explanation): string[] {
  const describe = ({ name, dtype, shape }: Explanation["reference"]) =>
    escapeControls(`${name}, ${dtype} ${shape.join("×")}`);
  const axes = dim.length === 1 ? `axis ${dim[0]}` : `axes ${dim.join(", ")}`;
  const count = `${formatCount(rows)} ${rows === 1 ? "row" : "rows"} of ${formatCount(classes)} (${axes})`;
  const taken = `taken as ${kinds[from]}${found === null ? "" : ` (P: ${found})`}`;
  return [
    ...wrap(`P, the reference: ${describe(reference)}`),
    ...wrap(`Q, the candidate: ${describe(candidate)}`),
    ...wrap(from === "samples" ? taken : `${count}, ${taken}`),
  ];
}

const titles = {
  normalisation: "Normalisation",
  axis: "Axis",
  direction: "Direction",
  measure: "Measure",
  reduction: "Reduction",
  logarithm: "Logarithm",
  epsilon: "Epsilon",
} as const;

function groupLines(
  { aspect, conventions }: Explanation["groups"][number],
  { math }: Explanation,
  style: NonNullable<TextOptions["style"]>,
): string[] {
  const shown = conventions.filter((it) => it.name === "math" || !isMath(it, math));
  if (shown.length === 0) return [];
  return [style("heading", titles[aspect]), ...shown.flatMap(conventionLines)];
}

function conventionLines({ name, value, title }: ExplainedConvention): string[] {
  return columns(`  ${name}`, value, title);
}

/** A name, a number, and words that go on below themselves. */
function columns(name: string, value: number, words: string): string[] {
  const number = formatNumber(value, 5).padStart(numberWidth);
  const indent = " ".repeat(nameWidth + numberWidth + 2);
  const first = `${name.padEnd(nameWidth)}${number}  `;
  return first.length > indent.length ? [name, ...columns("", value, words)] : wrap(words, first, indent);
}

function isMath({ value }: ExplainedConvention, math: number | null): boolean {
  return math !== null && Number.isFinite(math) && Math.abs(value - math) <= 1e-9 * Math.abs(math);
}

function sameAsMath({ groups, math }: Explanation): string[] {
  const same = groups.flatMap(({ conventions }) =>
    conventions.filter((it) => it.name !== "math" && isMath(it, math)).map(({ name }) => name),
  );
  return same.length === 0 ? [] : wrap(`The same number as math: ${same.join(", ")}`);
}

function matchLines(match: MatchResult): string[] {
  const { target, conventions, combinations, chance, found, nearest } = match;
  const tried = wrap(
    `Tried ${formatCount(conventions)} conventions and ${formatCount(combinations)} further combinations of ` +
      `normalisation, axis, direction, measure, reduction, logarithm and epsilon.${chanceText(match, chance)}`,
  );
  if (found.length > 0) {
    const lines = found.map((it) => [...entry(it), ...note(it)]);
    return [`${target} is`, "", ...lines.flat(), "", ...tried];
  }
  return [
    ...wrap(`No convention gives ${target}${nearest.length === 0 ? "." : "; the nearest are"}`),
    "",
    ...nearest.flatMap((it) => [...entry(it), `    off by ${signed(it.difference)}`]),
    ...(nearest.length === 0 ? [] : [""]),
    ...tried,
  ];
}

function entry({ names, choices, value }: Match): string[] {
  const words = Object.entries(choices).map(([aspect, choice]) => `${aspect}: ${choice}`);
  const what = words.length === 0 ? "KL(P‖Q), nats, mean over rows" : words.join("; ");
  if (names.length === 0) return columns("  (no library's)", value, what);
  const [first, ...others] = names;
  return [
    ...columns(`  ${first}`, value, what),
    ...(others.length > 0 ? wrap(`as ${others.join(", ")}`, "    ") : []),
  ];
}

function note({ match, chance }: Match): string[] {
  const notes = [
    ...(match === "float32" ? ["but for the rounding of float32"] : []),
    ...(chance !== null && chance >= 0.05 ? [`by chance with probability ${percent(chance)}`] : []),
  ];
  return notes.length === 0 ? [] : wrap(notes.join(", "), "    ");
}

function chanceText({ target, low, high }: MatchResult, chance: number | null): string {
  if (low === null || high === null) return "";
  if (chance === null) return ` ${target} has too few digits to tell a match from chance.`;
  const size = Math.abs(Number(target));
  return (
    ` They give ${percent(chance)} of the numbers with these digits from ${formatNumber(size / 2)} to ` +
    `${formatNumber(2 * size)}: so often would some of them give a number that has nothing to do with these arrays.`
  );
}

function percent(share: number): string {
  return `${formatNumber(100 * share, 2)}\u00a0%`;
}

function signed(x: number): string {
  return `${x < 0 ? "" : "+"}${formatNumber(x, 3)}`;
}
