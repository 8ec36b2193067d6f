import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KullbackError } from "../../../src/errors.js";
import { fma64 } from "../../../src/kernels/random/fma.js";
import {
  defaultGenerator,
  fillNormal,
  fillRandint,
  fillUniform,
  Generator,
  randomPermutation,
} from "../../../src/kernels/random/index.js";

const seeds = fc.maxSafeInteger();

function draws(generator: Generator, count: number): number[] {
  return Array.from({ length: count }, () => generator.random());
}

describe("Generator", () => {
  it("gives the same stream again after manualSeed, and forgets the kept normal", () => {
    fc.assert(
      fc.property(seeds, fc.nat(40), (seed, used) => {
        const generator = new Generator(seed);
        const first = new Float64Array(5);
        fillNormal(first, generator);
        fillNormal(new Float64Array(used), generator);
        const again = new Float64Array(5);
        fillNormal(again, generator.manualSeed(seed));
        expect(again).toEqual(first);
      }),
    );
  });

  it("goes on from its state wherever it was taken", () => {
    fc.assert(
      fc.property(seeds, fc.nat(1300), fc.nat(20), (seed, used, normals) => {
        const generator = new Generator(seed);
        draws(generator, used);
        fillNormal(new Float32Array(normals), generator);
        const copy = new Generator().setState(generator.getState());
        expect(copy.initialSeed()).toBe(generator.initialSeed());
        expect(copy.nextNormal).toBe(generator.nextNormal);
        expect(draws(copy, 700)).toEqual(draws(generator, 700));
      }),
      { numRuns: 30 },
    );
  });

  it("reads a state that starts anywhere in its buffer", () => {
    const padded = new Uint8Array(5056 + 3);
    padded.set(new Generator(5).getState(), 3);
    expect(draws(new Generator().setState(padded.subarray(3)), 3)).toEqual(draws(new Generator(5), 3));
  });

  it.each([1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("refuses the seed %s", (seed) => {
    expect(() => defaultGenerator.manualSeed(seed)).toThrow(
      new KullbackError(`manualSeed: expected a safe integer, got ${seed}`),
    );
  });

  it("refuses bytes that are no state", () => {
    expect(() => new Generator().setState(new Uint8Array(10))).toThrow(
      new KullbackError("setState: expected a generator state of 5056 bytes, got 10"),
    );
    expect(() => new Generator().setState(new Uint8Array(5056))).toThrow(
      new KullbackError("setState: expected a valid mt19937 state, got left=0, next=0"),
    );
  });
});

describe("fillUniform", () => {
  it("stays within [from, to)", () => {
    const bound = fc.double({ min: -1e30, max: 1e30, noNaN: true });
    fc.assert(
      fc.property(seeds, bound, bound, fc.boolean(), (seed, a, b, single) => {
        const out = single ? new Float32Array(50) : new Float64Array(50);
        const [from, to] = [Math.min(a, b), Math.max(a, b)].map(single ? Math.fround : Number);
        fillUniform(out, new Generator(seed), from, to);
        for (const value of out) {
          expect(value).toBeGreaterThanOrEqual(from);
          if (from < to) expect(value).toBeLessThan(to);
        }
      }),
    );
  });

  it.each([
    [1, 0],
    [Number.NaN, 1],
    [0, Number.POSITIVE_INFINITY],
    [0, 1e39],
    [-3e38, 3e38],
  ])("refuses the bounds %s and %s in float32", (from, to) => {
    expect(() => fillUniform(new Float32Array(1), defaultGenerator, from, to)).toThrow(
      new KullbackError(
        `uniform: expected finite from <= to with to - from within float32, got from=${from}, to=${to}`,
      ),
    );
  });

  it("takes float64 bounds as wide as the dtype, and no wider", () => {
    const out = new Float64Array(100);
    fillUniform(out, new Generator(1), -8e307, 8e307);
    expect(out.every((value) => value >= -8e307 && value < 8e307)).toBe(true);
    expect(() => fillUniform(out, new Generator(1), -1e308, 1e308)).toThrow(KullbackError);
  });
});

describe("fillNormal", () => {
  it.each([-1, Number.NaN])("refuses the standard deviation %s", (std) => {
    expect(() => fillNormal(new Float32Array(20), defaultGenerator, 0, std)).toThrow(
      new KullbackError(`normal: expected std >= 0, got ${std}`),
    );
  });
});

describe("fillRandint", () => {
  it("gives integers of [low, high) in every dtype", () => {
    fc.assert(
      fc.property(seeds, fc.integer(), fc.integer(), (seed, a, b) => {
        const low = Math.min(a, b);
        const high = Math.max(a, b) + 1;
        for (const out of [new Int32Array(20), new Float64Array(20)]) {
          fillRandint(out, new Generator(seed), low, high);
          for (const value of out) {
            expect(Number.isInteger(value) && value >= low && value < high).toBe(true);
          }
        }
      }),
    );
  });

  it.each([
    [3, 3],
    [3, 2],
    [0, 1.5],
    [Number.NaN, 1],
    [0, Number.POSITIVE_INFINITY],
  ])("refuses low=%s, high=%s", (low, high) => {
    expect(() => fillRandint(new Int32Array(1), defaultGenerator, low, high)).toThrow(
      new KullbackError(`randint: expected integers low < high, got low=${low}, high=${high}`),
    );
  });

  it.each([
    ["int32", new Int32Array(1), 0, 2 ** 31 + 1],
    ["int32", new Int32Array(1), -(2 ** 31) - 1, 0],
    ["bool", new Uint8Array(1), 0, 3],
    ["bool", new Uint8Array(1), -1, 1],
    ["float32", new Float32Array(1), 0, 2 ** 24 + 2],
    ["float64", new Float64Array(1), 0, 2 ** 53 + 2],
  ])("refuses bounds that %s cannot hold", (dtype, out, low, high) => {
    expect(() => fillRandint(out, defaultGenerator, low, high)).toThrow(
      new RegExp(`^randint: expected low and high - 1 in .* for ${dtype}, got low=${low}, high=${high}$`),
    );
  });
});

describe("randomPermutation", () => {
  it("holds each of 0, 1, …, n − 1 once", () => {
    fc.assert(
      fc.property(seeds, fc.nat(300), (seed, n) => {
        const sorted = randomPermutation(n, new Generator(seed)).sort();
        expect(Array.from(sorted)).toEqual(Array.from({ length: n }, (_, i) => i));
      }),
    );
  });

  it.each([-1, 2.5, Number.NaN, 2 ** 31])("refuses n = %s", (n) => {
    expect(() => randomPermutation(n, defaultGenerator)).toThrow(
      new KullbackError(`randperm: expected an integer in [0, 2^31), got ${n}`),
    );
  });
});

describe("fma64", () => {
  it("rounds the exact a·b + c once", () => {
    fc.assert(
      fc.property(seeds, seeds, seeds, (a, b, c) => {
        expect(fma64(a, b, c)).toBe(Number(BigInt(a) * BigInt(b) + BigInt(c)));
      }),
      { numRuns: 1000 },
    );
  });
});
