import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WorstRows } from "../../../src/measure/summary/worst.js";

const worstOf = (capacity: number, values: readonly number[], offset = 0) => {
  const worst = new WorstRows(capacity);
  for (const [row, kl] of values.entries()) worst.add(offset + row, kl);
  return worst;
};

/** Few distinct values, so that ties are common. */
const values = fc.array(fc.constantFrom(0, 1, 2, 3, Infinity), { maxLength: 40 });

describe("WorstRows", () => {
  it("are the rows of the largest KL, the worst first, the first of equal ones first", () => {
    expect(worstOf(3, [1, 5, 2, 5, Infinity]).list()).toEqual([
      { row: 4, kl: Infinity },
      { row: 1, kl: 5 },
      { row: 3, kl: 5 },
    ]);
  });

  it("agree with sorting all rows", () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 10 }), (kls, capacity) => {
        const all = kls.map((kl, row) => ({ row, kl }));
        all.sort((a, b) => (a.kl === b.kl ? a.row - b.row : b.kl > a.kl ? 1 : -1));
        expect(worstOf(capacity, kls).list()).toEqual(all.slice(0, capacity));
      }),
    );
  });
});
