import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newRowStatistics, rowMeasure, rowStatistics } from "../../src/kernels/divergence/index.js";
import { CandidateAccumulator } from "../../src/measure/candidate.js";
import { comparedMeasures } from "../../src/measure/comparison.js";

const input = { name: "q", format: "memory", dtype: "float64", shape: [1, 3] };
const request = { measures: comparedMeasures.map((name) => rowMeasure(name)) };

/** Few distinct rows, so that ties, infinite divergences and faulty rows are common. */
const row = fc.constantFrom(
  [0, 1, 2],
  [2, 1, 0],
  [0, 0, 0],
  [0, -Infinity, 1],
  [Number.NaN, 0, 0],
  [0.5, 1, 2],
);
const pairs = fc.array(fc.tuple(row, row, fc.integer({ min: -1, max: 2 })), { minLength: 1, maxLength: 30 });
type Pair = readonly [readonly number[], readonly number[], number];

/** An accumulator over the pairs from `start` to `end`. */
function accumulate(all: readonly Pair[], start: number, end: number): CandidateAccumulator {
  const accumulator = new CandidateAccumulator(4);
  const count = end - start;
  const shard = all.slice(start, end);
  const [p, q] = ([0, 1] as const).map((side) => Float64Array.from(shard.flatMap((pair) => pair[side])));
  const labels = Int32Array.from(all, (pair) => pair[2]);
  const statistics = newRowStatistics(count, request);
  const own = labels.subarray(start, end);
  rowStatistics(request, p, q, count, 3, { from: "logits" }, own, statistics);
  accumulator.add(statistics, start, count, labels);
  return accumulator;
}

describe("CandidateAccumulator", () => {
  it("merges shards, in whatever order they come, to the bits of one pass over all rows", () => {
    fc.assert(
      fc.property(pairs, fc.nat(), fc.nat(), (all, a, b) => {
        const [first, second] = [a % (all.length + 1), b % (all.length + 1)].sort((x, y) => x - y);
        const merged = accumulate(all, second, all.length);
        merged.merge(accumulate(all, 0, first));
        merged.merge(accumulate(all, first, second));
        expect(merged.summary(input, 1, true)).toEqual(
          accumulate(all, 0, all.length).summary(input, 1, true),
        );
      }),
    );
  });
});
