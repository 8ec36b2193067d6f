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
    const out = newRowStatistics(4, measures.length);
    rowStatistics(measures, p, q, 4, 3, { from: "logits" }, labels, out);
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
      const out = newRowStatistics(1, 0);
      rowStatistics([], bad, fine, 1, 2, options, undefined, out);
      expect(faultsOf(out.status[0])).toEqual({ p: kind, q: undefined });
      rowStatistics([], fine, bad, 1, 2, options, undefined, out);
      expect(faultsOf(out.status[0])).toEqual({ p: undefined, q: kind });
      rowStatistics([], bad, bad, 1, 2, options, undefined, out);
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
    const out = newRowStatistics(1, 0);
    const masked = Float64Array.of(0, -Infinity);
    rowStatistics([], masked, masked, 1, 2, { from: "logits" }, [1], out);
    expect(out.labelLogP[0]).toBe(-Infinity);
    const counts = Float64Array.of(1, 3);
    rowStatistics([], counts, counts, 1, 2, { from: "probs", normalize: "sum" }, [1], out);
    expect(out.labelLogQ[0]).toBeCloseTo(Math.log(0.75), 15);
  });
});
