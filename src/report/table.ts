import { shorten } from "./names.js";

/** The width of every report: what a terminal is sure to have. */
export const lineWidth = 80;

const gap = 2;

/**
 * The lines of a table: the first column to the left and shortened as needed to fit 80 columns, the
 * others to the right. The first of `rows` is the heading.
 */
export function tableLines(rows: readonly (readonly string[])[]): string[] {
  const widths = columnWidths(rows);
  const numbers = widths.slice(1).reduce((sum, width) => sum + width + gap, 0);
  const first = Math.min(widths[0], Math.max(8, lineWidth - numbers));
  return rows.map((row) => {
    const cells = row.slice(1).map((cell, j) => cell.padStart(widths[j + 1] + gap));
    return `${shorten(row[0], first).padEnd(first)}${cells.join("")}`.trimEnd();
  });
}

/**
 * The same in as many tables as it takes, one below the other, for the first column to have `least` columns
 * of the terminal.
 */
export function splitTable(rows: readonly (readonly string[])[], least = 16): string[][] {
  const widths = columnWidths(rows);
  const room = lineWidth - Math.min(widths[0], least);
  const parts: number[][] = [[]];
  let used = 0;
  for (let j = 1; j < widths.length; j++) {
    used += widths[j] + gap;
    if (used > room && parts.at(-1)!.length > 0) {
      parts.push([]);
      used = widths[j] + gap;
    }
    parts.at(-1)!.push(j);
  }
  return parts.map((part) => tableLines(rows.map((row) => [row[0], ...part.map((j) => row[j])])));
}

function columnWidths(rows: readonly (readonly string[])[]): number[] {
  return rows[0].map((_, j) => Math.max(...rows.map((row) => row[j].length)));
}

/**
 * `text` in lines of at most 80 columns where words allow. The first begins with `first`, the others with
 * `rest`. A no-break space keeps two words together, and is printed as a space.
 */
export function wrap(text: string, first = "", rest = `${first}  `): string[] {
  const [start = "", ...words] = text.split(" ");
  const lines: string[] = [];
  let line = first + start;
  for (const word of words) {
    if (line.length + 1 + word.length > lineWidth) {
      lines.push(line);
      line = rest + word;
    } else {
      line += ` ${word}`;
    }
  }
  return [...lines, line].map((finished) => finished.replaceAll("\u00a0", " "));
}
