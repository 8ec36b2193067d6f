import { describe, expect, it } from "vitest";
import {
  divergenceRows,
  faultsOf,
  type Measure,
  newRowStatistics,
  type RowOptions,
  rowMeasure,
  rowStatistics,
} from "../../../src/kernels/divergence/index.js";

const names: Measure[] = ["kl", "reverse-kl", "js", "tv"];
const measures = names.map((name) => rowMeasure(name));

describe("rowStatistics", () => {
  const p = Float32Array.of(0, 2, 2, NaN, 0, 0, 1, 0, -Infinity, 3, 1, 2);
  const q = Float32Array.of(4, 1, 4, 0, 0, 1, -Infinity, -Infinity, -Infinity, 1, 5, 2);

  function run(labels: ArrayLike<number> | undefined) {
    const out = newRowStatistics(4, { measures });
    rowStatistics({ measures }, p, q, 4, 3, { from: "logits" }, labels, out);
    return out;
  }

  it("has the values of divergenceRows, a column each", () => {
    const out = run(undefined);
    const want = new Float64Array(4);
    for (const [k, measure] of measures.entries()) {
      divergenceRows(measure, p, q, 4, 3, { from: "logits" }, want);
      expect([...out.values[k]]).toEqual([...want]);
    }
  });

  it("has the first maximum of each row, and −1 for a row with a fault", () => {
    const out = run(undefined);
    expect([...out.argmaxP]).toEqual([1, -1, 0, 0]);
    expect([...out.argmaxQ]).toEqual([0, 2, -1, 1]);
  });

  it("says which side of which row has which fault", () => {
    const { status } = run(undefined);
    expect([...status].map(faultsOf)).toEqual([
      { p: undefined, q: undefined },
      { p: "nan", q: undefined },
      { p: undefined, q: "empty" },
      { p: undefined, q: undefined },
    ]);
    expect(status[0]).toBe(0);
  });

  it.each(["nan", "infinite", "negative", "sum", "empty"] as const)(
    "tells %s on both sides apart",
    (kind) => {
      const row = { nan: [NaN, 1], infinite: [Infinity, 0], negative: [-1, 2], sum: [1, 1], empty: [0, 0] }[
        kind
      ];
      const fine = Float64Array.of(0.5, 0.5);
      const bad = Float64Array.from(row);
      const options: RowOptions = { from: "probs" };
      const out = newRowStatistics(1, { measures: [] });
      rowStatistics({ measures: [] }, bad, fine, 1, 2, options, undefined, out);
      expect(faultsOf(out.status[0])).toEqual({ p: kind, q: undefined });
      rowStatistics({ measures: [] }, fine, bad, 1, 2, options, undefined, out);
      expect(faultsOf(out.status[0])).toEqual({ p: undefined, q: kind });
      rowStatistics({ measures: [] }, bad, bad, 1, 2, options, undefined, out);
      expect(faultsOf(out.status[0])).toEqual({ p: kind, q: kind });
    },
  );

  it("has log p and log q of the labels, NaN where the label is no class or the row has a fault", () => {
    const out = run(Int32Array.of(1, 0, 0, -100));
    const logSoftmax = (row: number[], i: number) =>
      row[i] - Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0));
    expect(out.labelLogP[0]).toBeCloseTo(logSoftmax([0, 2, 2], 1), 14);
    expect(out.labelLogQ[0]).toBeCloseTo(logSoftmax([4, 1, 4], 1), 14);
    expect([...out.labelLogP.subarray(1)]).toEqual([NaN, NaN, NaN]);
    expect([...out.labelLogQ.subarray(1)]).toEqual([NaN, NaN, NaN]);
    expect([...run(undefined).labelLogP]).toEqual([NaN, NaN, NaN, NaN]);
    expect(run([3, 0, 0, 2]).labelLogP[0]).toBeNaN();
  });

  it("has −∞ for a masked label, and logarithms of normalised probabilities", () => {
    const out = newRowStatistics(1, { measures: [] });
    const masked = Float64Array.of(0, -Infinity);
    rowStatistics({ measures: [] }, masked, masked, 1, 2, { from: "logits" }, [1], out);
    expect(out.labelLogP[0]).toBe(-Infinity);
    const counts = Float64Array.of(1, 3);
    rowStatistics({ measures: [] }, counts, counts, 1, 2, { from: "probs", normalize: "sum" }, [1], out);
    expect(out.labelLogQ[0]).toBeCloseTo(Math.log(0.75), 15);
  });

  it("has the largest probabilities, entropies, overlaps and ranks that are asked for", () => {
    const request = { measures: [], entropies: true, topOverlap: 3, rankOfTop: true };
    const out = newRowStatistics(2, request);
    const a = Float64Array.of(Math.log(2), Math.log(1), Math.log(5), NaN, 0, 1);
    const b = Float64Array.of(Math.log(4), Math.log(4), Math.log(2), 1, 2, 3);
    rowStatistics(request, a, b, 2, 3, { from: "logits" }, undefined, out);
    expect(out.topP[0]).toBeCloseTo(5 / 8, 15);
    expect(out.topQ[0]).toBeCloseTo(0.4, 15);
    const entropy = (...shares: number[]) => shares.reduce((sum, x) => sum - x * Math.log(x), 0);
    expect(out.entropyP[0]).toBeCloseTo(entropy(2 / 8, 1 / 8, 5 / 8), 15);
    expect(out.entropyQ[0]).toBeCloseTo(entropy(0.4, 0.4, 0.2), 15);
    expect([...out.overlap.subarray(0, 3)]).toEqual([0, 1, 3]);
    expect(out.rankOfTop[0]).toBe(3);
    expect([out.topP[1], out.topQ[1], out.entropyP[1], out.entropyQ[1]]).toEqual([NaN, NaN, NaN, NaN]);
    expect([...out.overlap.subarray(3), out.rankOfTop[1]]).toEqual([0, 0, 0, 0]);
  });

  it("leaves out what is not asked for", () => {
    const { entropyP, entropyQ, overlap, rankOfTop } = newRowStatistics(5, { measures: [] });
    expect([entropyP, entropyQ, overlap, rankOfTop].map(({ length }) => length)).toEqual([0, 0, 0, 0]);
  });

  it("keeps the digits of the entropy of a row that is nearly sure", () => {
    const request = { measures: [], entropies: true };
    const out = newRowStatistics(1, request);
    rowStatistics(
      request,
      Float64Array.of(0, -50),
      Float64Array.of(-60, 0),
      1,
      2,
      { from: "logits" },
      undefined,
      out,
    );
    const exact = (gap: number) => Math.exp(-gap) * (1 + gap); // up to e^(−2·gap)
    expect(Math.abs(out.entropyP[0] / exact(50) - 1)).toBeLessThan(1e-14);
    expect(Math.abs(out.entropyQ[0] / exact(60) - 1)).toBeLessThan(1e-14);
  });

  it("reads half-precision rows as the numbers that they stand for, also of two types", () => {
    const float16 = {
      dtype: "float16",
      bits: Uint16Array.of(0x3c00, 0x0001, 0xc500, 0xfc00, 0x7c00, 0),
    } as const;
    const bfloat16 = {
      dtype: "bfloat16",
      bits: Uint16Array.of(0x3f80, 0x0001, 0xc0a0, 0xff80, 0x7fc0, 0),
    } as const;
    const asFloat16 = Float64Array.of(1, 2 ** -24, -5, -Infinity, Infinity, 0);
    const asBfloat16 = Float64Array.of(1, 2 ** -133, -5, -Infinity, NaN, 0);
    const half = newRowStatistics(2, { measures });
    const full = newRowStatistics(2, { measures });
    rowStatistics({ measures }, float16, bfloat16, 2, 3, { from: "logits" }, [1, 1], half);
    rowStatistics({ measures }, asFloat16, asBfloat16, 2, 3, { from: "logits" }, [1, 1], full);
    expect(half).toEqual(full);
    expect(faultsOf(half.status[1])).toEqual({ p: "infinite", q: "nan" });
  });
});
