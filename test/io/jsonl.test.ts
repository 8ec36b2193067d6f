import { describe, expect, it } from "vitest";
import { openRows, Vocabulary } from "../../src/io/index.js";
import { named } from "./files.js";
import { file, golden, readDense, rowsRefusal, text, topKRows } from "./formats.js";

const jsonl = (...lines: (string | object)[]) =>
  named(
    "a.jsonl",
    text(
      lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"),
    ) as Uint8Array<ArrayBuffer>,
  );

/** Reads likeliest tokens, with their texts where they have some. */
async function tokens(...lines: (string | object)[]) {
  const vocabulary = new Vocabulary();
  const opened = await openRows(jsonl(...lines), { vocabulary });
  const rows = await topKRows(opened);
  const context = (await opened.context?.())!;
  await opened.close();
  const name = (id: number) => (opened.ids === "text" ? vocabulary.textOf(id) : id);
  return {
    ids: opened.ids,
    rows: rows.map((row) => Object.fromEntries(row.map(([id, logProb]) => [name(id), logProb]))),
    labels: Array.from(context.label, (id) => (id < 0 ? null : name(id))),
    chunk: Array.from(context.chunk),
    position: Array.from(context.position),
  };
}

const chat = {
  logprobs: {
    content: [
      {
        token: "Hi",
        bytes: [72, 105],
        logprob: -0.25,
        top_logprobs: [
          { token: "Hi", bytes: [72, 105], logprob: -0.25 },
          { token: "Yo", bytes: null, logprob: -2 },
        ],
      },
      { token: "!", logprob: -3, top_logprobs: [{ token: ".", logprob: -0.5 }] },
    ],
  },
};

describe("JSON Lines of whole rows", () => {
  for (const [name, from] of [
    ["arrays", undefined],
    ["logits", "logits"],
    ["nested", "logProbs"],
    ["gzip", "probs"],
  ] as const) {
    it(`reads ${name}`, async () => {
      const { rows, ...opened } = await readDense(file("jsonl", name));
      expect(opened).toMatchObject({ format: "jsonl", kind: "dense", order: "forward", shape: [7, 5] });
      expect(opened.from).toBe(from);
      expect(rows).toEqual(golden.x);
    });
  }

  it("reads what Python writes for numbers that JSON does not have, and the same words in quotes", async () => {
    const expected = [
      [Number.NaN, Infinity],
      [-Infinity, 1e300],
    ];
    expect((await readDense(jsonl(golden.jsonlInfinite))).rows).toEqual(expected);
    expect((await readDense(jsonl(["NaN", "Infinity"], ["-Infinity", 1e300]))).rows).toEqual(expected);
  });

  it("says on which line something is wrong", async () => {
    const refused: [lines: (string | object)[], message: RegExp][] = [
      [["[1,2]", "[3]"], /^a\.jsonl: line 2 has 1 values, wanted 2 as before$/],
      [["[1,2]", { logits: [1, 2] }], /^a\.jsonl: line 2 holds logits, the first holds numbers$/],
      [["[1,null]"], /^a\.jsonl: line 1: wanted a number at index 1, got null$/],
      [['[1,"x"]'], /^a\.jsonl: line 1: wanted a number at index 1, got "x"$/],
      [
        ["[1,2]", "", "[1,"],
        /^a\.jsonl: line 3: is no JSON value \(.*\); wanted one on each line, as jq -c prints them$/,
      ],
      [["{"], /^a\.jsonl: line 1: is no JSON value/],
      [
        [{ text: "a" }],
        /^a\.jsonl: line 1: wanted logits, probs, or logprobs as arrays of numbers or as OpenAI or vLLM give them$/,
      ],
      [[{ logits: [] }], /^a\.jsonl: line 1: wanted logits/],
      [["[1]", "3"], /^a\.jsonl: line 2: wanted an array of numbers or an object$/],
    ];
    for (const [lines, message] of refused)
      expect((await rowsRefusal(jsonl(...lines))).message).toMatch(message);
  });
});

