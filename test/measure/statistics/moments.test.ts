import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Moments } from "../../../src/measure/statistics/moments.js";

const momentsOf = (values: readonly number[]) => {
  const moments = new Moments();
  for (const value of values) moments.add(value);
  return moments;
};

const summaryOf = (moments: Moments) => [
  moments.count,
  moments.mean(),
  moments.standardError(),
  moments.rootMeanSquare(),
];

const values = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { maxLength: 30 });

describe("Moments", () => {
  it("are the mean, s/√n and the root of the mean square", () => {
    const moments = momentsOf([1, 2, 3, 4]);
    expect(moments.mean()).toBe(2.5);
    expect(moments.standardError()).toBeCloseTo(Math.sqrt(5 / 3 / 4), 15);
    expect(moments.rootMeanSquare()).toBeCloseTo(Math.sqrt(30 / 4), 15);
  });

  it("keep the variance of numbers that differ in their last digits only", () => {
    // The squares are near 1e18, where neighbouring floats are 128 apart; the variance is 1.
    expect(momentsOf([1e9 + 1, 1e9 + 2, 1e9 + 3]).standardError()).toBeCloseTo(Math.sqrt(1 / 3), 15);
    const ulp = 2 ** -52;
    expect(momentsOf([1, 1 + ulp]).standardError()).toBeCloseTo(ulp / 2, 30);
  });

  it("have the standard error 0 for equal numbers, exactly", () => {
    expect(momentsOf([0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]).standardError()).toBe(0);
  });

  it("have no standard error below two numbers, and no mean without any", () => {
    expect(momentsOf([3]).standardError()).toBeNaN();
    expect(momentsOf([3]).mean()).toBe(3);
    expect(momentsOf([]).mean()).toBeNaN();
  });

  it("merge to the same bits in any order and grouping", () => {
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        const left = momentsOf(c);
        left.merge(momentsOf(a));
        left.merge(momentsOf([...b].reverse()));
        expect(summaryOf(left)).toEqual(summaryOf(momentsOf([...a, ...b, ...c])));
      }),
    );
  });
});
