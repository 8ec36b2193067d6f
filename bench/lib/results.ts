import { existsSync, readFileSync, writeFileSync } from "node:fs";

const path = new URL("../RESULTS.md", import.meta.url);

const head =
  "# Results\n\nMade by `npm run bench -- --write`, a section at a time; what is compared: " +
  "[docs/performance.md](../docs/performance.md).\n";

/** The sections of the file as it is, by name. */
function readSections(): Map<string, string> {
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const sections = text.split(/^## /m).slice(1);
  return new Map(sections.map((section) => [section.slice(0, section.indexOf("\n")), section]));
}

/** Puts a section into RESULTS.md, in the place of the one of that name; the others stay, in the order of `names`. */
export function writeSection(name: string, text: string, names: readonly string[]): void {
  const sections = readSections().set(name, `${name}\n\n${text.trimEnd()}\n`);
  const ordered = names.flatMap((known) => sections.get(known) ?? []);
  writeFileSync(path, [head, ...ordered.map((section) => `## ${section.trimEnd()}\n`)].join("\n"));
}
