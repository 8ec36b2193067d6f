import { describe, expect, it } from "vitest";
import * as kernels from "../../../src/kernels/wasm/divergence.js";
import { cases, lcg } from "../divergence/oracle.js";
import { known } from "./known-measures.js";

const one = Float64Array.of(1);

/** Relative; what is below 1e-150 counts as 0, for want of exponents. */
function relativeError(got: number, want: number): number {
  return got === want || Math.abs(got - want) < 1e-150 ? 0 : Math.abs(got - want) / Math.abs(want);
}

function errorByNorm(got: Float64Array, want: (number | null)[]): number {
  const norm = Math.max(...want.map((w) => Math.abs(w ?? 0)));
  const difference = Math.max(...want.map((w, i) => (w === null ? 0 : Math.abs(got[i] - w))));
  return norm === 0 ? difference : difference / norm;
}

describe.each(cases)("$dtype $regime, by the kernels", (row) => {
  const n = row.p.length;

  it("every measure has the value that 200-digit arithmetic gives", () => {
    for (const [k, { label, measure }] of known.entries()) {
      const out = new Float64Array(1);
      expect(kernels.divergenceRows(measure, row.p, row.q, 1, n, row, out)).toBeUndefined();
      const limit = row.dtype === "float32" ? 2e-6 : 1e-12;
      expect(relativeError(out[0], row.values[k]), label).toBeLessThan(limit);
    }
  });

  it("every gradient in float64 is that of central differences", () => {
    for (const [k, { gradient }] of Object.entries(row.derivatives ?? {})) {
      const { label, measure } = known[Number(k)];
      const [gp, gq] = [new Float64Array(n), new Float64Array(n)];
      kernels.divergenceRowsBackward(measure, row.p, row.q, 1, n, row, one, gp, gq);
      expect(errorByNorm(gp, gradient.slice(0, n)), `${label}, P`).toBeLessThan(1e-11);
      expect(errorByNorm(gq, gradient.slice(n)), `${label}, Q`).toBeLessThan(1e-11);
    }
  });
});

describe("thousands of near-equal rows, by the kernels", () => {
  const rows = 4000;
  const n = 7;
  const next = lcg(12345);
  const p = Float32Array.from({ length: rows * n }, () => next() * 20);
  const q = p.map((x, i) => x * (1 + next() * 10 ** -(1 + (Math.floor(i / n) % 8))));

  it.each(known)("$label is never negative, and 0 only where the rows are equal", ({ label, measure }) => {
    const out = new Float64Array(rows);
    expect(kernels.divergenceRows(measure, p, q, rows, n, { from: "logits" }, out)).toBeUndefined();
    const constantZero = label === "skew-kl of weight 1" || label === "renyi of order 0";
    for (let r = 0; r < rows; r++) {
      const same = p.subarray(r * n, (r + 1) * n).every((x, i) => x === q[r * n + i]);
      if (same || constantZero) expect(out[r]).toBe(0);
      else expect(out[r]).toBeGreaterThan(0);
    }
  });
});
