import { describe, expect, it } from "vitest";
import * as reference from "../../../src/kernels/reduce.js";
import { extremePlaces, extremeRows } from "../../../src/kernels/wasm/reduce.js";
import { lengths, placed, places, precisions, uniform } from "./agreement.js";

const ROWS = 9;

/** Rows of few different numbers, so that equal ones meet; the last three hold NaN, ∞, and −∞ alone. */
function rowsOf(n: number): number[] {
  const x = Array.from(uniform(ROWS * n, n), (u) => Math.round(50 * u));
  x[(ROWS - 3) * n + Math.floor(n / 2)] = Number.NaN;
  x[(ROWS - 2) * n + n - 1] = Number.POSITIVE_INFINITY;
  x.fill(Number.NEGATIVE_INFINITY, (ROWS - 1) * n);
  return x;
}

describe.each(precisions)("of %s rows", (dtype) => {
  it.each([
    ["largest", true, reference.maximum, reference.indexOfMaximum],
    ["smallest", false, reference.minimum, reference.indexOfMinimum],
  ] as const)(
    "the %s elements, and the first places of them, are the reference's",
    (_, largest, value, at) => {
      for (const place of places) {
        for (const n of lengths) {
          const x = placed(rowsOf(n), dtype, place);
          const [got, wanted] = [new Float64Array(ROWS), new Float64Array(ROWS)];
          const out = placed(wanted, dtype, place);
          extremeRows(x, n, largest, out);
          reference.reduceRows(value, x, n, wanted);
          expect(Array.from(out)).toEqual(Array.from(wanted));
          extremePlaces(x, n, largest, got);
          reference.reduceRows(at, x, n, wanted);
          expect(got).toEqual(wanted);
        }
      }
    },
  );
});
