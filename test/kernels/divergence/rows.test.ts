import { describe, expect, it } from "vitest";
import {
  divergenceRows,
  divergenceRowsBackward,
  divergenceRowsHessian,
  type From,
  type RowMeasure,
  type RowOptions,
  rowMeasure,
} from "../../../src/kernels/divergence/index.js";
import { measures } from "./oracle.js";

const kl = rowMeasure("kl");
const logits: RowOptions = { from: "logits" };
const probs: RowOptions = { from: "probs" };
const I = Infinity;

function gradients(measure: RowMeasure, p: number[], q: number[], options: RowOptions, upstream = 1) {
  const gp = new Float64Array(p.length);
  const gq = new Float64Array(p.length);
  const [P, Q] = [Float64Array.from(p), Float64Array.from(q)];
  divergenceRowsBackward(measure, P, Q, 1, p.length, options, Float64Array.of(upstream), gp, gq);
  return { gp: [...gp], gq: [...gq] };
}

function expectClose(got: number[], want: number[]): void {
  expect(got).toHaveLength(want.length);
  for (const [i, w] of want.entries()) expect(got[i]).toBeCloseTo(w, 14);
}

describe("divergenceRows", () => {
  it("takes packed rows of float32 and float64 and gives float64", () => {
    const out = new Float64Array(3);
    const p = new Float32Array([0, 0, 1, 1, 0, -I]);
    const q = new Float64Array([0, Math.log(3), 1, 1, 0, 0]);
    expect(divergenceRows(kl, p, q, 3, 2, logits, out)).toBeUndefined();
    expectClose([...out], [0.5 * Math.log(4 / 3), 0, Math.LN2]);
    expect(out[1]).toBe(0);
  });

  it("of no rows is nothing", () => {
    const out = new Float64Array(0);
    expect(divergenceRows(kl, new Float32Array(0), new Float32Array(0), 0, 5, logits, out)).toBeUndefined();
  });

  const bad: [string, RowOptions, number[], object][] = [
    ["NaN", logits, [0, NaN], { kind: "nan", index: 1, value: NaN }],
    ["an infinite logit", logits, [0, I], { kind: "infinite", index: 1, value: I }],
    ["a row of masks", logits, [-I, -I], { kind: "empty", value: -I }],
    ["a negative probability", probs, [1.5, -0.5], { kind: "negative", index: 1, value: -0.5 }],
    ["an infinite probability", probs, [I, 0], { kind: "infinite", index: 0, value: I }],
    ["a probability of −∞", probs, [-I, 0], { kind: "infinite", index: 0, value: -I }],
    ["NaN among probabilities", probs, [NaN, 1], { kind: "nan", index: 0, value: NaN }],
    ["probabilities that do not sum to 1", probs, [0.5, 0.75], { kind: "sum", value: 1.25 }],
    ["probabilities that are all 0", probs, [0, 0], { kind: "empty", value: 0 }],
    ["an empty row where sums are free", { ...probs, normalize: "sum" }, [0, 0], { kind: "empty", value: 0 }],
    ["log-probabilities that are logits", { from: "logProbs" }, [0, 0], { kind: "sum", value: 2 }],
    ["log-probabilities of 0 only", { from: "logProbs" }, [-I, -I], { kind: "empty", value: -I }],
  ];

  it.each(bad)("names the first row with %s, and holds NaN there", (_what, options, row, problem) => {
    const fine = options.from === "logProbs" ? [Math.log(0.5), Math.log(0.5)] : [0.5, 0.5];
    const rows = Float64Array.from([...fine, ...row, ...row, ...fine]);
    const fineRows = Float64Array.from([...fine, ...fine, ...fine, ...fine]);
    const out = new Float64Array(4);
    expect(divergenceRows(kl, rows, fineRows, 4, 2, options, out)).toEqual({ side: "p", row: 1, ...problem });
    expect([...out]).toEqual([0, NaN, NaN, 0]);
    expect(divergenceRows(kl, fineRows, rows, 4, 2, options, out)).toEqual({ side: "q", row: 1, ...problem });
    expect([...out]).toEqual([0, NaN, NaN, 0]);
  });

  it("a sum may be off by 1e-4 in float32, by 1e-6 in float64, and by what `tolerance` says", () => {
    const out = new Float64Array(1);
    const check = (row: Float32Array | Float64Array, options: RowOptions) =>
      divergenceRows(kl, row, row, 1, 2, options, out)?.kind;
    expect(check(Float32Array.of(0.5, 0.50009), probs)).toBeUndefined();
    expect(check(Float32Array.of(0.5, 0.50011), probs)).toBe("sum");
    expect(check(Float64Array.of(0.5, 0.5000009), probs)).toBeUndefined();
    expect(check(Float64Array.of(0.5, 0.5000011), probs)).toBe("sum");
    expect(check(Float64Array.of(0.5, 0.4), { ...probs, tolerance: 0.11 })).toBeUndefined();
    expect(check(Float32Array.of(0.5, 0.50009), { ...probs, tolerance: 1e-5 })).toBe("sum");
  });

  it("a temperature divides logits before anything else", () => {
    const [a, b] = [Float64Array.of(1, -2, 0.5), Float64Array.of(0, 1, 2)];
    const half = (x: Float64Array) => x.map((xi) => xi / 2);
    const [got, want] = [new Float64Array(1), new Float64Array(1)];
    divergenceRows(kl, a, b, 1, 3, { from: "logits", temperature: 2 }, got);
    divergenceRows(kl, half(a), half(b), 1, 3, logits, want);
    expect(got[0]).toBe(want[0]);
  });

  it.each([
    ["logits", 0, "divergence: temperature must be a positive number, got 0"],
    ["logits", NaN, "divergence: temperature must be a positive number, got NaN"],
    ["logits", I, "divergence: temperature must be a positive number, got Infinity"],
    ["probs", 2, "divergence: temperature divides logits, got 2 for probabilities"],
  ] as [From, number, string][])("of %s with temperature %d is an error", (from, temperature, message) => {
    const row = Float64Array.of(0.5, 0.5);
    const out = new Float64Array(1);
    expect(() => divergenceRows(kl, row, row, 1, 2, { from, temperature }, out)).toThrow(message);
  });

  it("a class that P has, however unlikely, and Q masks makes KL infinite", () => {
    const out = new Float64Array(1);
    divergenceRows(kl, Float64Array.of(0, -2000), Float64Array.of(0, -I), 1, 2, logits, out);
    expect(out[0]).toBe(I);
  });

  it("logits near the ends of float64 do not overflow", () => {
    const out = new Float64Array(1);
    for (const { label, measure } of measures) {
      const [p, q] = [Float64Array.of(1.7e308, -1.7e308, 0), Float64Array.of(-1.7e308, 1.7e308, 0)];
      expect(divergenceRows(measure, p, q, 1, 3, logits, out)).toBeUndefined();
      expect(out[0], label).toBeGreaterThanOrEqual(0);
    }
  });
});

