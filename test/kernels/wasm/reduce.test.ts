import { afterEach, describe, expect, it } from "vitest";
import { sumColumns as reference } from "../../../src/kernels/reduce.js";
import { sumColumns, sumRows } from "../../../src/kernels/wasm/reduce.js";
import { setThreads } from "../../../src/kernels/wasm/threads.js";
import { expectClose, placed, places, precisions, uniform } from "./agreement.js";

afterEach(() => {
  setThreads(1);
});

describe.each(precisions)("sums of columns in %s", (dtype, tolerance) => {
  const shapes = [1, 2, 63, 64, 65, 200].flatMap((rows) => [1, 7, 8, 9, 16, 31, 100].map((n) => [rows, n]));

  it.each(places)("have the reference's bits: arrays that are %s", (place) => {
    for (const [rows, columns] of shapes) {
      const numbers = [...uniform(rows * columns, rows + columns)];
      const wanted = placed(new Float64Array(columns), dtype, "plain");
      reference(placed(numbers, dtype, "plain"), columns, wanted);
      const out = placed(new Float64Array(columns), dtype, place);
      sumColumns(placed(numbers, dtype, place), columns, out);
      expect(out.slice()).toEqual(wanted.slice());
      const exact = Float64Array.from({ length: columns }, (_, j) =>
        numbers.reduce((sum, x, i) => sum + (i % columns === j ? Math.fround(x) : 0), 0),
      );
      if (dtype === "float32") expectClose(out, exact, tolerance, 1);
    }
  });

  it("have the same bits for any number of threads", () => {
    const [rows, columns] = [3000, 1003];
    const x = placed(uniform(rows * columns), dtype, "resident");
    const results = [1, 2, 3].map((count) => {
      setThreads(count);
      const out = placed(new Float64Array(columns), dtype, "resident");
      sumColumns(x, columns, out);
      return out.slice();
    });
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  it("are nothing without columns", () => {
    expect(() => sumColumns(placed([], dtype, "plain"), 0, placed([], dtype, "plain"))).not.toThrow();
  });
});

describe.each(precisions)("sums of long rows in %s", (dtype) => {
  it.each([
    [1, 131071],
    [1, 300007],
    [3, 200001],
    [5, 70000],
  ])(
    "of %i rows of %i elements have the bits of a kernel that does them whole, for any number of threads",
    (rows, length) => {
      const numbers = [...uniform(rows * length, length)];
      const sums = (place: (typeof places)[number]) => {
        const out = placed(new Float64Array(rows), dtype, "plain");
        sumRows(placed(numbers, dtype, place), length, length, out);
        return out;
      };
      const whole = sums("plain");
      for (const count of [1, 2, 3]) {
        setThreads(count);
        expect(sums("resident")).toEqual(whole);
        expect(sums("unaligned")).toEqual(whole);
      }
    },
  );
});
