import { describe, expect, it } from "vitest";
import { erf, erfc } from "../../src/kernels/index.js";
import values from "../oracle/erf.json" with { type: "json" };

const oracle = values as [x: number, erf: number, erfc: number][];

function expectClose(found: number, exact: number, x: number): void {
  expect(Math.abs(found - exact), `at ${x}: ${found}, exactly ${exact}`).toBeLessThanOrEqual(
    4 * Number.EPSILON * Math.abs(exact),
  );
}

describe("the error function", () => {
  it("is within four units in the last place of 40-digit arithmetic, and so is its complement", () => {
    for (const [x, value, complement] of oracle) {
      expectClose(erf(x), value, x);
      expectClose(erfc(x), complement, x);
    }
  });

  it("ends in 1, −1, 0 and 2, is odd, and keeps NaN", () => {
    expect([erf(Infinity), erf(-Infinity), erfc(Infinity), erfc(-Infinity)]).toEqual([1, -1, 0, 2]);
    expect([erf(0), erf(-0), erfc(-0)]).toEqual([0, -0, 1]);
    expect([erf(NaN), erfc(NaN)]).toEqual([NaN, NaN]);
  });
});
