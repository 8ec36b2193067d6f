import { describe, expect, it } from "vitest";
import {
  divergenceRows,
  divergenceRowsBackward,
  divergenceRowsHessian,
  type RowMeasure,
} from "../../../src/kernels/divergence/index.js";
import { cases, measures, type OracleCase } from "./oracle.js";

const one = Float64Array.of(1);

function value(measure: RowMeasure, row: OracleCase): number {
  const out = new Float64Array(1);
  expect(divergenceRows(measure, row.p, row.q, 1, row.p.length, row, out)).toBeUndefined();
  return out[0];
}

/** Relative to `want`; what is below 1e-150 counts as 0, for want of exponents. */
function relativeError(got: number, want: number): number {
  if (got === want || Math.abs(got - want) < 1e-150) return 0;
  return Math.abs(got - want) / Math.abs(want);
}

/** The largest difference by the largest entry; entries that the oracle leaves out are not looked at. */
function errorByNorm(got: Float64Array, want: (number | null)[]): number {
  let difference = 0;
  let norm = 0;
  want.forEach((w, i) => {
    if (w === null) return;
    difference = Math.max(difference, Math.abs(got[i] - w));
    norm = Math.max(norm, Math.abs(w));
  });
  return norm === 0 ? difference : difference / norm;
}

describe.each(cases)("$dtype $regime", (row) => {
  const n = row.p.length;

  it("every measure has the value that 200-digit arithmetic gives, to 1e-13", () => {
    for (const [k, { label, measure }] of measures.entries()) {
      expect(relativeError(value(measure, row), row.values[k]), label).toBeLessThan(1e-13);
    }
  });

  const { derivatives, direction } = row;
  if (derivatives === undefined || direction === undefined) return;
  const v = Float64Array.from(direction);
  const vp = v.subarray(0, n);
  const vq = v.subarray(n);

  it("every gradient is that of central differences, to 1e-11 of its norm", () => {
    for (const [k, { gradient }] of Object.entries(derivatives)) {
      const { label, measure } = measures[Number(k)];
      const gp = new Float64Array(n);
      const gq = new Float64Array(n);
      divergenceRowsBackward(measure, row.p, row.q, 1, n, row, one, gp, gq);
      expect(errorByNorm(gp, gradient.slice(0, n)), `${label}, P`).toBeLessThan(1e-11);
      expect(errorByNorm(gq, gradient.slice(n)), `${label}, Q`).toBeLessThan(1e-11);
    }
  });

  it("every Hessian-vector product is that of central differences, to 1e-10 of its norm", () => {
    for (const [k, { gradient, product }] of Object.entries(derivatives)) {
      if (product === undefined) continue;
      const { label, measure } = measures[Number(k)];
      const hp = new Float64Array(n);
      const hq = new Float64Array(n);
      const along = new Float64Array(1);
      divergenceRowsHessian(measure, row.p, row.q, 1, n, row, one, vp, vq, hp, hq, along);
      expect(errorByNorm(hp, product.slice(0, n)), `${label}, P`).toBeLessThan(1e-10);
      expect(errorByNorm(hq, product.slice(n)), `${label}, Q`).toBeLessThan(1e-10);

      if (gradient.includes(null)) continue;
      let size = 0;
      let dot = 0;
      gradient.forEach((g, i) => {
        size += Math.abs((g ?? 0) * v[i]);
        dot += (g ?? 0) * v[i];
      });
      expect(Math.abs(along[0] - dot), `${label}, along`).toBeLessThanOrEqual(1e-11 * size);
    }
  });
});

describe("the oracle", () => {
  it("covers every measure with derivatives, and rows where the divergence is 0 and infinite", () => {
    const derived = new Set(cases.flatMap((row) => Object.keys(row.derivatives ?? {})));
    const names = new Set([...derived].map((k) => measures[Number(k)].measure.name));
    expect([...names].sort()).toEqual([...new Set(measures.map(({ measure }) => measure.name))].sort());
    expect(cases.some(({ values }) => values.includes(Infinity))).toBe(true);
    expect(cases.filter(({ regime }) => /identical|exactly|doubled/.test(regime))).toHaveLength(8);
  });

  it.each(cases.filter(({ regime }) => /identical|exactly|doubled|one-hot, equal|one class/.test(regime)))(
    "$dtype $regime: every measure is exactly +0, and so is its gradient",
    (row) => {
      const n = row.p.length;
      for (const { label, measure } of measures) {
        expect(value(measure, row), label).toBe(0);
        const gp = new Float64Array(n).fill(NaN);
        const gq = new Float64Array(n).fill(NaN);
        divergenceRowsBackward(measure, row.p, row.q, 1, n, row, one, gp, gq);
        for (const g of [...gp, ...gq]) expect(Math.abs(g), label).toBe(0);
      }
    },
  );
});
