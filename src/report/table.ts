/** The width of every report: what a terminal is sure to have. */
export const lineWidth = 80;

/** Shortens `text` to `width` by an ellipsis in its middle, so that its beginning and end stay. */
export function shorten(text: string, width: number): string {
  if (text.length <= width) return text;
  const tail = Math.floor((width - 1) / 2);
  return `${text.slice(0, width - 1 - tail)}…${text.slice(text.length - tail)}`;
}

/**
 * The lines of a table: the first column to the left and shortened as needed to fit 80 columns, the
 * others to the right. The first of `rows` is the heading.
 */
export function tableLines(rows: readonly (readonly string[])[]): string[] {
  const columns = rows[0].length;
  const widths = Array.from({ length: columns }, (_, j) => Math.max(...rows.map((row) => row[j].length)));
  const gap = 2;
  const numbers = widths.slice(1).reduce((sum, width) => sum + width + gap, 0);
  const first = Math.min(widths[0], Math.max(8, lineWidth - numbers));
  return rows.map((row) => {
    const cells = row.slice(1).map((cell, j) => cell.padStart(widths[j + 1] + gap));
    return `${shorten(row[0], first).padEnd(first)}${cells.join("")}`.trimEnd();
  });
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

/** `text` with control characters, which could reprogram a terminal, escaped as `\u001b`. */
export function escapeControls(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
