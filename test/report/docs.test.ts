import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { comparedMeasures } from "../../src/measure/index.js";
import { explainMeasure, measureExplanations, uncertaintyExplanations } from "../../src/report/measures.js";

const docs = readFileSync(new URL("../../docs/report.md", import.meta.url), "utf8");
const schema = JSON.parse(readFileSync(new URL("../../schema/compare-2.json", import.meta.url), "utf8"));

describe("docs/report.md", () => {
  it.each([...measureExplanations, ...uncertaintyExplanations])(
    "explains $key as reports do",
    ({ title, text }) => {
      expect(docs).toContain(`| ${title} | ${text.replaceAll("|", "\\|")} |`);
    },
  );

  it("names every field of the schema's document and of its candidates", () => {
    const candidate = Object.keys(schema.$defs.candidate.properties);
    const input = Object.keys(schema.$defs.input.properties);
    for (const field of Object.keys(schema.properties)) expect(docs).toContain(`\`${field}\``);
    for (const field of input) expect(docs).toContain(`\`${field}\``);
    for (const field of candidate.filter((name) => !input.includes(name)))
      expect(docs).toContain(`\`….${field}\``);
  });
});

describe("the table of explanations", () => {
  it("has an entry for every measure that a comparison can have", () => {
    for (const key of comparedMeasures) expect(explainMeasure(key).text).not.toBe("");
    expect(explainMeasure("renyi-0.5").title).toBe("Rényi 0.5");
  });

  it("shows a measure that it does not know by its key", () => {
    expect(explainMeasure("other")).toEqual({ key: "other", title: "other", text: "" });
  });
});
