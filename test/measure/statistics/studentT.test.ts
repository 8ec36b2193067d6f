import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { studentQuantile, studentTail } from "../../../src/measure/statistics/studentT.js";

const oracle: { tails: [t: number, df: number, tail: number][]; quantiles: [df: number, t: number][] } =
  JSON.parse(readFileSync(new URL("../../oracle/student_t.json", import.meta.url), "utf8"));

describe("Student's t", () => {
  it("has the two-sided tails that SciPy gives, from 1 to 10⁹ degrees of freedom", () => {
    for (const [t, df, tail] of oracle.tails) {
      const tolerance = df > 1e6 ? 1e-7 : 1e-9;
      expect(Math.abs(studentTail(t, df) - tail), `t = ${t}, df = ${df}`).toBeLessThanOrEqual(
        tolerance * tail,
      );
    }
  });

  it("is Cauchy's distribution with one degree of freedom", () => {
    for (const t of [1e-8, 0.5, 1, 3]) {
      expect(studentTail(t, 1)).toBeCloseTo(1 - (2 / Math.PI) * Math.atan(t), 14);
    }
  });

  it("has the quantiles that SciPy gives", () => {
    for (const [df, t] of oracle.quantiles) {
      expect(Math.abs(studentQuantile(0.05, df) / t - 1), `df = ${df}`).toBeLessThan(1e-9);
    }
  });

  it("is symmetric, and not defined without degrees of freedom", () => {
    expect(studentTail(-2, 5)).toBe(studentTail(2, 5));
    expect(studentTail(Infinity, 5)).toBe(0);
    expect([studentTail(1, 0), studentQuantile(0.05, 0), studentTail(Number.NaN, 3)]).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
  });
});
