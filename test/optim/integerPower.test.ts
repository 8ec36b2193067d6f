import { describe, expect, it } from "vitest";
import { integerPower } from "../../src/optim/integerPower.js";
import oracle from "../oracle/integer_power.json" with { type: "json" };

describe("integerPower", () => {
  it("is the exact power, rounded, as mpmath has it", () => {
    expect(oracle.length).toBeGreaterThan(80);
    expect(oracle.map(([x, n]) => integerPower(x, n))).toEqual(oracle.map(([, , power]) => power));
  });

  it("is near 0 where the power is too small for its digits", () => {
    expect(integerPower(0.9, 7000)).toBeLessThan(1e-300);
    expect(integerPower(0.9, 1e6)).toBe(0);
  });
});
