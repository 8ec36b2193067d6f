import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { renderJson, toJson } from "../../src/report/index.js";
import { allMeasures, comparisonFixture, hostileNames } from "./fixture.js";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const schema = JSON.parse(readFileSync(new URL("../../schema/compare-2.json", import.meta.url), "utf8"));
const ajv = () => new Ajv2020({ strict: true, allErrors: true });
const validate = ajv().compile(schema);
const rendered = (...options: Parameters<typeof comparisonFixture>) =>
  JSON.parse(renderJson(comparisonFixture(...options)));

/** The schema with no field allowed that it does not name. */
function closed(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(closed);
  if (schema === null || typeof schema !== "object") return schema;
  const entries = Object.entries(schema).map(([key, value]) => [key, closed(value)]);
  const result: { [key: string]: Json } = Object.fromEntries(entries);
  if (schema.type === "object") result.additionalProperties ??= false;
  return result;
}

describe("JSON", () => {
  it("holds numbers that are not finite as strings, which Number turns back", () => {
    expect(JSON.parse(toJson({ a: Infinity, b: [-Infinity, Number.NaN], c: 0.1 }))).toEqual({
      a: "Infinity",
      b: ["-Infinity", "NaN"],
      c: 0.1,
    });
    expect([Number("Infinity"), Number("-Infinity"), Number("NaN")]).toEqual([
      Infinity,
      -Infinity,
      Number.NaN,
    ]);
  });

  const kinds: [string, Parameters<typeof comparisonFixture>[0]][] = [
    ["many measures, slices and infinite rows", { measures: allMeasures, infinite: 3, chunks: 8 }],
    ["one row", { rows: 1 }],
    ["nothing that is optional", { labels: false, more: false, sizes: false, slices: false, floor: false }],
    ["hostile names", { names: hostileNames }],
    ["100 candidates", { names: Array.from({ length: 100 }, (_, i) => `q${i}`), rows: 200 }],
  ];
  it.each(kinds)("follows the schema, with %s", (_kind, options) => {
    validate(rendered(options));
    expect(validate.errors).toBeNull();
  });

  it("has no field that the schema does not name", () => {
    const strict = ajv().compile(closed({ ...schema, $id: "urn:kullback:closed" }) as object);
    strict(rendered({ measures: allMeasures, infinite: 3, chunks: 8 }));
    expect(strict.errors).toBeNull();
    expect(strict({ ...rendered(), another: 1 })).toBe(false);
  });

  it("takes llama.cpp's block and selections", () => {
    const document = rendered();
    document.selection = { range: [0, 10], mask: null, rows: 10 };
    document.candidates[0].llamaCpp = {
      lines: [{ section: "KL", name: "Mean KLD", value: 0.1, uncertainty: null, unit: "" }],
      truncation: { excludedMass: 0, low: 0, high: "Infinity", exact: 0.1 },
      text: ["Mean KLD: 0.1"],
    };
    validate(document);
    expect(validate.errors).toBeNull();
  });

  const mistakes: [string, (document: ReturnType<typeof rendered>) => void][] = [
    ["another schema's name", (d) => Object.assign(d, { schema: "kullback.compare/1" })],
    ["no candidates", (d) => Object.assign(d, { candidates: [] })],
    ["a missing field", (d) => delete d.unit],
    ["an unknown unit", (d) => Object.assign(d, { unit: "bans" })],
    ["null for a number", (d) => Object.assign(d.candidates[0].measures.kl, { mean: null })],
    ["text for a number", (d) => Object.assign(d.candidates[0].measures.kl, { mean: "0.1" })],
    ["no kl", (d) => delete d.candidates[0].measures.kl],
    [
      "an unknown measure",
      (d) => Object.assign(d.candidates[0].measures, { other: d.candidates[0].measures.kl }),
    ],
    ["an incomplete measure", (d) => delete d.candidates[0].measures.js.p999],
    ["a negative count", (d) => Object.assign(d, { rows: -1 })],
    ["a fraction of a row", (d) => Object.assign(d.candidates[0].worst[0], { row: 0.5 })],
    ["a triple in the distribution function", (d) => d.candidates[0].cdf.push([1, 1, 1])],
    ["a hash that is none", (d) => Object.assign(d.reference.hash, { value: "abc" })],
    ["no labels field", (d) => delete d.candidates[0].labels],
  ];
  it.each(mistakes)("of the schema has not %s", (_mistake, make) => {
    const document = rendered();
    make(document);
    expect(validate(document)).toBe(false);
  });
});
