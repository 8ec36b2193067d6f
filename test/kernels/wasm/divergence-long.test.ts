import { describe, expect, it } from "vitest";
import type { FloatArray } from "../../../src/kernels/dtype.js";
import { divergenceRows, divergenceRowsBackward, rowMeasure } from "../../../src/kernels/wasm/divergence.js";
import file from "../../oracle/divergence_long.json" with { type: "json" };
import { lcg, measures } from "../divergence/oracle.js";

// Values and gradients by test/oracle/divergence_long.py, whose inputs are made here in the same way.

interface Side {
  readonly norm: number;
  readonly at: Readonly<Record<string, number>>;
}

interface Case {
  readonly n: number;
  readonly dtype: "float32" | "float64";
  readonly regime: "independent" | "near" | "shifted" | "masked";
  readonly values: Readonly<Record<string, number | "Infinity">>;
  readonly gradients: Readonly<Record<string, readonly Side[]>>;
}

const cases = file.cases as unknown as Case[];
const SCALE = 16;
const NEAR = 1e-3;

function inputs({ n, dtype, regime }: Case): { p: FloatArray; q: FloatArray } {
  const Type = dtype === "float32" ? Float32Array : Float64Array;
  const [first, second] = [lcg(n), lcg(n + 1)];
  const p = Type.from({ length: n }, () => first() * SCALE);
  const q = new Type(n);
  for (let i = 0; i < n; i++) {
    const other = second();
    if (regime === "independent") q[i] = other * SCALE;
    else if (regime === "near") q[i] = p[i] + p[i] * (other * NEAR);
    else if (regime === "shifted") q[i] = p[i] + 3.1;
    else if (other < -0.3) p[i] = q[i] = Number.NEGATIVE_INFINITY;
    else if (other <= 0.45) q[i] = p[i] + other;
    else {
      q[i] = SCALE * other;
      p[i] = Number.NEGATIVE_INFINITY;
    }
  }
  return { p, q };
}

/** The measure of a name such as "renyi 0.5". */
function measureOf(name: string) {
  const [measure, parameter] = name.split(" ");
  const known = measures.find((entry) => entry.measure.name === measure);
  if (known === undefined) throw new Error(`no measure ${measure}`);
  const takesWeight = measure === "gjs" || measure === "skew-kl";
  const value = parameter === undefined ? undefined : Number(parameter);
  return rowMeasure(known.measure.name, takesWeight ? { weight: value } : { order: value });
}

const options = { from: "logits" } as const;
const one = Float64Array.of(1);

describe.each(cases)("$dtype $regime rows of $n classes", (row) => {
  const { n, dtype } = row;
  const { p, q } = inputs(row);
  const [valueLimit, gradientLimit] = dtype === "float32" ? [2e-6, 2e-6] : [1e-12, 1e-11];

  it.each(Object.entries(row.values))("has the %s of 60-digit arithmetic", (name, want) => {
    const out = new Float64Array(1);
    expect(divergenceRows(measureOf(name), p, q, 1, n, options, out)).toBeUndefined();
    if (want === "Infinity") expect(out[0]).toBe(Number.POSITIVE_INFINITY);
    else expect(Math.abs(out[0] - want)).toBeLessThanOrEqual(valueLimit * want);
  });

  it.each(Object.keys(row.gradients))("has the gradients of %s", (name) => {
    const Type = dtype === "float32" ? Float32Array : Float64Array;
    const gradients = [new Type(n), new Type(n)];
    divergenceRowsBackward(measureOf(name), p, q, 1, n, options, one, gradients[0], gradients[1]);
    for (const [side, { norm, at }] of row.gradients[name].entries()) {
      const gradient = gradients[side];
      // By P, tv is constant where no class of P has more in Q: what the oracle has there is its own rounding.
      const limit = norm < 1e-50 ? 1e-16 : gradientLimit * norm;
      const length = Math.sqrt(gradient.reduce((sum, x) => sum + x * x, 0));
      expect(Math.abs(length - norm), `norm by ${"pq"[side]}`).toBeLessThanOrEqual(limit);
      for (const [i, want] of Object.entries(at)) {
        expect(Math.abs(gradient[Number(i)] - want), `class ${i} by ${"pq"[side]}`).toBeLessThanOrEqual(
          limit,
        );
      }
    }
  });
});
