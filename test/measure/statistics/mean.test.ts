import { describe, expect, it } from "vitest";
import { Generator } from "../../../src/kernels/index.js";
import { type Clusters, Mean } from "../../../src/measure/statistics/index.js";

const clustersOf = (list: readonly number[]): Clusters => ({
  by: "test",
  count: new Set(list).size,
  of: (row) => list[row],
});

const meanOf = (values: readonly number[], clusters?: readonly number[]) => {
  const mean = new Mean(clusters && clustersOf(clusters));
  for (const [row, value] of values.entries()) mean.add(row, value);
  return mean;
};

describe("the mean over rows", () => {
  it("has the same standard error with every row its own cluster as without clusters", () => {
    const values = [1, 4, 2, 8, 5, 7];
    const alone = meanOf(values).estimate();
    const clustered = meanOf(values, [0, 1, 2, 3, 4, 5]).estimate();
    expect(clustered.value).toBe(alone.value);
    expect(clustered.stderr).toBeCloseTo(alone.stderr, 14);
  });

  it("has, for clusters of equal size, the standard error of the clusters' means", () => {
    const values = [1, 2, 4, 5, 9, 13];
    const { stderr } = meanOf(values, [0, 0, 1, 1, 2, 2]).estimate();
    expect(stderr).toBeCloseTo(meanOf([1.5, 4.5, 11]).estimate().stderr, 14);
  });

  it("does not care in which order clusters come, or whether their rows are neighbours", () => {
    const { stderr } = meanOf([1, 4, 9, 2, 5, 13], [7, 2, 5, 7, 2, 5]).estimate();
    expect(stderr).toBeCloseTo(meanOf([1.5, 4.5, 11]).estimate().stderr, 14);
  });

  it("has no standard error, interval or p value for one row or one cluster", () => {
    for (const mean of [meanOf([3]), meanOf([3, 4], [0, 0])]) {
      expect(mean.estimate().stderr).toBeNaN();
      expect(mean.interval().low).toBeNaN();
      expect(mean.logInterval()).toMatchObject({ low: Number.NaN, high: Number.NaN, method: "not defined" });
      expect(mean.pValue()).toBeNull();
    }
  });

  it("has an interval that is the mean itself where nothing varies, also at 0", () => {
    expect(meanOf([0, 0, 0]).logInterval()).toMatchObject({ low: 0, high: 0 });
    expect(meanOf([2, 2, 2]).logInterval()).toMatchObject({ low: 2, high: 2 });
    expect(meanOf([0, 0, 0]).pValue()).toBe(1);
    expect(meanOf([2, 2, 2]).pValue()).toBe(0);
  });

  it("has an interval that never reaches below 0 for values that are not negative", () => {
    const { low, high } = meanOf([0, 0, 0, 100]).logInterval();
    expect(low).toBeGreaterThanOrEqual(0);
    expect(high).toBeGreaterThan(25);
  });
});

describe("the 95 % interval of the mean, simulated", () => {
  const generator = new Generator(20);
  const uniform = () => (generator.random() + 0.5) / 2 ** 32;
  const normal = () => {
    const [u, v] = [uniform(), uniform()];
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
  };

  /** How often intervals of clustered, skewed rows hold the true mean: as reported, plain, and unclustered. */
  function coverage(clusters: number, between: number, runs: number) {
    const [rows, within] = [20, 1.5];
    const trueMean = Math.exp((between ** 2 + within ** 2) / 2);
    const list = Array.from({ length: clusters * rows }, (_, row) => Math.floor(row / rows));
    const hits = { log: 0, plain: 0, independent: 0 };
    for (let run = 0; run < runs; run++) {
      const effects = Array.from({ length: clusters }, () => between * normal());
      const values = list.map((cluster) => Math.exp(effects[cluster] + within * normal()));
      const mean = meanOf(values, list);
      const holds = ({ low, high }: { low: number; high: number }) =>
        low <= trueMean && trueMean <= high ? 1 : 0;
      hits.log += holds(mean.logInterval());
      hits.plain += holds(mean.interval());
      hits.independent += holds(meanOf(values).logInterval());
    }
    return { log: hits.log / runs, plain: hits.plain / runs, independent: hits.independent / runs };
  }

  it.each([
    [4, 0.3, 0.9],
    [8, 0.3, 0.9],
    [8, 0.7, 0.87],
    [40, 0.7, 0.9],
  ])(
    "covers the mean with %i clusters that vary by e^±%f in at least %f of the runs",
    (g, between, least) => {
      const { log, plain, independent } = coverage(g, between, 1000);
      expect(log).toBeGreaterThan(least);
      expect(log).toBeLessThan(0.98);
      // It covers better than an interval on the mean itself, and than one that takes rows as independent.
      expect(log).toBeGreaterThan(plain);
      if (between > 0.5) expect(log).toBeGreaterThan(independent + 0.1);
    },
  );
});
