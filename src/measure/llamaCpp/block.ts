import type { LlamaCppBlock } from "../comparison.js";

/** How a number is printed: the width and the decimals of the value, those of the uncertainty, what follows. */
interface Layout {
  value: [width: number, decimals: number];
  uncertainty?: [width: number, decimals: number];
  unit: string;
}

const plain: Layout = { value: [10, 6], uncertainty: [10, 6], unit: "" };
const percent: Layout = { value: [6, 3], uncertainty: [5, 3], unit: "%" };
const correlation: Layout = { value: [6, 2], unit: "%" };

/** A line before it is laid out: its label as printed, padding and all. */
export interface Entry {
  label: string;
  value: number;
  uncertainty?: number;
}

/** The lines of a section. */
export interface Section {
  title: "Perplexity statistics" | "KL divergence statistics" | "Token probability statistics";
  entries: Entry[];
}

/** Lays sections out as llama.cpp does. */
export function llamaCppBlock(
  sections: readonly Section[],
  truncation: LlamaCppBlock["truncation"],
): LlamaCppBlock {
  const lines = sections.flatMap(({ title, entries }) => entries.map((entry) => lineOf(title, entry)));
  const text = sections.map(({ title, entries }) =>
    [`====== ${title} ======`, ...entries.map((entry) => textOf(title, entry))].join("\n"),
  );
  return { lines, truncation, text: text.join("\n\n").split("\n") };
}

function layoutOf(title: Section["title"], { label }: Entry): Layout {
  if (title === "Token probability statistics") return percent;
  return label.startsWith("Cor(") ? correlation : plain;
}

function lineOf(section: Section["title"], entry: Entry): LlamaCppBlock["lines"][number] {
  const { label, value, uncertainty = null } = entry;
  const name = label.trim().replace(/ +/g, " ");
  return { section, name, value, uncertainty, unit: layoutOf(section, entry).unit === "%" ? "%" : "" };
}

function textOf(title: Section["title"], entry: Entry): string {
  const layout = layoutOf(title, entry);
  const value = `${entry.label}: ${printf(entry.value, ...layout.value)}`;
  if (entry.uncertainty === undefined || layout.uncertainty === undefined) return `${value}${layout.unit}`;
  const uncertainty = printf(entry.uncertainty, ...layout.uncertainty);
  return `${value} ± ${uncertainty}${layout.unit === "" ? "" : ` ${layout.unit}`}`;
}

/** C's `%{width}.{decimals}lf`: exact decimal digits, ties to even; `decimals` at least 1. */
export function printf(x: number, width: number, decimals: number): string {
  return digitsOf(x, decimals).padStart(width);
}

function digitsOf(x: number, decimals: number): string {
  if (Number.isNaN(x)) return "nan";
  const sign = x < 0 || Object.is(x, -0) ? "-" : "";
  const size = Math.abs(x);
  if (size === Infinity) return `${sign}inf`;
  if (size >= 1e21) return `${sign}${BigInt(size)}.${"0".repeat(decimals)}`;
  const rounded = size.toFixed(decimals);
  // JavaScript rounds a tie up; a tie has a last digit 5 and nothing after it.
  const rest = size.toFixed(100).split(".")[1].slice(decimals);
  const tie = rest[0] === "5" && /^0*$/.test(rest.slice(1));
  if (!tie || Number(rounded.at(-1)) % 2 === 0) return `${sign}${rounded}`;
  return `${sign}${size.toFixed(decimals + 1).slice(0, -1)}`;
}
