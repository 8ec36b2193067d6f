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
  // Strings, with the colon that makes one a key, and brackets; all else is numbers, words and separators.
  for (const [token, string, colon] of text.matchAll(/("(?:[^"\\]+|\\.)*")(\s*:)?|[{}[\]]/g)) {
    if (token === "{") objects.push(new Set());
    else if (token === "[") objects.push(undefined);
    else if (token === "}" || token === "]") objects.pop();
    else if (colon !== undefined) {
      const key = JSON.parse(string!) as string;
      const keys = objects.at(-1)!;
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}
