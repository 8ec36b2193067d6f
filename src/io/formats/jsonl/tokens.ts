import type { Vocabulary } from "../../vocabulary.js";
import { type Fail, isObject, toNumber } from "./value.js";

/** The likeliest tokens of one position. */
export interface TopKRow {
  ids: number[];
  logProbs: number[];
  /** The token that came, −1 where it is not known. */
  label: number;
}

/** APIs give this for a token whose log-probability they do not know, or for −∞. */
const UNKNOWN = -9999;

/** Log-probabilities above 0 by no more than this are taken for rounding. */
const ROUNDING = 1e-3;

/**
 * Gathers tokens with their log-probabilities. A token that two entries give the same value is one; two
 * different values under one name are two tokens with the same text, of which neither can be told from the
 * other side's: both are left to the tail, as are tokens of unknown probability.
 */
class RowBuilder {
  readonly #fail: Fail;
  readonly #logProbs = new Map<number, number>();

  constructor(fail: Fail) {
    this.#fail = fail;
  }

  add(id: number, value: unknown): void {
    const logProb = toNumber(value);
    if (logProb === undefined || !(logProb <= ROUNDING)) {
      throw this.#fail(`wanted a log-probability, at most 0, got ${JSON.stringify(value)?.slice(0, 40)}`);
    }
    const known = this.#logProbs.get(id);
    this.#logProbs.set(id, known === undefined || known === logProb ? logProb : Number.NaN);
  }

  row(label: number): TopKRow {
    const entries = [...this.#logProbs].filter(([, logProb]) => logProb > UNKNOWN);
    return {
      ids: entries.map(([id]) => id),
      logProbs: entries.map(([, logProb]) => Math.min(0, logProb)),
      label,
    };
  }
}

/** An entry of `logprobs.content` in OpenAI's chat API: the token that came, and the likeliest ones. */
export function tokenList(entry: unknown, vocabulary: Vocabulary, fail: Fail): TopKRow {
  if (!isObject(entry)) throw fail("wanted an object for each token in content");
  const row = new RowBuilder(fail);
  const add = (token: unknown): number => {
    if (!isObject(token) || typeof token.token !== "string") throw fail("wanted a token with its logprob");
    const id = vocabulary.idOf(textOf(token.token, token.bytes));
    row.add(id, token.logprob);
    return id;
  };
  const top = entry.top_logprobs ?? [];
  if (!Array.isArray(top)) throw fail("wanted a list as top_logprobs");
  for (const token of top) add(token);
  return row.row(add(entry));
}

/** Tokens that are parts of characters all read "\ufffd"; their bytes tell them apart. */
function textOf(token: string, bytes: unknown): string {
  return token.includes("\ufffd") && Array.isArray(bytes) ? `bytes:${bytes.join(",")}` : token;
}

/** The `logprobs` of OpenAI's completions: lists of tokens, of their values, and of the likeliest ones. */
export function completionRows(
  logprobs: Record<string, unknown>,
  vocabulary: Vocabulary,
  fail: Fail,
): TopKRow[] {
  const { tokens, token_logprobs: values, top_logprobs: top } = logprobs;
  return (top as unknown[]).flatMap((map, i) => {
    if (map === null) return []; // The first token of a prompt, which nothing predicts.
    if (!isObject(map)) throw fail("wanted an object for each token in top_logprobs");
    const row = new RowBuilder(fail);
    for (const [token, value] of Object.entries(map)) row.add(vocabulary.idOf(token), value);
    const token = Array.isArray(tokens) ? tokens[i] : undefined;
    if (typeof token !== "string") return [row.row(-1)];
    const id = vocabulary.idOf(token);
    const value = Array.isArray(values) ? values[i] : undefined;
    if (value !== undefined && value !== null) row.add(id, value);
    return [row.row(id)];
  });
}

const isId = (key: string) => /^\d{1,10}$/.test(key) && Number(key) < 2 ** 31;

/** Whether this is vLLM's map from tokens' ids to objects with a logprob. */
export function isTokenMap(object: Record<string, unknown>): boolean {
  const entries = Object.entries(object);
  return (
    entries.length > 0 && entries.every(([key, value]) => isId(key) && isObject(value) && "logprob" in value)
  );
}

/** A position as vLLM gives it: `{"id": {"logprob": …, "rank": …, "decoded_token": …}, …}`. */
export function tokenMapRow(map: unknown, chosen: unknown, fail: Fail): TopKRow {
  if (!isObject(map)) throw fail("wanted an object from token ids to logprobs for each token");
  const row = new RowBuilder(fail);
  for (const [key, value] of Object.entries(map)) {
    if (!isId(key)) throw fail(`wanted a token id, got ${JSON.stringify(key.slice(0, 40))}`);
    row.add(Number(key), isObject(value) ? value.logprob : value);
  }
  return row.row(Number.isInteger(chosen) ? (chosen as number) : -1);
}