describe("divergenceRowsBackward", () => {
  it("is q − p by the logits of Q for KL, also where KL is infinite", () => {
    const { gp, gq } = gradients(kl, [0, 0, 0], [Math.log(3), 0, -I], logits);
    expectClose(gq, [3 / 4 - 1 / 3, 1 / 4 - 1 / 3, -1 / 3]);
    expect(gp).toEqual([-I, -I, I]);
  });

  it("of a root is finite however close its sum is to 0", () => {
    const { gq } = gradients(rowMeasure("hellinger"), [0, -720], [0, -716], logits);
    const want = Math.SQRT1_2 * 0.5 * Math.exp(-358);
    expect(gq[1] / want).toBeCloseTo(1, 9);
    expect(gq[0]).toBe(-gq[1]);
  });

  it("is finite at probabilities of 0, where 0·log 0 = 0", () => {
    const { gp, gq } = gradients(kl, [0, 0.5, 0.5, 0], [0.25, 0.25, 0.5, 0], probs);
    expectClose(gp, [0, 0.5 * Math.LN2, -0.5 * Math.LN2, 0]);
    expectClose(gq, [1, -1, 0, 0]);
  });

  it("is the one-sided derivative at a probability of 0 where that is finite", () => {
    const tv = gradients(rowMeasure("tv"), [0, 0.75, 0.25], [0.25, 0.25, 0.5], probs).gp;
    expectClose(tv, [-0.75, 0.25, -0.75]); // ½·sign(p − q) less its mean ¼ under p
    const chi2 = gradients(rowMeasure("chi2"), [0, 1], [0.5, 0.5], probs).gp;
    expectClose(chi2, [-4, 0]); // 2p/q less its mean under p
    const skew = gradients(rowMeasure("skew-kl", { weight: 0.5 }), [0.5, 0.5], [0, 1], probs).gq;
    expectClose(skew, [-1 + 1 / 3, 0]); // −½·p/m, which is −1 and −⅓
  });

  it.each(measures)("$label: no NaN where P, Q or both have masked classes", ({ measure }) => {
    for (const [p, q] of [
      [
        [0, 1, -I],
        [1, 0, -I],
      ],
      [
        [0, 1, -I],
        [1, 0, 2],
      ],
      [
        [0, 1, 2],
        [1, 0, -I],
      ],
      [
        [0, -I, -I],
        [-I, 0, -I],
      ],
    ]) {
      const { gp, gq } = gradients(measure, p, q, logits);
      expect([...gp, ...gq].some(Number.isNaN)).toBe(false);
      const [P, Q] = [p, q].map((row) => row.map(Math.exp));
      const ofProbs = gradients(measure, P, Q, { ...probs, normalize: "sum" });
      expect([...ofProbs.gp, ...ofProbs.gq].some(Number.isNaN)).toBe(false);
    }
  });

  it("is scaled by upstream, 0 where upstream is 0, and NaN in rows with a problem", () => {
    const p = Float64Array.of(0, 1, 0, NaN, 0, NaN, 0, 1);
    const q = Float64Array.of(1, 0, 0, 0, 0, 0, 1, 0);
    const gq = new Float32Array(8);
    divergenceRowsBackward(kl, p, q, 4, 2, logits, Float32Array.of(1, 0, 1, -2), undefined, gq);
    expect([...gq.subarray(2, 6)]).toEqual([0, 0, NaN, NaN]);
    expect(gq[0]).toBeCloseTo(Math.tanh(0.5), 7);
    expect(gq[6]).toBe(-2 * gq[0]);
  });

  it("takes the temperature of the logits into account", () => {
    const { gp, gq } = gradients(kl, [1, -2, 0.5], [0, 1, 2], { from: "logits", temperature: 2 });
    const halved = gradients(kl, [0.5, -1, 0.25], [0, 0.5, 1], logits);
    expectClose(
      gp,
      halved.gp.map((g) => g / 2),
    );
    expectClose(
      gq,
      halved.gq.map((g) => g / 2),
    );
  });
});

