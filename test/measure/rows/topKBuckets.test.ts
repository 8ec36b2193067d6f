import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BucketSide, topKBuckets } from "../../../src/measure/index.js";

/** KL and other divergences by their definitions, of plain probabilities. */
const divergences: Record<string, (p: number[], q: number[]) => number> = {
  kl: (p, q) => sum(p, (x, i) => (x === 0 ? 0 : x * Math.log(x / q[i]))),
  "reverse-kl": (p, q) => sum(q, (x, i) => (x === 0 ? 0 : x * Math.log(x / p[i]))),
  tv: (p, q) => sum(p, (x, i) => Math.abs(x - q[i])) / 2,
  hellinger: (p, q) => sum(p, (x, i) => (Math.sqrt(x) - Math.sqrt(q[i])) ** 2),
  js: (p, q) => sum(p, (x, i) => half(x, q[i]) + half(q[i], x)),
  chi2: (p, q) => sum(p, (x, i) => (x === q[i] ? 0 : (x - q[i]) ** 2 / q[i])),
};
const half = (x: number, y: number) => (x === 0 ? 0 : (x * Math.log((2 * x) / (x + y))) / 2);
const sum = (xs: number[], f: (x: number, i: number) => number) => xs.reduce((s, x, i) => s + f(x, i), 0);

const softmax = (logits: number[]) => {
  const weights = logits.map((x) => Math.exp(x - Math.max(...logits)));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / total);
};

/** The k likeliest classes of a row. */
function top(probs: number[], k: number): BucketSide & { kind: "top-k" } {
  const order = probs.map((_, i) => i).sort((a, b) => probs[b] - probs[a]);
  const ids = order.slice(0, k);
  return {
    kind: "top-k",
    ids: Int32Array.from(ids),
    logProbs: Float64Array.from(ids, (i) => Math.log(probs[i])),
  };
}

function buckets(p: BucketSide, q: BucketSide, k: number, classes?: number) {
  const [outP, outQ] = [new Float64Array(k + 1), new Float64Array(k + 1)];
  const count = topKBuckets(p, q, outP, outQ, classes);
  const plain = (out: Float64Array) => Array.from(out.subarray(0, count), Math.exp);
  return { p: plain(outP), q: plain(outQ), count, outP, outQ };
}

const pair = fc
  .integer({ min: 2, max: 12 })
  .chain((n) =>
    fc.tuple(
      fc.array(fc.double({ min: -12, max: 12, noNaN: true }), { minLength: n, maxLength: n }),
      fc.array(fc.double({ min: -12, max: 12, noNaN: true }), { minLength: n, maxLength: n }),
      fc.integer({ min: 0, max: n }),
      fc.integer({ min: 0, max: n }),
    ),
  );

describe("topKBuckets", () => {
  it("keeps all mass and never gives more than the full divergence", () => {
    fc.assert(
      fc.property(pair, fc.constantFrom("both", "p", "q"), ([a, b, kp, kq], which) => {
        const [p, q] = [softmax(a), softmax(b)];
        const full = (logits: number[]): BucketSide => ({
          kind: "full",
          values: Float64Array.from(logits),
          from: "logits",
        });
        const sideP = which === "q" ? full(a) : top(p, kp);
        const sideQ = which === "p" ? full(b) : top(q, kq);
        const out = buckets(sideP, sideQ, a.length);
        expect(sum(out.p, (x) => x)).toBeCloseTo(1, 9);
        expect(sum(out.q, (x) => x)).toBeCloseTo(1, 9);
        for (const [name, divergence] of Object.entries(divergences)) {
          const [part, whole] = [divergence(out.p, out.q), divergence(p, q)];
          expect(part, name).toBeLessThanOrEqual(whole * (1 + 1e-6) + 1e-12);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("gives the full divergence when all classes are known", () => {
    fc.assert(
      fc.property(pair, fc.boolean(), ([a, b], both) => {
        const [p, q] = [softmax(a), softmax(b)];
        const n = a.length;
        const sideQ: BucketSide = both
          ? top(q, n)
          : { kind: "full", values: Float64Array.from(q), from: "probs" };
        const out = buckets(top(p, n), sideQ, n, n);
        expect(out.count).toBe(n);
        expect(divergences.kl(out.p, out.q)).toBeCloseTo(divergences.kl(p, q), 9);
      }),
      { numRuns: 300 },
    );
  });

  it("puts what only one side knows in the tail, with a bucket for each class that both know", () => {
    const p = {
      kind: "top-k",
      ids: Int32Array.of(7, 3, -1),
      logProbs: Float64Array.of(Math.log(0.5), Math.log(0.25), -Infinity),
    } as const;
    const q = {
      kind: "top-k",
      ids: Int32Array.of(3, 9, 1),
      logProbs: Float64Array.of(0.1, 0.2, 0.3).map(Math.log),
    } as const;
    const out = buckets(p, q, 3);
    expect(out.count).toBe(2);
    expect(out.p[0]).toBeCloseTo(0.25, 12);
    expect(out.p[1]).toBeCloseTo(0.75, 12);
    expect(out.q[0]).toBeCloseTo(0.1, 12);
    expect(out.q[1]).toBeCloseTo(0.9, 12);
    expect(Array.from(out.outP.subarray(2))).toEqual([-Infinity, -Infinity]);
  });

  it("has no infinite divergence when a tail is lost in rounding", () => {
    const p = top([0.9, 0.1 - 1e-9], 2);
    const q = top([0.5, 0.5], 2);
    const out = buckets(p, q, 2);
    const kl = divergences.kl(out.p, out.q);
    expect(kl).toBeGreaterThan(0);
    expect(kl).toBeLessThanOrEqual(divergences.kl([0.9, 0.1], [0.5, 0.5]));
    expect(kl).toBeCloseTo(divergences.kl([0.9, 0.1], [0.5, 0.5]), 4);
    expect(divergences.kl(out.q, out.p)).toBeLessThan(1);
  });

  it("takes sums a little above 1 for rounding, and leaves larger ones to be found out", () => {
    const q = top([0.5, 0.5], 2);
    const rounded = buckets(top([0.6, 0.4004], 2), q, 2);
    expect(sum(rounded.p, (x) => x)).toBeCloseTo(1, 9);
    const wrong = buckets(top([0.6, 0.6], 2), q, 2);
    expect(wrong.p.slice(0, 2).map((x) => x.toFixed(5))).toEqual(["0.60000", "0.60000"]);
  });

  it("refuses two full rows, ids that are no class, and short arrays", () => {
    const full: BucketSide = { kind: "full", values: Float64Array.of(0, 1), from: "logits" };
    expect(() => buckets(full, full, 2)).toThrow(
      "topKBuckets: both rows are known in full: compare them as they are",
    );
    const far: BucketSide = { kind: "top-k", ids: Int32Array.of(2), logProbs: Float64Array.of(-1) };
    expect(() => buckets(far, full, 2)).toThrow("topKBuckets: the id 2 is no class of a row of 2 classes");
    expect(() => buckets(far, far, 0)).toThrow("topKBuckets: 2 buckets need arrays of that length, got 1");
  });
});
