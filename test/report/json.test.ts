import { describe, expect, it } from "vitest";
import { compare } from "../../src/measure/index.js";
import { renderJson, toJson } from "../../src/report/index.js";

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

  it("is the schema kullback.compare/1, field for field", async () => {
    const p = { data: Float64Array.of(0, 1, 0, 0, 0.5, 0), shape: [3, 2], name: "p" };
    const q = { data: Float64Array.of(0, 2, 0, -Infinity, 0, 0), shape: [3, 2], name: "q" };
    const labels = { data: Int32Array.of(0, 1, -100), shape: [3] };
    const comparison = await compare(p, q, { from: "logits", labels, worst: 2 });
    const rowList = { count: "number", first: [] };
    const measure = {
      ...Object.fromEntries(
        ["mean", "stderr", "min", "median", "p90", "p95", "p99", "p999", "max"].map((key) => [key, "number"]),
      ),
      infinite: rowList,
      finiteMean: "number",
      finiteStderr: "number",
    };
    const infinite = Object.fromEntries(
      ["mean", "p90", "p95", "p99", "p999", "max"].map((key) => [key, "Infinity"]),
    );
    const input = { format: "memory", dtype: "float64", shape: ["number", "number"] };
    const numbersNamed = (_key: string, value: unknown) => (typeof value === "number" ? "number" : value);
    expect(JSON.parse(renderJson(comparison), numbersNamed)).toEqual({
      schema: "kullback.compare/1",
      reference: { name: "p", ...input },
      from: "logits",
      found: null,
      dim: ["number"],
      rows: "number",
      classes: "number",
      unit: "nats",
      candidates: [
        {
          name: "q",
          ...input,
          rows: "number",
          excluded: [],
          measures: {
            kl: { ...measure, ...infinite, stderr: "NaN", infinite: { count: "number", first: ["number"] } },
            "reverse-kl": measure,
            js: measure,
            tv: measure,
          },
          sameTop: { value: "number", stderr: "number" },
          worst: [
            { row: "number", kl: "Infinity" },
            { row: "number", kl: "number" },
          ],
          labels: {
            rows: "number",
            ignored: "number",
            perplexity: { reference: "number", candidate: "Infinity", ratio: "Infinity" },
            deltaP: { mean: "number", stderr: "number", rms: "number" },
          },
        },
      ],
    });
  });
});
