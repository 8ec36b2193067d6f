import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { likeliestOf, overlapOfLikeliest, rankOf } from "../../../src/kernels/divergence/topOverlap.js";

const rows = fc.array(fc.constantFrom(-Infinity, 0, 1, 2, 3), { minLength: 1, maxLength: 20 });

/** Class indices by number, largest first, equal ones by index: what a stable sort gives. */
const sorted = (row: readonly number[]) =>
  [...row.keys()].sort((i, j) => (row[i] === row[j] ? i - j : row[i] < row[j] ? 1 : -1));

describe("the likeliest classes", () => {
  it("are the first of a stable sort", () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 10 }), (row, count) => {
        expect(likeliestOf(Float64Array.from(row), count)).toEqual(sorted(row).slice(0, count));
      }),
    );
  });

  it("overlap in as many as are in both sorted lists", () => {
    fc.assert(
      fc.property(rows, rows, fc.integer({ min: 1, max: 10 }), (first, second, most) => {
        const n = Math.min(first.length, second.length);
        const [p, q] = [first.slice(0, n), second.slice(0, n)];
        const counts = new Uint8Array(most);
        overlapOfLikeliest(Float64Array.from(p), Float64Array.from(q), counts);
        for (let k = 1; k <= most; k++) {
          const ofQ = new Set(sorted(q).slice(0, k));
          const common = sorted(p)
            .slice(0, k)
            .filter((c) => ofQ.has(c));
          expect(counts[k - 1]).toBe(common.length);
        }
      }),
    );
  });

  it("have the rank at which a stable sort puts them", () => {
    fc.assert(
      fc.property(rows, fc.nat(), (row, at) => {
        const index = at % row.length;
        expect(rankOf(Float64Array.from(row), index)).toBe(sorted(row).indexOf(index) + 1);
      }),
    );
  });
});
