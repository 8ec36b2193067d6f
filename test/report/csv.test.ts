import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { renderCsv } from "../../src/report/index.js";
import { allMeasures, comparisonFixture, hostileNames } from "./fixture.js";

const read = (text: string): Record<string, string>[] => parse(text, { columns: true });
const heading = (text: string) => text.slice(0, text.indexOf("\n")).split(",");

describe("CSV", () => {
  it("is a line a candidate, the closest first, with all digits", () => {
    const comparison = comparisonFixture({ names: ["far.npy", "near.npy"], labels: false });
    comparison.ranking = [1, 0];
    const lines = read(renderCsv(comparison));
    expect(lines.map(({ rank, name }) => [rank, name])).toEqual([
      ["1", "near.npy"],
      ["2", "far.npy"],
    ]);
    expect(Number(lines[0].kl_mean)).toBe(comparison.candidates[1].measures.kl.mean);
    expect(Number(lines[0].js_p999)).toBe(comparison.candidates[1].measures.js.p999);
    expect(Number(lines[0].kl_finite_mean)).toBe(comparison.candidates[1].measures.kl.finiteMean);
    expect(lines[0].perplexity_ratio).toBe("");
    expect(lines[0].hellinger_mean).toBe("");
    expect(lines[0].pareto).toBe(String(comparison.candidates[1].pareto));
  });

  it("has the same columns whatever was asked for, but for Rényi's at the end", () => {
    const few = heading(renderCsv(comparisonFixture({ measures: ["kl"], labels: false, more: false })));
    const many = heading(renderCsv(comparisonFixture({ measures: allMeasures })));
    expect(many.slice(0, few.length)).toEqual(few);
    expect(many.slice(few.length).every((name) => /^renyi_(0\.5|2)_/.test(name))).toBe(true);
    expect(many.length).toBeGreaterThan(few.length);
    expect(new Set(many).size).toBe(many.length);
  });

  it("brings every name back as it was", () => {
    const lines = read(renderCsv(comparisonFixture({ names: hostileNames, rows: 50 })));
    expect(lines.map(({ name }) => name)).toEqual(hostileNames);
  });

  it("writes infinite and undefined numbers by name", () => {
    const [{ kl_mean, kl_stderr, kl_infinite }] = read(
      renderCsv(comparisonFixture({ names: ["q"], infinite: 2 })),
    );
    expect([kl_mean, kl_stderr, kl_infinite]).toEqual(["Infinity", "NaN", "2"]);
  });
});
