import { describe, expect, it } from "vitest";
import type { TypedArray } from "../../../src/kernels/dtype.js";
import * as reference from "../../../src/kernels/elementwise.js";
import * as kernels from "../../../src/kernels/wasm/compare.js";
import { placed, places, precisions, uniform } from "./agreement.js";

const special = [0, -0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

/** Few different numbers, so that equal ones meet, and special ones. */
function numbers(count: number, seed: number): number[] {
  return Array.from(uniform(count, seed), (x, i) =>
    i % 5 === 0 ? special[Math.floor((x + 1) * 3.5)] : Math.round(3 * x) / 3,
  );
}

const ROWS = 40;
const lengths = [13, 64, 101];

/** Layouts of an operand of [ROWS, n]: how many numbers it has, and its strides. */
const layouts: Record<string, (n: number) => { count: number; strides: number[] }> = {
  packed: (n) => ({ count: ROWS * n, strides: [n, 1] }),
  row: (n) => ({ count: n, strides: [0, 1] }),
  column: () => ({ count: ROWS, strides: [1, 0] }),
  number: () => ({ count: 1, strides: [0, 0] }),
};

function strided(array: TypedArray, strides: number[]) {
  return { array, offset: 0, strides };
}

describe.each(precisions)("%s", (dtype) => {
  it.each(["eq", "ne", "lt", "le", "gt", "ge"] as const)("%s agrees with the reference", (name) => {
    for (const place of places) {
      for (const n of lengths) {
        for (const left of Object.values(layouts)) {
          for (const right of [layouts.packed, layouts.number, layouts.column]) {
            const [a, b] = [left(n), right(n)];
            const x = strided(placed(numbers(a.count, n), dtype, place), a.strides);
            const y = strided(placed(numbers(b.count, n + 1), dtype, place), b.strides);
            const [got, wanted] = [new Uint8Array(ROWS * n).fill(7), new Uint8Array(ROWS * n)];
            expect(kernels.compare(name, [ROWS, n], x, y, got)).toBe(true);
            reference.mapBinary(name, [ROWS, n], x, y, wanted);
            expect(got).toEqual(wanted);
          }
        }
      }
    }
  });

  it("chooses between operands as the reference does", () => {
    for (const place of places) {
      for (const n of lengths) {
        for (const condition of [layouts.packed, layouts.row]) {
          for (const right of Object.values(layouts)) {
            const [c, b] = [condition(n), right(n)];
            const bits = Uint8Array.from(uniform(c.count, n), (x) => (x > 0 ? 1 : 0));
            const x = strided(placed(numbers(ROWS * n, n), dtype, place), [n, 1]);
            const y = strided(placed(numbers(b.count, n + 1), dtype, place), b.strides);
            const out = () => placed(new Array<number>(ROWS * n).fill(5), dtype, place);
            const [got, wanted] = [out(), out()];
            expect(kernels.select([ROWS, n], strided(bits, c.strides), x, y, got)).toBe(true);
            reference.select([ROWS, n], strided(bits, c.strides), x, y, wanted);
            expect(Array.from(got)).toEqual(Array.from(wanted));
          }
        }
      }
    }
  });
});

describe("comparison kernels", () => {
  it("leave to the reference what they do not suit", () => {
    const x = strided(new Float32Array(2000), [2]);
    const out = new Uint8Array(1000);
    expect(kernels.compare("lt", [1000], x, x, out)).toBe(false);
    const y = strided(new Float64Array(1000), [1]);
    expect(kernels.compare("lt", [1000], strided(new Float32Array(1000), [1]), y, out)).toBe(false);
    expect(kernels.compare("add", [1000], y, y, out)).toBe(false);
    expect(kernels.compare("lt", [1000], y, y, new Float64Array(1000))).toBe(false);
    const column = strided(new Uint8Array(ROWS), [1, 0]);
    const z = strided(new Float64Array(ROWS * 50), [50, 1]);
    expect(kernels.select([ROWS, 50], column, z, z, new Float64Array(ROWS * 50))).toBe(false);
  });
});
