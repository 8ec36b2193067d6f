import { KullbackError } from "../errors.js";
import { decodeByteLevel, decodeSentencePiece, looksByteLevel } from "./tokenText.js";

/** More classes than any tokenizer has: beyond, an id is a mistake, and a list of that length a danger. */
const mostTokens = 2 ** 24;

/**
 * The tokens' texts by class, from the text of
 *
 * - a Hugging Face `tokenizer.json`: `model.vocab`, an object or a list of pairs, and `added_tokens`;
 * - a `vocab.json`: an object from token to id;
 * - a JSON list of tokens, in the order of their ids;
 * - a plain text file with one token a line.
 *
 * Byte-level tokens (GPT-2's `Ġthe`) and SentencePiece's (`▁the`, `<0x0A>`) become the text they stand for.
 * A class that the file does not name is an empty string.
 *
 * @param name - What errors call the file.
 * @throws KullbackError if the JSON is of none of these forms, an id is no class, or two tokens share one.
 */
export function readVocabulary(text: string, name = "vocabulary"): string[] {
  const content = text.replace(/^\uFEFF/, "");
  if (!/^\s*[[{]/.test(content)) return fromLines(content, name);
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch (error) {
    // A list of tokens, one a line, may begin with a bracket; what goes on as JSON does is broken JSON.
    if (!/^\s*[[{]\s*["[{]/.test(content)) return fromLines(content, name);
    throw new KullbackError(`${name}: begins as JSON, but is none: ${(error as Error).message}`);
  }
  if (Array.isArray(json)) return decode(fromList(json, name));
  if (isObject(json) && isObject(json.model)) return fromTokenizer(json, json.model, name);
  return decode(fromPairs(Object.entries(json as object), name));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fromLines(text: string, name: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  if (lines.length === 0) throw new KullbackError(`${name}: holds no token`);
  return lines;
}

/** Tokens, or pairs of a token and its score as Unigram models have them, in the order of ids. */
function fromList(list: readonly unknown[], name: string): string[] {
  if (list.length === 0) throw new KullbackError(`${name}: holds no token`);
  return list.map((entry, id) => {
    const token = Array.isArray(entry) ? entry[0] : entry;
    if (typeof token === "string") return token;
    throw new KullbackError(
      `${name}: wanted a token, a string, as entry ${id} of the list, got ${inShort(entry)}`,
    );
  });
}

function fromPairs(pairs: readonly (readonly [string, unknown])[], name: string): string[] {
  if (pairs.length === 0) throw new KullbackError(`${name}: holds no token`);
  const tokens: string[] = [];
  for (const [token, id] of pairs) {
    checkId(token, id, name);
    if (tokens[id] !== undefined) {
      throw new KullbackError(
        `${name}: wanted one token for each id, got ${inShort(tokens[id])} and ${inShort(token)} for ${id}`,
      );
    }
    tokens[id] = token;
  }
  return withoutHoles(tokens);
}

function fromTokenizer(
  json: Record<string, unknown>,
  model: Record<string, unknown>,
  name: string,
): string[] {
  const { vocab } = model;
  if (!Array.isArray(vocab) && !isObject(vocab)) {
    throw new KullbackError(`${name}: wanted model.vocab as an object or a list, got ${inShort(vocab)}`);
  }
  const tokens = decode(
    Array.isArray(vocab) ? fromList(vocab, name) : fromPairs(Object.entries(vocab), name),
  );
  const added = json.added_tokens ?? [];
  if (!Array.isArray(added)) {
    throw new KullbackError(`${name}: wanted added_tokens as a list, got ${inShort(added)}`);
  }
  // These stand as they are, so they are not decoded; most repeat a token of the model.
  for (const entry of added) {
    const { id, content } = isObject(entry) ? entry : { id: undefined, content: undefined };
    if (typeof content !== "string") {
      throw new KullbackError(`${name}: wanted { id, content } in added_tokens, got ${inShort(entry)}`);
    }
    checkId(content, id, name);
    tokens[id] = content;
  }
  return withoutHoles(tokens);
}

function checkId(token: string, id: unknown, name: string): asserts id is number {
  if (Number.isInteger(id) && (id as number) >= 0 && (id as number) < mostTokens) return;
  throw new KullbackError(
    `${name}: wanted a whole number from 0 to ${mostTokens - 1} as the id of ${inShort(token)}, got ${inShort(id)}`,
  );
}

function withoutHoles(tokens: readonly string[]): string[] {
  return Array.from(tokens, (token) => token ?? "");
}

/** What the tokens stand for, if they are written in one of the usual disguises. */
function decode(tokens: readonly string[]): string[] {
  if (looksByteLevel(tokens)) return tokens.map(decodeByteLevel);
  if (tokens.some((token) => token.startsWith("▁"))) return tokens.map(decodeSentencePiece);
  return [...tokens];
}

function inShort(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
}
