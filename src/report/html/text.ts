import { codeEscape, shorten } from "../names.js";
import { limits } from "./limits.js";

/** A name as the page shows it: not longer than there is room for. Names are escaped of controls before. */
export function shown(name: string): string {
  return shorten(name, limits.name);
}

const visible: Record<string, string> = { " ": "␣", "\n": "⏎", "\t": "⇥", "\r": "␍" };

/**
 * A class's token with whitespace made visible and what else cannot be seen as its code, `\u200b`; or the
 * class's number, `#17`, where the vocabulary has no text for it.
 */
export function tokenText(index: number, vocabulary: readonly string[] | undefined, own?: string): string {
  const token = own ?? vocabulary?.[index] ?? "";
  if (token === "") return `#${index}`;
  const text = Array.from(token.slice(0, 4 * limits.token), (character) =>
    /[\p{C}\p{Z}]/u.test(character) ? (visible[character] ?? codeEscape(character)) : character,
  );
  return text.length <= limits.token ? text.join("") : `${text.slice(0, limits.token - 1).join("")}…`;
}