describe("divergenceRowsHessian", () => {
  it("of KL by the logits of Q is the covariance of Q, whatever P is", () => {
    const q = Float64Array.of(0, 0, Math.log(2));
    const [hq, along] = [new Float64Array(3), new Float64Array(1)];
    for (const p of [Float64Array.of(0, 1, 2), Float64Array.of(-I, 0, 0)]) {
      const vq = Float64Array.of(1, 0, 0);
      divergenceRowsHessian(kl, p, q, 1, 3, logits, Float64Array.of(2), undefined, vq, undefined, hq, along);
      expectClose([...hq], [2 * (1 / 4 - 1 / 16), -2 / 16, -2 / 8]);
      expect(along[0]).toBeCloseTo(1 / 4 - softmaxAt(p, 0), 14);
    }
  });

  it("holds probabilities of 0 where they are", () => {
    const [hp, hq, along] = [new Float64Array(3), new Float64Array(3), new Float64Array(1)];
    const v = Float64Array.of(1, 2, -1);
    const p = Float64Array.of(0, 0.5, 0.5);
    const q = Float64Array.of(0.5, 0.25, 0.25);
    divergenceRowsHessian(kl, p, q, 1, 3, probs, Float64Array.of(1), v, v, hp, hq, along);
    expect(hp[0]).toBe(0);
    for (const h of [...hp, ...hq]) expect(Number.isFinite(h)).toBe(true);
    expect(along[0]).toBeCloseTo(1 * 1 + 2 * -1 + -1 * -1, 14);
  });

  it("is 0 where upstream is 0, where the derivative along the direction is still given; NaN at a problem", () => {
    const p = Float64Array.of(0, 1, 0, NaN);
    const q = Float64Array.of(1, 0, 0, 0);
    const [hq, along] = [new Float64Array(4), new Float64Array(2)];
    const vq = Float64Array.of(1, 0, 1, 0);
    divergenceRowsHessian(kl, p, q, 2, 2, logits, Float64Array.of(0, 1), undefined, vq, undefined, hq, along);
    expect([...hq]).toEqual([0, 0, NaN, NaN]);
    expect(along[0]).toBeCloseTo(Math.tanh(0.5), 14);
    expect(along[1]).toBeNaN();
  });
});

function softmaxAt(logits: Float64Array, i: number): number {
  const weights = logits.map(Math.exp);
  return weights[i] / weights.reduce((sum, w) => sum + w, 0);
}
