import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExactSum, fsum } from "../../src/kernels/fsum.js";

/** The exact sum of finite floats as a multiple of 2⁻¹⁰⁷⁴. */
function exact(values: number[]): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  return values.reduce((sum, x) => {
    bits.setFloat64(0, x);
    const word = bits.getBigUint64(0) & 0x7fffffffffffffffn;
    const exponent = word >> 52n;
    const mantissa = word & 0xfffffffffffffn;
    const size = exponent === 0n ? mantissa : (mantissa | 0x10000000000000n) << (exponent - 1n);
    return sum + (x < 0 ? -size : size);
  }, 0n);
}

const abs = (x: bigint) => (x < 0n ? -x : x);

describe("fsum", () => {
  it.each([
    [[], 0],
    [[0.1, 0.2, 0.3, -0.6], 2.7755575615628914e-17], // Python: math.fsum
    [Array.from({ length: 10 }, () => 0.1), 1],
    [[1e100, 1, -1e100], 1],
    [[1, 2 ** -53, 2 ** -1000], 1 + 2 ** -52], // just above a tie
    [[1, 2 ** -53, -(2 ** -1000)], 1], // just below one
    [[1, 2 ** -53], 1], // a tie goes to even
    [[1e308, -1e308, 5e-324], 5e-324],
  ])("of %j is %d", (values, want) => {
    expect(fsum(values)).toBe(want);
  });

  it("is the float nearest to the exact sum", () => {
    const value = fc.double({ min: -1e300, max: 1e300, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { maxLength: 40 }), (values) => {
        const sum = exact(values);
        const got = fsum(values);
        const error = abs(sum - exact([got]));
        for (const neighbour of [got * (1 + 2 ** -52), got * (1 - 2 ** -52)]) {
          expect(error <= abs(sum - exact([neighbour]))).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("does not depend on the order of the numbers", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, max: 1e300, min: -1e300 })),
        (values) => {
          expect(fsum([...values].reverse())).toBe(fsum(values));
        },
      ),
    );
  });

  it.each([
    [[1, Infinity, 2], Infinity],
    [[-Infinity, 1e308], -Infinity],
    [[Infinity, -Infinity], NaN],
    [[1, NaN], NaN],
    [[1e308, 1e308, -1e308], Infinity],
  ])("of %j is %d", (values, want) => {
    expect(fsum(values)).toBe(want);
  });
});

describe("ExactSum", () => {
  it("gives the same bits however the numbers were grouped", () => {
    const value = fc.double({ noNaN: true, noDefaultInfinity: true, max: 1e300, min: -1e300 });
    fc.assert(
      fc.property(fc.array(fc.array(value)), (groups) => {
        const merged = new ExactSum();
        for (const group of groups) {
          const part = new ExactSum();
          for (const x of group) part.add(x);
          merged.merge(part);
        }
        expect(merged.value).toBe(fsum(groups.flat()));
      }),
    );
  });

  it("can be merged with itself, and keeps non-finite sums when merged", () => {
    const sum = new ExactSum().add(1).add(2 ** -60);
    expect(sum.merge(sum).value).toBe(2);
    expect(sum.add(-2).value).toBe(2 ** -59);
    expect(new ExactSum().merge(new ExactSum().add(Infinity)).value).toBe(Infinity);
    expect(new ExactSum().add(-Infinity).merge(new ExactSum().add(Infinity)).value).toBeNaN();
  });
});
