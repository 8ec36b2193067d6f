import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  divergenceRows,
  type From,
  type RowMeasure,
  rowMeasure,
} from "../../../src/kernels/divergence/index.js";
import { lcg, measures } from "./oracle.js";

function divergence(measure: RowMeasure, p: ArrayLike<number>, q: ArrayLike<number>, from: From = "logits") {
  const out = new Float64Array(1);
  const problem = divergenceRows(
    measure,
    Float64Array.from(p),
    Float64Array.from(q),
    1,
    p.length,
    { from, normalize: "sum" },
    out,
  );
  expect(problem).toBeUndefined();
  return out[0];
}

function softmax(logits: readonly number[]): number[] {
  const weights = logits.map((x) => Math.exp(x));
  const total = weights.reduce((sum, w) => sum + w, 0);
  return weights.map((w) => w / total);
}

/** Multiples of 2⁻²⁶ up to 20, whose sums are exact. */
const logit = fc.integer({ min: -20 * 2 ** 26, max: 20 * 2 ** 26 }).map((x) => x / 2 ** 26);
const row = (n: number) => fc.array(logit, { minLength: n, maxLength: n });
const rowPair = fc.integer({ min: 1, max: 12 }).chain((n) => fc.tuple(row(n), row(n)));
const rowPairOf = (n: number) => fc.tuple(row(n), row(n));

/** Close, relative to the size of the numbers and to 1 (for sums of terms that cancel). */
function expectClose(got: number, want: number, tolerance = 1e-11): void {
  if (got === want) return;
  expect(Math.abs(got - want)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(want)));
}

/** Near-equal float32 rows: noise from 1e-1 down to less than one unit in the last place. */
function nearRows(rows: number, n: number): { p: Float32Array; q: Float32Array } {
  const next = lcg(12345);
  const p = Float32Array.from({ length: rows * n }, () => next() * 20);
  const q = p.map((x, i) => x * (1 + next() * 10 ** -(1 + (Math.floor(i / n) % 8))));
  return { p, q };
}

describe("thousands of near-equal rows", () => {
  const rows = 4000;
  const n = 7;
  const { p, q } = nearRows(rows, n);

  it.each(measures)("$label is never negative, and 0 only where the rows are equal", ({ label, measure }) => {
    const out = new Float64Array(rows);
    expect(divergenceRows(measure, p, q, rows, n, { from: "logits" }, out)).toBeUndefined();
    const constantZero = label === "skew-kl of weight 1" || label === "renyi of order 0";
    let equal = 0;
    for (let r = 0; r < rows; r++) {
      const same = p.subarray(r * n, (r + 1) * n).every((x, i) => x === q[r * n + i]);
      if (same) equal++;
      if (same || constantZero) expect(out[r]).toBe(0);
      else expect(out[r]).toBeGreaterThan(0);
    }
    expect(equal).toBeGreaterThan(10);
    expect(equal).toBeLessThan(rows / 2);
  });
});

describe("laws of every measure", () => {
  it.each(measures)("$label is not negative, and 0 from a row to itself", ({ measure }) => {
    fc.assert(
      fc.property(rowPair, ([a, b]) => {
        expect(divergence(measure, a, b)).toBeGreaterThanOrEqual(0);
        expect(divergence(measure, a, a)).toBe(0);
      }),
    );
  });

  it.each(measures)("$label does not change at all when a row is shifted without rounding", ({ measure }) => {
    fc.assert(
      fc.property(rowPair, logit, ([a, b], shift) => {
        const shifted = a.map((x) => x + shift);
        expect(divergence(measure, shifted, b)).toBe(divergence(measure, a, b));
      }),
    );
  });

  it.each(measures)("$label does not depend on the order of the classes", ({ measure }) => {
    fc.assert(
      fc.property(rowPair, ([a, b]) => {
        const want = divergence(measure, a, b);
        const got = divergence(measure, [...a].reverse(), [...b].reverse());
        expect(got === want || Math.abs(got - want) <= 1e-12 * want + 1e-300).toBe(true);
      }),
    );
  });

  it.each(measures)("$label of logits is that of their probabilities, of any sum", ({ measure }) => {
    fc.assert(
      fc.property(rowPairOf(5), ([a, b]) => {
        const want = divergence(measure, a, b);
        const p = softmax(a).map((x) => 3 * x);
        expect(Math.abs(divergence(measure, p, softmax(b), "probs") - want)).toBeLessThanOrEqual(
          1e-10 * want + 1e-12,
        );
      }),
    );
  });
});

