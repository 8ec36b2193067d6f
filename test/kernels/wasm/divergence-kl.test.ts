import { describe, expect, it } from "vitest";
import * as reference from "../../../src/kernels/divergence/index.js";
import type { FloatArray } from "../../../src/kernels/dtype.js";
import * as kernels from "../../../src/kernels/wasm/divergence.js";
import { setThreads } from "../../../src/kernels/wasm/threads.js";
import { expectClose, placed, places, uniform } from "./agreement.js";
import { regimes } from "./divergence-inputs.js";

const kl = reference.rowMeasure("kl");
const LIMIT = 2e-6;
const lengths = [...Array.from({ length: 34 }, (_, i) => i + 1), 63, 64, 127, 128, 129, 130, 131, 300, 1000];

function rowsOf(n: number, count: number, make: (seed: number) => { p: number[]; q: number[] }) {
  const rows = Array.from({ length: count }, (_, i) => make(1000 * n + i));
  return { p: rows.flatMap(({ p }) => p), q: rows.flatMap(({ q }) => q) };
}

function values(p: FloatArray, q: FloatArray, n: number, temperature = 1) {
  const rows = p.length / n;
  const got = new Float64Array(rows);
  const wanted = new Float64Array(rows);
  const problem = kernels.divergenceRows(kl, p, q, rows, n, { from: "logits", temperature }, got);
  const wantedProblem = reference.divergenceRows(kl, p, q, rows, n, { from: "logits", temperature }, wanted);
  expect(problem).toEqual(wantedProblem);
  return { got, wanted };
}

/** Fails unless each row of gradients is within `tolerance` of the wanted one's norm. */
function expectGradients(got: FloatArray, wanted: FloatArray, n: number, tolerance: number, label: string) {
  for (let start = 0; start < got.length; start += n) {
    const norm = Math.hypot(...wanted.subarray(start, start + n));
    const error = Math.hypot(...wanted.subarray(start, start + n).map((x, i) => x - got[start + i]));
    if (!(error <= tolerance * norm)) expect.fail(`${label}, row ${start / n}: off by ${error} of ${norm}`);
  }
}

describe.each(Object.keys(regimes(1)))("KL of float32 rows %s", (name) => {
  it("agrees with the reference for every length", () => {
    for (const n of lengths) {
      const { p, q } = rowsOf(n, n < 100 ? 13 : 5, regimes(n)[name]);
      for (const temperature of [1, 2.5]) {
        const { got, wanted } = values(Float32Array.from(p), Float32Array.from(q), n, temperature);
        expectClose(got, wanted, LIMIT, 0, `length ${n}`);
      }
    }
  });

  it("has the reference's gradients for every length", () => {
    for (const n of lengths) {
      const count = 5;
      const inputs = rowsOf(n, count, regimes(n)[name]);
      const [p, q] = [Float32Array.from(inputs.p), Float32Array.from(inputs.q)];
      const upstream = Float64Array.from({ length: count }, (_, i) => i - 1.5);
      const got = { p: new Float32Array(p.length), q: new Float32Array(p.length) };
      const wanted = { p: new Float64Array(p.length), q: new Float64Array(p.length) };
      kernels.divergenceRowsBackward(kl, p, q, count, n, { from: "logits" }, upstream, got.p, got.q);
      reference.divergenceRowsBackward(kl, p, q, count, n, { from: "logits" }, upstream, wanted.p, wanted.q);
      expectGradients(got.q, wanted.q, n, LIMIT, `by q, length ${n}`);
      expectGradients(got.p, wanted.p, n, LIMIT, `by p, length ${n}`);
    }
  });
});

