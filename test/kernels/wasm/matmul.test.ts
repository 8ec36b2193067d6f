import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FloatArray } from "../../../src/kernels/dtype.js";
import { type Matrix, matmul as reference } from "../../../src/kernels/matmul.js";
import { matmul } from "../../../src/kernels/wasm/matmul.js";
import { memoryStatistics } from "../../../src/kernels/wasm/memory.js";
import { placed, places, uniform } from "./agreement.js";

const roundings = [
  ["float32", 2 ** -24],
  ["float64", 2 ** -53],
] as const;

/** How a matrix can lie in its array: row after row, column after column, or with gaps. */
const layouts = ["rows", "columns", "gaps"] as const;

function matrix(array: FloatArray, layout: (typeof layouts)[number], rows: number, columns: number): Matrix {
  if (layout === "rows") return { array, offset: 0, rowStride: columns, columnStride: 1 };
  if (layout === "columns") return { array, offset: 0, rowStride: 1, columnStride: rows };
  return { array, offset: 3, rowStride: 2 * columns + 1, columnStride: 2 };
}

function random(count: number, seed: number, dtype: "float32" | "float64", place: (typeof places)[number]) {
  return placed(uniform(2 * count + 2 * 1200, seed), dtype, place);
}

describe.each(roundings)("the product of matrices in %s", (dtype, rounding) => {
  const check = (
    m: number,
    k: number,
    n: number,
    place: (typeof places)[number],
    layoutA: (typeof layouts)[number],
    layoutB: (typeof layouts)[number],
  ) => {
    const a = matrix(random(m * k, 1, dtype, place), layoutA, m, k);
    const b = matrix(random(k * n, 2, dtype, place), layoutB, k, n);
    const out = placed(new Array(m * n + 4).fill(42), dtype, place);
    matmul(a, b, m, k, n, out, 2);
    const wanted = new Float64Array(m * n);
    reference(a, b, m, k, n, wanted, 0);
    const tolerance = 2 * rounding * (k + 8); // √k roundings of sums that grow to √k
    let worst = 0;
    for (let i = 0; i < wanted.length; i++) worst = Math.max(worst, Math.abs(out[i + 2] - wanted[i]));
    expect(worst, `${m}×${k}×${n} ${layoutA} ${layoutB}`).toBeLessThanOrEqual(tolerance);
    expect([out[0], out[1], out[m * n + 2], out[m * n + 3]]).toEqual([42, 42, 42, 42]);
  };

  it.each(places)("is right for every edge of a tile, in %s memory", (place) => {
    for (const m of [13, 14, 33]) {
      for (let n = 13; n <= 35; n++) check(m, 15, n, place, "rows", "rows");
    }
    for (let k = 12; k <= 20; k++) check(16, k, 17, place, "rows", "rows");
  });

  it.each(places)("takes any strides, in %s memory", (place) => {
    for (const a of layouts) {
      for (const b of layouts) {
        check(21, 23, 37, place, a, b);
        check(64, 40, 10, place, a, b);
      }
    }
  });

  it("is right over several slabs and blocks", () => {
    for (const layout of layouts) check(70, 600, 50, "resident", layout, layout);
    check(3, 1100, 40, "plain", "rows", "rows");
    check(200, 257, 1, "plain", "rows", "columns");
    check(1, 300, 200, "plain", "rows", "columns");
  });

  it("gives a row the same bits in any product it is part of", () => {
    const [m, k, n] = [67, 300, 40];
    const a = random(m * k, 1, dtype, "resident");
    const b = matrix(random(k * n, 2, dtype, "resident"), "rows", k, n);
    const whole = placed(new Array(m * n).fill(0), dtype, "plain");
    matmul(matrix(a, "rows", m, k), b, m, k, n, whole, 0);
    for (let i = 0; i < m; i++) {
      const row = placed(new Array(n).fill(0), dtype, "plain");
      matmul({ array: a, offset: i * k, rowStride: k, columnStride: 1 }, b, 1, k, n, row, 0);
      expect(row).toEqual(whole.slice(i * n, (i + 1) * n));
    }
  });

  it("is exact in small integers, for random shapes", () => {
    const size = fc.integer({ min: 1, max: 48 });
    fc.assert(
      fc.property(size, size, size, (m, k, n) => {
        const integers = (count: number, seed: number) =>
          placed(
            Array.from(uniform(count, seed), (u) => Math.round(u * 9)),
            dtype,
            "plain",
          );
        const a = matrix(integers(m * k, m), "rows", m, k);
        const b = matrix(integers(k * n, n), "columns", k, n);
        const out = integers(m * n, 1);
        const wanted = integers(m * n, 1);
        matmul(a, b, m, k, n, out, 0);
        reference(a, b, m, k, n, wanted, 0);
        expect(out).toEqual(wanted);
      }),
    );
  });

  it("passes on NaN and infinities where they meet only", () => {
    const [m, k, n] = [17, 19, 18];
    const a = random(m * k, 1, dtype, "plain");
    a[3 * k + 2] = Number.NaN;
    a[5 * k + 2] = Number.POSITIVE_INFINITY;
    const b = matrix(random(k * n, 2, dtype, "plain"), "rows", k, n);
    const out = placed(new Array(m * n).fill(0), dtype, "plain");
    matmul(matrix(a, "rows", m, k), b, m, k, n, out, 0);
    for (let i = 0; i < m * n; i++) {
      const row = Math.floor(i / n);
      expect(Number.isNaN(out[i])).toBe(row === 3);
      expect(Math.abs(out[i]) === Number.POSITIVE_INFINITY).toBe(row === 5);
    }
  });

  it("leaves no memory behind", () => {
    const before = memoryStatistics();
    for (let i = 0; i < 50; i++) check(40, 40, 40, "plain", "rows", "rows");
    expect(memoryStatistics().blocks).toBe(before.blocks);
  });
});

describe("the product of other matrices", () => {
  it("is the reference's for integers and for empty ones", () => {
    const a = { array: new Int32Array(400).fill(3), offset: 0, rowStride: 20, columnStride: 1 };
    const out = new Int32Array(400);
    matmul(a, a, 20, 20, 20, out, 0);
    expect(out).toEqual(new Int32Array(400).fill(180));
    const empty = { array: new Float32Array(0), offset: 0, rowStride: 0, columnStride: 1 };
    const zeros = new Float32Array(64 * 64).fill(1);
    matmul(empty, empty, 64, 0, 64, zeros, 0);
    expect(zeros.every((x) => x === 0)).toBe(true);
  });
});
