import { describe, expect, it } from "vitest";
import { formatBytes, formatCount, formatNumber, formatPercent } from "../../src/report/numbers.js";

describe("formatNumber", () => {
  it.each([
    [0.0160431, "0.01604"],
    [0.00099996, "0.001000"],
    [0.0000628675, "6.287e-5"],
    [-0.0012345, "-0.001234"],
    [14.811684, "14.81"],
    [1797, "1797"],
    [17973, "17973"],
    [99999.7, "1.000e+5"],
    [123456789, "1.235e+8"],
    [0, "0"],
    [-0, "0"],
    [Infinity, "∞"],
    [-Infinity, "-∞"],
    [Number.NaN, "nan"],
  ])("shows %d as %s", (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it("takes as many digits as asked", () => {
    expect(formatNumber(0.0160431, 2)).toBe("0.016");
    expect(formatNumber(0.0000628675, 3)).toBe("6.29e-5");
  });
});

describe("other formats", () => {
  it("separate thousands in counts", () => {
    expect([7, 1797, 1234567].map(formatCount)).toEqual(["7", "1,797", "1,234,567"]);
  });

  it("show proportions as percentages", () => {
    expect([0.9919354, 1, Number.NaN].map(formatPercent)).toEqual(["99.19", "100.00", "nan"]);
  });

  it("show sizes in decimal units, three digits of them", () => {
    const sizes = [0, 999, 72_008, 999_999, 11_300_000_000, 4.2e15];
    expect(sizes.map(formatBytes)).toEqual(["0 B", "999 B", "72.0 kB", "1.00 MB", "11.3 GB", "4.20 PB"]);
  });
});