describe("KL of float32 rows", () => {
  it.each(places)("is the same wherever the rows lie: %s", (place) => {
    for (const n of [1, 3, 10, 131, 5000]) {
      const { independent } = regimes(n);
      const { p, q } = rowsOf(n, 6, independent);
      const here = values(placed(p, "float32", place), placed(q, "float32", place), n);
      expect(here.got).toEqual(values(Float32Array.from(p), Float32Array.from(q), n).got);
    }
  });

  it("has the same bits whichever rows it is computed with", () => {
    for (const n of [2, 10, 100, 200]) {
      const { p, q } = rowsOf(n, 9, regimes(n)["near by 1e-1"]);
      const together = values(Float32Array.from(p), Float32Array.from(q), n).got;
      for (let row = 0; row < 9; row++) {
        const part = (x: number[]) => Float32Array.from(x.slice(row * n, (row + 1) * n));
        expect(values(part(p), part(q), n).got[0]).toBe(together[row]);
      }
    }
  });

  it("has the same bits, and gradients, on any number of threads", () => {
    const [rows, n] = [4000, 150];
    const p = placed(uniform(rows * n, 1), "float32", "resident");
    const q = placed(uniform(rows * n, 2), "float32", "resident");
    const options = { from: "logits" } as const;
    const run = (count: number) => {
      setThreads(count);
      const out = new Float64Array(rows);
      const gradient = placed(new Array<number>(rows * n).fill(0), "float32", "resident");
      kernels.divergenceRows(kl, p, q, rows, n, options, out);
      const upstream = new Float64Array(rows).fill(1);
      kernels.divergenceRowsBackward(kl, p, q, rows, n, options, upstream, gradient);
      const js = new Float64Array(rows);
      kernels.divergenceRows(reference.rowMeasure("js"), p, q, rows, n, options, js);
      return { out, gradient: Float32Array.from(gradient), js };
    };
    const alone = run(1);
    const sameBits = (x: FloatArray, y: FloatArray) => x.every((value, i) => Object.is(value, y[i]));
    for (const count of [2, 3]) {
      const shared = run(count);
      expect(sameBits(shared.out, alone.out)).toBe(true);
      expect(sameBits(shared.gradient, alone.gradient)).toBe(true);
      expect(sameBits(shared.js, alone.js)).toBe(true);
    }
    setThreads(1);
  });

  it("is exactly 0 for identical rows and for exact shifts", () => {
    for (const n of [1, 5, 64, 200]) {
      const p = Float32Array.from(uniform(7 * n, n), (x) => Math.round(x * 1000) / 64);
      for (const shift of [0, 3, -40, 1024]) {
        const { got } = values(
          p,
          p.map((x) => x + shift),
          n,
        );
        expect(got).toEqual(new Float64Array(7));
      }
    }
  });

  it("is never negative: 100,000 rows that are nearly equal", () => {
    const n = 10;
    const p = Float32Array.from(uniform(1e6, 3), (x) => 8 * x);
    const noise = Array.from(uniform(1e6, 4));
    const q = p.map((x, i) => x * (1 + noise[i] * 10 ** -(3 + (Math.floor(i / n) % 6))));
    const out = new Float64Array(p.length / n);
    kernels.divergenceRows(kl, p, q, out.length, n, { from: "logits" }, out);
    expect(Math.min(...out.subarray(0, 50000), ...out.subarray(50000))).toBeGreaterThanOrEqual(0);
    expect(out.filter((x) => x > 0).length).toBeGreaterThan(50000);
  });

  it.each([
    ["a masked class in both", [1, -Infinity, 2, 0.5], [0, -Infinity, 1, 1]],
    ["a masked class in P", [1, -Infinity, 2, 0.5], [0, 3, 1, 1]],
    ["a class that only P has", [1, 0, 2, 0.5], [0, -Infinity, 1, 1]],
    ["one class each", [-Infinity, 3, -Infinity, -Infinity], [-Infinity, 5, -Infinity, -Infinity]],
    ["a range of 1e3", [0, 1000, 3, 1], [5, 0, 900, 2]],
    ["a range of 1e30", [0, 1e30, 3, 1], [5, 0, 1e30, 2]],
    ["denormal logits", [1e-40, 0, -1e-42, 3e-45], [0, 1e-41, 1e-40, 0]],
    ["tiny differences of tiny logits", [1e-20, 2e-20, 0, 1e-21], [0, 1e-20, 3e-20, 0]],
  ])("takes %s as the reference does", (_, first, second) => {
    for (const n of [4, 150]) {
      const fill = (row: number[], x: number) => [...row, ...new Array<number>(n - 4).fill(x)];
      const p = Float32Array.from([...fill([0, 1, 2, 3], 0), ...fill(first, first[0])]);
      const q = Float32Array.from([...fill([1, 1, 0, 3], 0), ...fill(second, second[0])]);
      const { got, wanted } = values(p, q, n);
      expectClose(got, wanted, LIMIT, 0, `length ${n}`);
    }
  });

  it.each([
    ["NaN in P", [NaN, 1], [0, 1]],
    ["NaN in Q", [0, 1], [0, NaN]],
    ["∞ in P", [0, Infinity], [0, 1]],
    ["∞ in Q", [0, 1], [Infinity, 1]],
    ["no class in P", [-Infinity, -Infinity], [0, 1]],
    ["no class in Q", [0, 1], [-Infinity, -Infinity]],
  ])("reports %s as the reference does, and goes on", (_, first, second) => {
    for (const n of [2, 7, 300]) {
      const fill = (row: number[]) => [...row, ...new Array<number>(n - 2).fill(row[1])];
      const p = Float32Array.from([...fill([0, 1]), ...fill(first), ...fill([2, 1])]);
      const q = Float32Array.from([...fill([1, 1]), ...fill(second), ...fill([1, 3])]);
      const { got, wanted } = values(p, q, n);
      expectClose(got, wanted, LIMIT, 0, `length ${n}`);
      expect(got[1]).toBeNaN();
      const gradient = new Float32Array(3 * n);
      const options = { from: "logits" } as const;
      kernels.divergenceRowsBackward(kl, p, q, 3, n, options, Float64Array.of(1, 1, 1), gradient);
      expect(gradient.subarray(n, 2 * n).every(Number.isNaN)).toBe(true);
      kernels.divergenceRowsBackward(kl, p, q, 3, n, options, Float64Array.of(1, 0, 1), gradient);
      expect(gradient.subarray(n, 2 * n)).toEqual(new Float32Array(n));
    }
  });

  it.each([
    ["NaN in P", Number.NaN, 1],
    ["NaN in Q", 1, Number.NaN],
    ["∞ in P", Number.POSITIVE_INFINITY, 1],
    ["∞ in Q", 1, Number.POSITIVE_INFINITY],
    ["a masked class in both", Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
    ["a masked class in P", Number.NEGATIVE_INFINITY, 1],
    ["a class that only P has", 1, Number.NEGATIVE_INFINITY],
    ["a range of 1e3", -1000, 1],
    ["the other range of 1e3", 1, 1000],
  ])("sees %s late in a long row", (_, x, y) => {
    for (const n of [385, 1000, 1003]) {
      for (const place of [n - 1, n - 2, 700 % n]) {
        const inputs = rowsOf(n, 3, regimes(n).independent);
        const [p, q] = [Float32Array.from(inputs.p), Float32Array.from(inputs.q)];
        p[n + place] = x;
        q[n + place] = y;
        const { got, wanted } = values(p, q, n);
        expectClose(got, wanted, LIMIT, 0, `length ${n}`);
      }
    }
  });

  it("takes long rows of any range and order", () => {
    const n = 1000;
    for (const range of [20, 40, 70, 85, 100, 140, 250]) {
      const { p, q } = rowsOf(n, 20, (seed) => {
        const draws = Array.from(uniform(n, seed), (x) => (x * range) / 2);
        const order = seed % 3 === 0 ? draws : draws.sort((x, y) => (seed % 3 === 1 ? x - y : y - x));
        const noise = Array.from(uniform(n, seed + 1), (x) => x * 10 ** -(seed % 5));
        return { p: order, q: order.map((x, i) => x * (1 - (seed % 2) / 100) + noise[i]) };
      });
      const { got, wanted } = values(Float32Array.from(p), Float32Array.from(q), n);
      expectClose(got, wanted, LIMIT, 0, `range ${range}`);
    }
  });

  it("gives along with values the gradients that the backward pass gives by itself", () => {
    for (const n of [3, 10, 50, 131, 1001]) {
      const inputs = rowsOf(n, 7, regimes(n)["near by 1e-1"]);
      const [p, q] = [Float32Array.from(inputs.p), Float32Array.from(inputs.q)];
      p[2 * n] = q[2 * n] = Number.NEGATIVE_INFINITY; // a row for the general kernel
      const options = { from: "logits" } as const;
      expect(kernels.fusesGradients(kl, p, q, n, options)).toBe(true);
      const empty = () => ({ p: new Float32Array(7 * n), q: new Float32Array(7 * n) });
      const [slopes, scaled, wanted] = [empty(), empty(), empty()];
      const [values, alone] = [new Float64Array(7), new Float64Array(7)];
      kernels.divergenceRows(kl, p, q, 7, n, options, values, slopes);
      kernels.divergenceRows(kl, p, q, 7, n, options, alone);
      expect(values).toEqual(alone);
      const upstream = Float32Array.of(2, -4, 0.5, 0, 1, 2, 8); // powers of 2, which scale without rounding
      kernels.divergenceRowsBackward(kl, p, q, 7, n, options, upstream, scaled.p, scaled.q, slopes);
      kernels.divergenceRowsBackward(kl, p, q, 7, n, options, upstream, wanted.p, wanted.q);
      expect(scaled).toEqual(wanted);
    }
  });

  it("refuses a temperature that cannot be used, as the reference does", () => {
    const x = Float32Array.of(0, 1);
    for (const temperature of [0, -1, NaN, Infinity]) {
      expect(() =>
        kernels.divergenceRows(kl, x, x, 1, 2, { from: "logits", temperature }, new Float64Array(1)),
      ).toThrow("temperature must be a positive number");
    }
  });
});
