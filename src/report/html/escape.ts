import { escapeControls } from "../names.js";

/** Text that is HTML already, and is not escaped again. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template: text is escaped, HTML and lists of it are not, and nothing is nothing. */
export type Part = string | number | Html | false | null | undefined | readonly Part[];

/**
 * A template of HTML, whose parts are escaped unless they are HTML themselves. Control characters, and those
 * that turn the direction of writing, show as their codes.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.map((string, i) => (i === 0 ? "" : write(parts[i - 1])) + string).join(""));
}

function write(part: Part): string {
  if (part instanceof Html) return part.text;
  if (part === false || part === null || part === undefined) return "";
  if (typeof part === "object") return part.map(write).join("");
  return escapeHtml(escapeControls(String(part)));
}

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** `text` with the characters that HTML gives a meaning, in text and in quoted attributes, as entities. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]);
}
