import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { differenceError, productError } from "../../../src/kernels/divergence/errorfree.js";
import { entropyGap, expm1MinusX, timesExp } from "../../../src/kernels/divergence/special.js";
import { special } from "./oracle.js";

describe("expm1MinusX", () => {
  it.each(special)("at $x has the 60-digit value to 1e-15", ({ x, expm1MinusX: want }) => {
    expect(Math.abs(expm1MinusX(x) / want - 1)).toBeLessThan(1e-15);
  });

  it("is infinite at −∞, and exactly 0 at 0", () => {
    expect(expm1MinusX(-Infinity)).toBe(Infinity);
    expect(expm1MinusX(0)).toBe(0);
  });
});

describe("entropyGap", () => {
  it.each(special.filter(({ x }) => x < 0))(
    "at $x has the 60-digit value to 1e-15",
    ({ x, entropyGap: want }) => {
      expect(Math.abs(entropyGap(x) / want - 1)).toBeLessThan(1e-15);
    },
  );

  it("goes to 1 at −∞, where x·eˣ goes to 0", () => {
    expect(entropyGap(-Infinity)).toBe(1);
    expect(timesExp(-Infinity)).toBe(0);
    expect(timesExp(-1)).toBe(-1 / Math.E);
  });
});

describe("error-free transformations", () => {
  const integer = fc.integer({ min: -(2 ** 53) + 1, max: 2 ** 53 - 1 });

  it("a difference and its error are the exact difference", () => {
    fc.assert(
      fc.property(
        fc.maxSafeInteger(),
        fc.maxSafeInteger(),
        fc.integer({ min: 0, max: 40 }),
        (a, b, shift) => {
          const far = b * 2 ** shift;
          const difference = a - far;
          const error = differenceError(a, far, difference);
          expect(BigInt(difference) + BigInt(error)).toBe(BigInt(a) - BigInt(far));
        },
      ),
    );
  });

  it("a product and its error are the exact product", () => {
    fc.assert(
      fc.property(integer, integer, (a, b) => {
        const product = a * b;
        expect(BigInt(product) + BigInt(productError(a, b, product))).toBe(BigInt(a) * BigInt(b));
      }),
    );
  });
});
