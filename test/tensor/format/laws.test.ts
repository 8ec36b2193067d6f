import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { KullbackError } from "../../../src/errors.js";
import { exponential } from "../../../src/tensor/format/decimal.js";
import { formatTensor, type PrintProfile, setPrintOptions } from "../../../src/tensor/format/index.js";

const numbers = (...values: number[]) =>
  formatTensor({
    data: Float32Array.from(values),
    shape: [values.length],
    dtype: "float32",
    requiresGrad: false,
  });

describe("formatTensor", () => {
  it("does not look at elements that a summary leaves out", () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 1996 }), fc.float(), (position, value) => {
        const data = new Float32Array(4000).fill(1.5);
        const print = () => formatTensor({ data, shape: [2, 2000], dtype: "float32", requiresGrad: false });
        const before = print();
        data[position] = value;
        expect(print()).toBe(before);
      }),
    );
  });
});

describe("exponential", () => {
  it("with 17 digits tells every number apart", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        expect(Number(exponential(x, 16))).toBe(x);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("setPrintOptions", () => {
  afterEach(() => setPrintOptions({ profile: "default" }));

  it("keeps what is not given, but for sciMode", () => {
    setPrintOptions({ precision: 2, sciMode: true });
    expect(numbers(1.5)).toBe("tensor([1.50e+00])");
    setPrintOptions({ linewidth: 70 });
    expect(numbers(1.5)).toBe("tensor([1.50])");
    setPrintOptions({ profile: "default" });
    expect(numbers(1.5)).toBe("tensor([1.5000])");
  });

  it("lets options override the profile they come with", () => {
    setPrintOptions({ profile: "short", precision: 3 });
    expect(numbers(1.5)).toBe("tensor([1.500])");
  });

  it("takes an option that is undefined as not given", () => {
    setPrintOptions({ precision: undefined, threshold: undefined, profile: undefined });
    expect(numbers(1.5)).toBe("tensor([1.5000])");
  });

  it.each([
    [{ precision: -1 }, "precision to be a non-negative integer, got -1"],
    [{ edgeitems: 1.5 }, "edgeitems to be a non-negative integer, got 1.5"],
    [{ linewidth: Number.NaN }, "linewidth to be a non-negative integer, got NaN"],
    [{ threshold: -1 }, "threshold to be 0 or more, got -1"],
    [{ profile: "long" as PrintProfile }, 'profile to be "default", "short" or "full", got "long"'],
  ])("refuses %o and changes nothing", (options, message) => {
    expect(() => setPrintOptions({ precision: 1, ...options })).toThrow(
      new KullbackError(`setPrintOptions: expected ${message}`),
    );
    expect(numbers(1.5)).toBe("tensor([1.5000])");
  });
});
