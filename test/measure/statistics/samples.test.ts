import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quantileOfSorted, Samples } from "../../../src/measure/statistics/samples.js";

const samplesOf = (values: Iterable<number>) => {
  const samples = new Samples();
  for (const value of values) samples.add(value);
  return samples;
};

describe("Samples", () => {
  it("sorts all values, however many chunks they fill", () => {
    const values = Float64Array.from({ length: 200_000 }, (_, i) => (i * 7919) % 200_003);
    const samples = samplesOf(values);
    expect(samples.length).toBe(200_000);
    expect(samples.sorted()).toEqual(values.slice().sort());
  });

  it("merges to the same sorted values in any grouping", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true })), fc.array(fc.double({ noNaN: true })), (a, b) => {
        const merged = samplesOf(a);
        merged.merge(samplesOf(b));
        expect(merged.sorted()).toEqual(samplesOf([...b, ...a]).sorted());
      }),
    );
  });
});

describe("quantileOfSorted", () => {
  const sorted = Float64Array.of(1, 2, 4, 8);

  it("interpolates linearly at p·(n − 1), as numpy.quantile does", () => {
    // numpy.quantile([1, 2, 4, 8], [0, .25, .5, .9, 1])
    const values = [0, 0.25, 0.5, 0.9, 1].map((p) => quantileOfSorted(sorted, p));
    const expected = [1, 1.75, 3, 6.8, 8];
    for (const [i, value] of values.entries()) expect(value).toBeCloseTo(expected[i]!, 14);
  });

  it("is the value itself when there is one, and NaN when there is none", () => {
    expect(quantileOfSorted(Float64Array.of(3), 0.999)).toBe(3);
    expect(quantileOfSorted(new Float64Array(0), 0.5)).toBeNaN();
  });

  it("is infinite, not NaN, between infinite values and next to one", () => {
    const infinite = Float64Array.of(1, Infinity, Infinity);
    expect(quantileOfSorted(infinite, 0.75)).toBe(Infinity);
    expect(quantileOfSorted(infinite, 0.25)).toBe(Infinity);
    expect(quantileOfSorted(infinite, 0)).toBe(1);
  });

  it("never leaves the range of the values and never decreases", () => {
    const finite = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, max: 1e100, min: -1e100 }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(finite, fc.double({ min: 0, max: 1, noNaN: true }), (values, p) => {
        const all = Float64Array.from(values).sort();
        const value = quantileOfSorted(all, p);
        const slack = 1e-15 * Math.max(...all.map(Math.abs));
        expect(value).toBeGreaterThanOrEqual(all[0]! - slack);
        expect(value).toBeLessThanOrEqual(all.at(-1)! + slack);
      }),
    );
  });
});
