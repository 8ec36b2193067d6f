import { describe, expect, it } from "vitest";
import { KullbackError } from "../../../src/errors.js";
import { type Measure, measureNames, rowMeasure } from "../../../src/kernels/divergence/index.js";

describe("rowMeasure", () => {
  it("knows each name of the table", () => {
    expect(measureNames).toEqual([
      "kl",
      "reverse-kl",
      "jeffreys",
      "js",
      "js-distance",
      "gjs",
      "skew-kl",
      "tv",
      "hellinger",
      "chi2",
      "renyi",
      "alpha",
    ]);
    for (const name of measureNames) {
      const order = name === "renyi" || name === "alpha" ? 2 : undefined;
      const weight = name === "gjs" || name === "skew-kl" ? 0.5 : undefined;
      expect(rowMeasure(name, { order, weight }).name).toBe(name);
    }
  });

  it.each([
    ["renyi", { order: -1 }, 'divergence: measure "renyi" needs an order ≥ 0, got -1'],
    ["renyi", { order: NaN }, 'divergence: measure "renyi" needs an order ≥ 0, got NaN'],
    ["renyi", {}, 'divergence: measure "renyi" needs an order ≥ 0, got undefined'],
    ["alpha", { order: Infinity }, 'divergence: measure "alpha" needs a finite order, got Infinity'],
    ["gjs", { weight: 1.5 }, 'divergence: measure "gjs" needs a weight from 0 to 1, got 1.5'],
    ["skew-kl", {}, 'divergence: measure "skew-kl" needs a weight from 0 to 1, got undefined'],
    ["kl", { order: 2 }, 'divergence: measure "kl" takes no order, got 2'],
    ["renyi", { order: 2, weight: 0.5 }, 'divergence: measure "renyi" takes no weight, got 0.5'],
  ] as const)("%s with %o is an error", (name, params, message) => {
    expect(() => rowMeasure(name, params)).toThrow(new KullbackError(message));
  });

  it("an unknown measure is an error that lists the names", () => {
    expect(() => rowMeasure("wasserstein" as Measure)).toThrow(
      'divergence: unknown measure "wasserstein"; there are kl, reverse-kl, jeffreys, js, js-distance, gjs,',
    );
    expect(() => rowMeasure("toString" as Measure)).toThrow("unknown measure");
  });
});
