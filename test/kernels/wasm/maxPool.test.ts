import { describe, expect, it } from "vitest";
import * as reference from "../../../src/kernels/pool.js";
import { maxPool } from "../../../src/kernels/wasm/maxPool.js";
import { placed, uniform } from "./agreement.js";

/** Windows of `size`, `step` apart, along an axis. */
const windows = (axis: number, size: number, stride: number, step = 1) =>
  Array.from({ length: Math.floor((axis - size) / stride) + 1 }, (_, i) => ({
    start: i * stride,
    end: i * stride + size,
    step,
  }));

describe.each(["float32", "float64"] as const)("max-pooling in %s", (dtype) => {
  const [planes, height, width] = [37, 30, 28];
  const grids = {
    "2×2": { height, width, rows: windows(height, 2, 2), columns: windows(width, 2, 2) },
    "overlapping and dilated": {
      height,
      width,
      rows: windows(height, 3, 1, 2),
      columns: windows(width, 5, 2, 2),
    },
    "of unequal sizes": { height, width, rows: windows(height, 30, 1), columns: windows(width, 9, 4) },
  };

  it.each(Object.entries(grids))("finds what the reference finds in windows %s, NaN included", (_, grid) => {
    const values = [...uniform(planes * height * width)];
    for (let i = 5; i < values.length; i += 97) values[i] = Number.NaN;
    for (let i = 1; i < 300; i++) values[i] = 0.5; // Of equal ones the first counts.
    const count = planes * grid.rows.length * grid.columns.length;
    const found = { out: placed(new Array(count).fill(0), dtype, "resident"), places: new Int32Array(count) };
    const wanted = { out: placed(new Array(count).fill(0), dtype, "plain"), places: new Int32Array(count) };
    expect(maxPool(placed(values, dtype, "resident"), grid, found.out, found.places)).toBe(true);
    reference.maxPool(placed(values, dtype, "plain"), grid, wanted.out, wanted.places);
    expect(found.places).toEqual(wanted.places);
    expect(found.out.slice()).toEqual(wanted.out);
  });

  it("leaves arrays elsewhere to the reference", () => {
    const x = placed(uniform(4), dtype, "plain");
    const grid = { height: 2, width: 2, rows: windows(2, 2, 2), columns: windows(2, 2, 2) };
    expect(maxPool(x, grid, x.slice(0, 1), new Int32Array(1))).toBe(false);
  });
});
