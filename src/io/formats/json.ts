import { FileError } from "../fileError.js";

/**
 * Parses JSON in which no object may have a key twice: which of the two counts depends on the reader, so a
 * file with such a header says different things to different programs.
 *
 * @param what - What an error calls it.
 */
export function parseUniqueJson(file: string, what: string, bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new FileError(file, `${what}: not UTF-8`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new FileError(file, `${what}: ${error instanceof Error ? error.message : error}`);
  }
  const twice = repeatedKey(text);
  if (twice !== undefined)
    throw new FileError(file, `${what}: the key ${JSON.stringify(twice)} occurs twice in an object`);
  return value;
}

/** A key that an object of `text`, which is valid JSON, has twice. */
function repeatedKey(text: string): string | undefined {
  const objects: (Set<string> | undefined)[] = [];
  const tokens = /["{}[\]]/g;
  for (let match = tokens.exec(text); match; match = tokens.exec(text)) {
    const [token] = match;
    if (token === "{") objects.push(new Set());
    else if (token === "[") objects.push(undefined);
    else if (token !== '"') objects.pop();
    else {
      const end = endOfString(text, match.index);
      tokens.lastIndex = end;
      // A string with a colon behind it is a key.
      if (!isKey(text, end)) continue;
      const key = JSON.parse(text.slice(match.index, end)) as string;
      const keys = objects.at(-1)!;
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}

function isKey(text: string, end: number): boolean {
  const behind = /\S/g;
  behind.lastIndex = end;
  return behind.exec(text)?.[0] === ":";
}

/** Where the string of `text` that begins with the quote at `open` ends; the end of `text` if nowhere. */
export function endOfString(text: string, open: number): number {
  for (let close = text.indexOf('"', open + 1); close >= 0; close = text.indexOf('"', close + 1)) {
    let backslashes = 0;
    while (text[close - 1 - backslashes] === "\\") backslashes++;
    if (backslashes % 2 === 0) return close + 1;
  }
  return text.length;
}