describe("JSON Lines of likeliest tokens", () => {
  it("reads OpenAI's chat API: the tokens that came are among them", async () => {
    expect(await tokens(chat, { choices: [chat] })).toEqual({
      ids: "text",
      rows: [
        { Hi: -0.25, Yo: -2 },
        { ".": -0.5, "!": -3 },
        { Hi: -0.25, Yo: -2 },
        { ".": -0.5, "!": -3 },
      ],
      labels: ["Hi", "!", "Hi", "!"],
      chunk: [0, 0, 1, 1],
      position: [0, 1, 0, 1],
    });
    expect((await tokens({ response: { body: { choices: [chat] } } })).rows).toHaveLength(2);
  });

  it("reads OpenAI's completions, without the first token of a prompt", async () => {
    const logprobs = {
      tokens: ["The", " cat", " sat"],
      token_logprobs: [null, -4, -0.5],
      top_logprobs: [null, { " dog": -1, " cow": -2 }, { " sat": -0.5 }],
    };
    const { rows, labels } = await tokens({ logprobs });
    expect(rows).toEqual([{ " dog": -1, " cow": -2, " cat": -4 }, { " sat": -0.5 }]);
    expect(labels).toEqual([" cat", " sat"]);
  });

  it("reads vLLM's maps by token id, of prompts and of outputs, and one map a line", async () => {
    const map = (...entries: [number, number][]) =>
      Object.fromEntries(
        entries.map(([id, logprob], i) => [id, { logprob, rank: i + 1, decoded_token: "x" }]),
      );
    const prompt = await tokens({ prompt_logprobs: [null, map([5, -1], [3, -2]), map([7, -0.5])] });
    expect(prompt).toMatchObject({
      ids: "model",
      rows: [{ 5: -1, 3: -2 }, { 7: -0.5 }],
      labels: [null, null],
    });
    const output = await tokens({ token_ids: [3, 7], logprobs: [map([5, -1], [3, -2]), map([7, -0.5])] });
    expect(output.labels).toEqual([3, 7]);
    expect((await tokens(map([128000, -1]), map([1, -2]))).rows).toEqual([{ 128000: -1 }, { 1: -2 }]);
  });

  it("leaves tokens of unknown probability, and different tokens of one text, to the tail", async () => {
    const content = [
      {
        token: "a",
        logprob: -9999,
        top_logprobs: [
          { token: "\ufffd", bytes: [195], logprob: -1 },
          { token: "\ufffd", bytes: [226], logprob: -2 },
          { token: "z", logprob: -3 },
          { token: "z", logprob: -4 },
        ],
      },
    ];
    expect((await tokens({ logprobs: { content } })).rows).toEqual([{ "bytes:195": -1, "bytes:226": -2 }]);
  });

  it("gives one number to one text in files that share a vocabulary", async () => {
    const vocabulary = new Vocabulary();
    const line = (token: string) => ({ logprobs: { content: [{ token, logprob: -1, top_logprobs: [] }] } });
    const idsOf = async (...lines: object[]) => {
      const opened = await openRows(jsonl(...lines), { vocabulary });
      return (await topKRows(opened)).map((row) => row[0]![0]);
    };
    expect(await idsOf(line("a"), line("b"))).toEqual([0, 1]);
    expect(await idsOf(line("b"), line("c"))).toEqual([1, 2]);
  });

  it("says on which line something is wrong", async () => {
    const content = (...entries: unknown[]) => ({ logprobs: { content: entries } });
    const refused: [lines: (string | object)[], message: string][] = [
      [
        [content({ token: "a", logprob: 0.5, top_logprobs: [] })],
        "line 1: wanted a log-probability, at most 0, got 0.5",
      ],
      [[content({ token: "a", logprob: "x" })], 'line 1: wanted a log-probability, at most 0, got "x"'],
      [[content({ logprob: -1 })], "line 1: wanted a token with its logprob"],
      [[content(3)], "line 1: wanted an object for each token in content"],
      [[content({ token: "a", logprob: -1, top_logprobs: 3 })], "line 1: wanted a list as top_logprobs"],
      [[{ logprobs: [{ x: { logprob: -1 } }] }], 'line 1: wanted a token id, got "x"'],
      [
        [chat, { logprobs: [{ 1: { logprob: -1 } }] }],
        "line 2 holds likeliest tokens by id, the first holds likeliest tokens by text",
      ],
    ];
    for (const [lines, message] of refused)
      expect((await rowsRefusal(jsonl(...lines))).message).toBe(`a.jsonl: ${message}`);
  });
});
