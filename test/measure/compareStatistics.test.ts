import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type CompareOptions, compare, type Estimate, type SliceBucket } from "../../src/measure/index.js";

const data = (name: string) => fileURLToPath(new URL(`../../examples/data/${name}.npy`, import.meta.url));

interface ExpectedBucket {
  rows: number;
  kl: number;
  medianKl: number;
  sameTop: number;
  stderr: number | "NaN";
}

interface ExpectedCandidate {
  measures: Record<string, Estimate & { interval: [number, number] }>;
  quantiles: number[];
  sameTop: Estimate;
  topOverlap: number[];
  rankOfTop: number[];
  entropy: Record<"reference" | "candidate" | "cross", Estimate>;
  logRatioStderr: number;
  deltaP: Estimate;
  confidence: ExpectedBucket[];
  label: ExpectedBucket[];
}

interface Expected {
  candidates: ExpectedCandidate[];
  ranking: number[];
  differences: { value: number; stderr: number; low: number; high: number; p: number }[];
}

const oracle: { candidates: string[]; clusterings: Record<"none" | "chunk" | "label", Expected> } =
  JSON.parse(readFileSync(new URL("../oracle/compare_statistics.json", import.meta.url), "utf8"));

/** NumPy's KL is a plain sum in float64, good to about 1e-16 of 1, where KL itself is about 1e-5 in places. */
function expectClose(actual: number, expected: number, what: string) {
  expect(Math.abs(actual - expected), `${what}: ${actual} for ${expected}`).toBeLessThanOrEqual(
    1e-9 * Math.abs(expected) + 1e-14,
  );
}

function expectEstimate(actual: Estimate, expected: Estimate, what: string) {
  expectClose(actual.value, expected.value, what);
  expectClose(actual.stderr, expected.stderr, `s.e. of ${what}`);
}

function expectBuckets(actual: SliceBucket[], expected: ExpectedBucket[], what: string) {
  expect(actual.map(({ rows }) => rows)).toEqual(expected.map(({ rows }) => rows));
  for (const [i, bucket] of actual.entries()) {
    expectClose(bucket.kl.value, expected[i].kl, `KL by ${what}`);
    expectClose(bucket.medianKl, expected[i].medianKl, `median KL by ${what}`);
    expectClose(bucket.sameTop.value, expected[i].sameTop, `same top by ${what}`);
    const stderr = expected[i].stderr;
    if (stderr === "NaN") expect(bucket.kl.stderr).toBeNaN();
    else expectClose(bucket.kl.stderr, stderr, `s.e. by ${what}`);
  }
}

const labels = data("digits_labels");
const clusterings: Record<keyof typeof oracle.clusterings, CompareOptions> = {
  none: {},
  chunk: { positions: 599 },
  label: { clusters: labels },
};

describe("compare, against NumPy and SciPy", () => {
  it.each(Object.entries(clusterings) as ["none" | "chunk" | "label", CompareOptions][])(
    "has their means, clustered errors, intervals, quantiles, slices and differences; clusters: %s",
    async (by, clustering) => {
      const expected = oracle.clusterings[by];
      const comparison = await compare(data("digits_teacher"), oracle.candidates.map(data), {
        ...clustering,
        labels,
        groups: labels,
        measures: [
          "reverse-kl",
          "jeffreys",
          "js",
          "tv",
          "hellinger",
          "renyi:0.5",
          "entropy",
          "top-k",
          "rank",
        ],
      });
      expect(comparison.measures).toEqual(Object.keys(expected.candidates[0].measures));
      for (const [i, wanted] of expected.candidates.entries()) {
        const found = comparison.candidates[i];
        for (const [name, { interval, ...estimate }] of Object.entries(wanted.measures)) {
          const { mean, stderr, interval: actual } = found.measures[name];
          expectEstimate({ value: mean, stderr }, estimate, name);
          expectClose(actual.low, interval[0], `low end of ${name}`);
          expectClose(actual.high, interval[1], `high end of ${name}`);
        }
        const { p1, p5, p10, median, p99 } = found.measures.kl;
        for (const [k, quantile] of [p1, p5, p10, median, p99].entries()) {
          expectClose(quantile, wanted.quantiles[k], "quantile");
        }
        expectEstimate(found.sameTop, wanted.sameTop, "same top");
        for (const [k, share] of found.topOverlap!.entries())
          expectClose(share, wanted.topOverlap[k], "overlap");
        const { mean, median: middle, p99: high, max } = found.rankOfTop!;
        for (const [k, rank] of [mean, middle, high, max].entries())
          expectClose(rank, wanted.rankOfTop[k], "rank");
        for (const side of ["reference", "candidate", "cross"] as const) {
          expectEstimate(found.entropy![side], wanted.entropy[side], `entropy, ${side}`);
        }
        expectClose(found.labels!.perplexity.logRatioStderr, wanted.logRatioStderr, "s.e. of log ratio");
        const { mean: value, stderr } = found.labels!.deltaP;
        expectEstimate({ value, stderr }, wanted.deltaP, "Δp");
        const slice = (of: string) => found.slices.find((slice) => slice.by === of)!.buckets;
        expectBuckets(slice("confidence"), wanted.confidence, "confidence");
        expectBuckets(slice("group"), wanted.label, "group");
      }
      expect(comparison.ranking).toEqual(expected.ranking);
      for (const [i, wanted] of expected.differences.entries()) {
        const found = comparison.differences[i];
        expect([found.better, found.worse]).toEqual(expected.ranking.slice(i, i + 2));
        expectEstimate(found.difference, wanted, "difference");
        expectClose(found.interval.low, wanted.low, "low end of difference");
        expectClose(found.interval.high, wanted.high, "high end of difference");
        expectClose(found.pValue!, wanted.p, "p value");
      }
    },
  );
});
