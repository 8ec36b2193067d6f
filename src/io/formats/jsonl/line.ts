import type { Vocabulary } from "../../vocabulary.js";
import { endOfString } from "../json.js";
import { completionRows, isTokenMap, type TopKRow, tokenList, tokenMapRow } from "./tokens.js";
import { type Fail, isObject, toNumber } from "./value.js";

/** A line with values for all classes. */
export interface DenseLine {
  kind: "dense";
  /** What the values are, where the object says so. */
  from?: "logits" | "probs" | "logProbs";
  ids?: undefined;
  rows: ArrayLike<number>[];
}

/** A line with the likeliest tokens of one position or several. */
export interface TopKLine {
  kind: "top-k";
  from: "logProbs";
  ids: "model" | "text";
  rows: TopKRow[];
}

export type Line = DenseLine | TopKLine;

const keys = { logits: "logits", probs: "probs", logprobs: "logProbs", log_probs: "logProbs" } as const;

/**
 * Parses one line. Its forms:
 * - `[0.1, 0.9]`: a row;
 * - `{"logits": […]}`, `probs`, `logprobs` or `log_probs`: a row, or a list of rows;
 * - `{"logprobs": {"content": [{"token", "logprob", "top_logprobs": […]}, …]}}`: OpenAI's chat API;
 * - `{"logprobs": {"tokens": […], "token_logprobs": […], "top_logprobs": [{"token": logprob}, …]}}`: OpenAI's
 *   older API for completions;
 * - `{"logprobs": [{"id": {"logprob", …}}, …]}`, and `prompt_logprobs`: vLLM, by the tokens' ids;
 * - `{"id": {"logprob", …}}`: one row of the same;
 * - a whole answer of these APIs, with `choices`, also within `response.body` as batches have it.
 *
 * With a `key`, the number, row or list of rows that an object has under it.
 *
 * Numbers may also be "NaN", "Infinity" and "-Infinity", in quotes or, as Python writes them, without.
 */
export function parseLine(text: string, vocabulary: Vocabulary, fail: Fail, key?: string): Line {
  const value = parseJson(text, fail);
  if (key !== undefined) return lineAt(value, key, fail);
  if (Array.isArray(value)) return { kind: "dense", rows: [numbers(value, fail)] };
  if (!isObject(value)) throw fail("wanted an array of numbers or an object");
  return parseObject(value, vocabulary, fail);
}

function lineAt(value: unknown, key: string, fail: Fail): DenseLine {
  const values = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  if (values === undefined) throw fail(`wanted an object with ${JSON.stringify(key)}`);
  const from = Object.hasOwn(keys, key) ? keys[key as keyof typeof keys] : undefined;
  if (!Array.isArray(values))
    return {
      kind: "dense",
      from,
      rows: [numbers([typeof values === "boolean" ? Number(values) : values], fail)],
    };
  const rows = Array.isArray(values[0]) ? values.map((row) => numbers(row, fail)) : [numbers(values, fail)];
  return { kind: "dense", from, rows };
}

function parseObject(object: Record<string, unknown>, vocabulary: Vocabulary, fail: Fail): Line {
  for (const [key, from] of Object.entries(keys)) {
    const values = object[key];
    if (!Array.isArray(values) || values.length === 0) continue;
    if (typeof values[0] === "number" || typeof values[0] === "string") {
      return { kind: "dense", from, rows: [numbers(values, fail)] };
    }
    if (Array.isArray(values[0]))
      return { kind: "dense", from, rows: values.map((row) => numbers(row, fail)) };
  }
  const rows = tokensOf(object, vocabulary, fail);
  if (rows) return rows;
  throw fail("wanted logits, probs, or logprobs as arrays of numbers or as OpenAI or vLLM give them");
}

/** The rows of an answer of an API, or of the part of it that has the tokens. */
function tokensOf(object: Record<string, unknown>, vocabulary: Vocabulary, fail: Fail): TopKLine | undefined {
  const { choices, response, logprobs, prompt_logprobs: prompt } = object;
  if (Array.isArray(choices)) {
    const lines = choices.map((choice) =>
      isObject(choice) ? tokensOf(choice, vocabulary, fail) : undefined,
    );
    const found = lines.filter((line) => line !== undefined);
    if (found.length === 0) return undefined;
    if (found.some(({ ids }) => ids !== found[0]!.ids))
      throw fail("its choices name tokens in different ways");
    return { ...found[0]!, rows: found.flatMap(({ rows }) => rows) };
  }
  if (isObject(response) && isObject(response.body)) return tokensOf(response.body, vocabulary, fail);
  if (isObject(logprobs)) {
    const { content } = logprobs;
    if (Array.isArray(content)) {
      return {
        kind: "top-k",
        from: "logProbs",
        ids: "text",
        rows: content.map((it) => tokenList(it, vocabulary, fail)),
      };
    }
    if (Array.isArray(logprobs.top_logprobs)) {
      return {
        kind: "top-k",
        from: "logProbs",
        ids: "text",
        rows: completionRows(logprobs, vocabulary, fail),
      };
    }
  }
  const maps = Array.isArray(logprobs)
    ? logprobs
    : Array.isArray(prompt)
      ? prompt
      : isTokenMap(object)
        ? [object]
        : undefined;
  if (!maps) return undefined;
  const chosen = Array.isArray(object.token_ids) ? object.token_ids : [];
  // vLLM has null for the first token of a prompt, which nothing predicts.
  const rows = maps.flatMap((map, i) => (map === null ? [] : [tokenMapRow(map, chosen[i], fail)]));
  return { kind: "top-k", from: "logProbs", ids: "model", rows };
}

function parseJson(text: string, fail: Fail): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const quoted = quoteWords(text);
    try {
      if (quoted !== text) return JSON.parse(quoted);
    } catch {}
    const what = error instanceof Error ? error.message : String(error);
    throw fail(`is no JSON value (${what.slice(0, 100)}); wanted one on each line, as jq -c prints them`);
  }
}

/**
 * Puts NaN and Infinity, which Python writes and JSON does not have, in quotes. Goes from string to string by
 * hand: an expression that matches strings takes exponential time, or a stack as long as the text, on some.
 */
function quoteWords(text: string): string {
  const parts: string[] = [];
  for (let at = 0; ; ) {
    const open = text.indexOf('"', at);
    const between = open < 0 ? text.slice(at) : text.slice(at, open);
    parts.push(between.replace(/-?\b(?:Infinity|NaN)\b/g, '"$&"'));
    if (open < 0) return parts.join("");
    at = endOfString(text, open);
    parts.push(text.slice(open, at));
  }
}

function numbers(values: unknown, fail: Fail): ArrayLike<number> {
  if (!Array.isArray(values)) throw fail("wanted an array of numbers");
  return Float64Array.from(values, (value, i) => {
    const number = toNumber(value);
    if (number === undefined)
      throw fail(`wanted a number at index ${i}, got ${JSON.stringify(value)?.slice(0, 40)}`);
    return number;
  });
}
