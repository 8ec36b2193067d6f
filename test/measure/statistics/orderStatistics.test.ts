import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type GroupedValues, orderStatistics } from "../../../src/measure/statistics/index.js";

const grouped = (groups: readonly (readonly number[])[]): GroupedValues => ({
  sizes: groups.map((group) => group.length),
  forEach(visit) {
    for (const [i, group] of groups.entries()) for (const value of group) visit(value, i);
  },
});

/** Numbers of all sizes and signs, with ties and neighbours that differ in the last bit. */
const number = fc.oneof(
  fc.double({ noNaN: true }),
  fc.constantFrom(0, -0, 1, 1 + 2 ** -52, 1 - 2 ** -53, -1, Infinity, -Infinity, 5e-324, -5e-324),
  fc.double({ min: 1, max: 1 + 2 ** -48, noNaN: true }),
);

describe("orderStatistics", () => {
  it("gives the bits that sorting gives, however little memory there is", () => {
    const groups = fc.array(fc.array(number, { maxLength: 30 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(groups, fc.integer({ min: 1, max: 20 }), (values, capacity) => {
        const ranks = values.map((group) => group.map((_, i) => i).filter((i) => i % 3 !== 1));
        const sorted = values.map((group) => Float64Array.from(group).sort());
        const expected = ranks.map((wanted, i) => wanted.map((rank) => sorted[i][rank]));
        expect(orderStatistics(grouped(values), ranks, capacity)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it("takes a few passes over many values, and not one for each", () => {
    const values = Float64Array.from({ length: 200_000 }, (_, i) => Math.exp(-((i * 7919) % 200_003) / 1e4));
    let passes = 0;
    const source: GroupedValues = {
      sizes: [values.length],
      forEach(visit) {
        passes++;
        for (const value of values) visit(value, 0);
      },
    };
    const ranks = [0, 1000, 100_000, 180_000, 199_999];
    const sorted = values.slice().sort();
    expect(orderStatistics(source, [ranks], 1000)).toEqual([ranks.map((rank) => sorted[rank])]);
    expect(passes).toBeLessThanOrEqual(4);
  });

  it("needs no memory for values that are all the same", () => {
    const values = new Array<number>(5000).fill(0.1);
    expect(orderStatistics(grouped([values]), [[0, 2500, 4999]], 10)).toEqual([[0.1, 0.1, 0.1]]);
  });
});