describe("symmetry", () => {
  it.each([
    ["jeffreys", {}],
    ["js", {}],
    ["js-distance", {}],
    ["tv", {}],
    ["hellinger", {}],
    ["renyi", { order: 0.5 }],
    ["alpha", { order: 0.5 }],
  ] as const)("%s %o is symmetric", (name, params) => {
    const measure = rowMeasure(name, params);
    fc.assert(
      fc.property(rowPair, ([a, b]) => {
        const want = divergence(measure, a, b);
        expect(Math.abs(divergence(measure, b, a) - want)).toBeLessThanOrEqual(1e-12 * want);
      }),
    );
  });

  it.each([
    ["kl", {}, "reverse-kl", {}],
    ["gjs", { weight: 0.25 }, "gjs", { weight: 0.75 }],
    ["alpha", { order: 2.5 }, "alpha", { order: -1.5 }],
  ] as const)("%s %o is %s %o with the rows exchanged", (name, params, mirror, mirrorParams) => {
    const measure = rowMeasure(name, params);
    const mirrored = rowMeasure(mirror, mirrorParams);
    fc.assert(
      fc.property(rowPair, ([a, b]) => {
        const want = divergence(measure, a, b);
        expect(Math.abs(divergence(mirrored, b, a) - want)).toBeLessThanOrEqual(1e-12 * want);
      }),
    );
  });
});

describe("relations between measures", () => {
  const of = (name: Parameters<typeof rowMeasure>[0], params = {}) => rowMeasure(name, params);

  it.each([
    ["js", {}, Math.LN2],
    ["tv", {}, 1],
    ["hellinger", {}, 1],
    ["js-distance", {}, Math.sqrt(Math.LN2)],
  ] as const)("%s %o is at most %d, reached by disjoint rows", (name, params, bound) => {
    fc.assert(
      fc.property(rowPair, ([a, b]) => {
        expect(divergence(of(name, params), a, b)).toBeLessThanOrEqual(bound * (1 + 1e-15));
      }),
    );
    expectClose(divergence(of(name, params), [1, -Infinity], [-Infinity, 3]), bound, 1e-15);
  });

  it("Pinsker: tv² ≤ kl/2; and hellinger² ≤ tv ≤ √2·hellinger, kl ≤ log(1 + chi2)", () => {
    fc.assert(
      fc.property(rowPair, ([a, b]) => {
        const kl = divergence(of("kl"), a, b);
        const tv = divergence(of("tv"), a, b);
        const hellinger = divergence(of("hellinger"), a, b);
        expect(tv * tv).toBeLessThanOrEqual((kl / 2) * (1 + 1e-12));
        expect(hellinger * hellinger).toBeLessThanOrEqual(tv * (1 + 1e-12));
        expect(tv).toBeLessThanOrEqual(Math.SQRT2 * hellinger * (1 + 1e-12));
        expect(kl).toBeLessThanOrEqual(Math.log1p(divergence(of("chi2"), a, b)) * (1 + 1e-12));
      }),
    );
  });

  it("Rényi divergence does not fall with its order, from 0 to ∞", () => {
    const orders = [0, 1e-9, 0.2, 0.5, 0.999, 1, 1.001, 2, 10, 100, Infinity];
    fc.assert(
      fc.property(rowPair, ([a, b]) => {
        const values = orders.map((order) => divergence(of("renyi", { order }), a, b));
        for (let i = 1; i < values.length; i++) {
          expect(values[i]).toBeGreaterThanOrEqual(values[i - 1] * (1 - 1e-12));
        }
      }),
    );
  });

  it.each([
    ["kl", {}],
    ["reverse-kl", {}],
    ["jeffreys", {}],
    ["renyi", { order: 0.4 }],
    ["renyi", { order: 3 }],
    ["renyi", { order: Infinity }],
  ] as const)("%s %o adds up over independent parts", (name, params) => {
    const measure = of(name, params);
    fc.assert(
      fc.property(rowPairOf(3), rowPairOf(4), ([a, b], [c, d]) => {
        const outer = (x: number[], y: number[]) => x.flatMap((xi) => y.map((yj) => xi + yj));
        const want = divergence(measure, a, b) + divergence(measure, c, d);
        expectClose(divergence(measure, outer(a, c), outer(b, d)), want);
      }),
    );
  });

  it.each(measures)("$label does not rise when classes are merged", ({ measure }) => {
    const merged = ([x, y, ...rest]: number[]) => [x + y, ...rest];
    fc.assert(
      fc.property(rowPairOf(5), ([a, b]) => {
        const p = softmax(a);
        const q = softmax(b);
        const whole = divergence(measure, p, q, "probs");
        expect(divergence(measure, merged(p), merged(q), "probs")).toBeLessThanOrEqual(
          whole * (1 + 1e-10) + 1e-30,
        );
      }),
    );
  });
});
