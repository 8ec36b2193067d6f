import { describe, expect, it } from "vitest";
import { KullbackError } from "../../src/errors.js";
import { readVocabulary } from "../../src/report/index.js";

const tokenizer = (model: unknown, rest: object = {}) => JSON.stringify({ version: "1.0", model, ...rest });

describe("readVocabulary", () => {
  it("reads one token a line, whatever the line ends", () => {
    expect(readVocabulary("the\r\n\r\n of\r\n")).toEqual(["the", "", " of"]);
    expect(readVocabulary("\uFEFFa\nb")).toEqual(["a", "b"]);
    expect(readVocabulary("[PAD]\n[UNK]\n##ing\n")).toEqual(["[PAD]", "[UNK]", "##ing"]);
    expect(readVocabulary("[\n]\n(\n")).toEqual(["[", "]", "("]);
  });

  it("reads a JSON list, in the order of ids", () => {
    expect(readVocabulary('["<unk>", " ", "\\n", "the"]')).toEqual(["<unk>", " ", "\n", "the"]);
  });

  it("reads a vocab.json, by id, with nothing for ids that it lacks", () => {
    expect(readVocabulary('{"b": 3, "a": 0}')).toEqual(["a", "", "", "b"]);
  });

  it("reads GPT-2's byte-level tokens as text", () => {
    // 'Ġ' is the space, 'Ċ' the line feed, 'ĉ' the tab; 'Ã©' the two bytes of é; 'âĤ' two of the three of €.
    const tokens = { "!": 0, Ġthe: 1, Ċ: 2, ĉ: 3, "ĠÃ©t": 4, "âĤ¬": 5, âĤ: 6, Ġ: 7 };
    expect(readVocabulary(JSON.stringify(tokens))).toEqual([
      "!",
      " the",
      "\n",
      "\t",
      " ét",
      "€",
      "\\xe2\\x82",
      " ",
    ]);
  });

  it("reads a tokenizer.json with a BPE model, its added tokens as they are", () => {
    const model = { type: "BPE", vocab: { Ġa: 0, b: 1, "<|end|>": 2 }, merges: [] };
    const added = {
      added_tokens: [
        { id: 2, content: "<|end|>" },
        { id: 4, content: "Ġ" },
      ],
    };
    expect(readVocabulary(tokenizer(model, added))).toEqual([" a", "b", "<|end|>", "", "Ġ"]);
  });

  it("reads a tokenizer.json with a Unigram model: pairs of token and score", () => {
    const vocab = [
      ["<unk>", 0],
      ["▁the", -2.5],
      ["<0x0A>", -3],
      ["ing", -4],
    ];
    expect(readVocabulary(tokenizer({ type: "Unigram", vocab }))).toEqual(["<unk>", " the", "\n", "ing"]);
  });

  it("does not take a vocabulary with a few letters Ġ for byte-level", () => {
    expect(readVocabulary('["Ġorġ", "日本", "語", "是"]')).toEqual(["Ġorġ", "日本", "語", "是"]);
  });

  const bad: [string, string, RegExp][] = [
    ["empty text", "", /holds no token/],
    ["an empty list", "[]", /holds no token/],
    ["an empty object", "{}", /holds no token/],
    ["broken JSON", '{"a": 0,', /begins as JSON, but is none/],
    ["a list of numbers", "[1, 2]", /wanted a token, a string, as entry 0 of the list, got 1/],
    ["an id that is no number", '{"a": "0"}', /as the id of "a", got "0"/],
    ["a negative id", '{"a": -1}', /as the id of "a", got -1/],
    ["an id of a billion", '{"a": 1000000000}', /from 0 to 16777215 as the id of "a", got 1000000000/],
    ["two tokens with one id", '{"a": 0, "b": 0}', /one token for each id, got "a" and "b" for 0/],
    ["a model without a vocabulary", tokenizer({}), /wanted model.vocab as an object or a list, got nothing/],
    [
      "added tokens that are no list",
      tokenizer({ vocab: { a: 0 } }, { added_tokens: 3 }),
      /added_tokens as a list/,
    ],
    [
      "an added token without text",
      tokenizer({ vocab: { a: 0 } }, { added_tokens: [{ id: 1 }] }),
      /\{ id, content \}/,
    ],
    [
      "an added token without id",
      tokenizer({ vocab: { a: 0 } }, { added_tokens: [{ content: "x" }] }),
      /id of "x"/,
    ],
  ];
  it.each(bad)("refuses %s, naming the file", (_what, text, message) => {
    const read = () => readVocabulary(text, "vocab.json");
    expect(read).toThrow(KullbackError);
    expect(read).toThrow(message);
    expect(read).toThrow(/^vocab\.json: /);
  });
});
