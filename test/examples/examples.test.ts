import { readdirSync, readFileSync } from "node:fs";
import { format } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Tensor } from "../../src/index.js";

const here = (path: string) => new URL(path, import.meta.url);
const oracle = JSON.parse(readFileSync(here("tutorials.json"), "utf8"));
const readme = readFileSync(here("../../examples/README.md"), "utf8");
// Those that take options are run as commands, in tests of their own.
const programs = readdirSync(here("../../examples")).filter(
  (name) => name.endsWith(".ts") && !name.startsWith("distill-") && !name.startsWith("vae-"),
);

let printed: string[];
beforeEach(() => {
  printed = [];
  vi.resetModules();
  vi.spyOn(console, "log").mockImplementation((...values) => void printed.push(format(...values)));
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Expects `x` to be `exact` to 2e-6 relative, or to the error of PyTorch's `theirs` where that is larger. */
function expectFloat32(x: Tensor, theirs: number, exact: number): void {
  const allowed = Math.max(2e-6 * Math.abs(exact), Math.abs(theirs - exact));
  expect(Math.abs(x.item() - exact), `${x.item()}, PyTorch ${theirs}, exactly ${exact}`).toBeLessThanOrEqual(
    allowed,
  );
}

function expectFloat64(x: Tensor, expected: readonly number[]): void {
  expect(x.dtype).toBe("float64");
  expectRelative(Array.from(x.data), expected, 1e-12);
}

function expectRelative(found: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(found).toHaveLength(expected.length);
  found.forEach((x, i) => {
    expect(Math.abs(x / expected[i] - 1), `${i}: ${x}, ${expected[i]}`).toBeLessThanOrEqual(tolerance);
  });
}

describe("the examples", () => {
  it.each(programs)("%s prints what examples/README.md shows", async (name) => {
    await import(/* @vite-ignore */ `../../examples/${name}`);
    const section = readme.slice(readme.indexOf(`](${name})`));
    expect(readme).toContain(`](${name})`);
    expect(section.split("```")[1]).toBe(`text\n${printed.join("\n")}\n`);
  });

  it("guide-x-with-y: the sum, mean and batchmean of the seeded X and Y are PyTorch's", async () => {
    const { sum, mean, batchmean } = await import("../../examples/guide-x-with-y.js");
    const theirs = oracle.guideXWithY;
    expectFloat32(sum, theirs.sum, theirs.exactSum);
    expectFloat32(mean, theirs.mean, theirs.exactSum / 20);
    expectFloat32(batchmean, theirs.batchmean, theirs.exactSum / 4);
    expect(String(batchmean)).toBe("tensor(0.5777)");
  });

  it("negative-kl: PyTorch's negative number, and what divergence says instead", async () => {
    const found = await import("../../examples/negative-kl.js");
    const { unnormalised, normalised, shareBelowZero, exactMean } = oracle.negativeKl;
    expectRelative([found.unnormalised.item()], [unnormalised], 2e-6);
    expectRelative([found.normalised.item()], [normalised], 1e-6);
    // Which rows are below zero is rounding; that about half of them are is not.
    expect(found.rows.lt(0).to("float32").mean().item()).toBeCloseTo(shareBelowZero, 1);
    expect(found.accurate.min().item()).toBeGreaterThan(0);
    expectRelative([found.mean.item()], [exactMean], 1e-6);
    expect(found.zero.item()).toBe(0);
  });

  it("softmax-axes: float64 values over the last axis and over the map", async () => {
    const found = await import("../../examples/softmax-axes.js");
    expectFloat64(found.lastAxis, oracle.softmaxAxes.lastAxis.flat(2));
    expectFloat64(found.wholeMap, oracle.softmaxAxes.wholeMap.flat());
    for (const name of ["sumOfRows", "meanOfRows", "ofMap"] as const) {
      expectFloat64(found[name], [oracle.softmaxAxes[name]]);
    }
  });

  it("kl-by-hand: all ways to 0.0226, and the two that lead elsewhere", async () => {
    const found = await import("../../examples/kl-by-hand.js");
    const theirs = oracle.klByHand;
    for (const name of ["byHand", "functional", "logTarget", "byModule"] as const) {
      expectFloat32(found[name], theirs[name], theirs.exact);
      expect(String(found[name])).toBe("tensor(0.0226)");
    }
    expectFloat32(found.softmaxed, theirs.softmaxed, theirs.exactSoftmaxed);
    expectRelative([found.withoutLog.item()], [theirs.withoutLog], 2e-6);
  });

  it.each([
    ["Adam", "float64", 1e-12],
    ["NAdam", "float64", 1e-12],
    ["Adam", "float32", 2e-6],
    ["NAdam", "float32", 2e-6],
  ] as const)("kl-as-a-loss: %s's losses in %s, step by step", async (name, dtype, tolerance) => {
    const { train } = await import("../../examples/kl-as-a-loss.js");
    const { optim } = await import("../../src/index.js");
    const kinds = { Adam: optim.Adam, NAdam: optim.NAdam };
    const run = oracle.klAsALoss.find(
      (r: { optimizer: string; dtype: string }) => r.optimizer === name && r.dtype === dtype,
    );
    expectRelative(train(kinds[name], { dtype }), run.losses, tolerance);
  });

  it("empirical-distribution: NumPy's counts, and the divergence of each feature", async () => {
    const found = await import("../../examples/empirical-distribution.js");
    const { countsA, countsB, kl } = oracle.empiricalDistribution;
    expect(found.countsA).toEqual(countsA);
    expect(found.countsB).toEqual(countsB);
    expectFloat64(found.kl, kl);
  });
});
