import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { FloatArray, FloatDType } from "../../../src/kernels/dtype.js";
import type { FilterGrid } from "../../../src/kernels/im2col.js";
import * as reference from "../../../src/kernels/im2col.js";
import * as kernels from "../../../src/kernels/wasm/im2col.js";
import { allocateInArena, isResident } from "../../../src/kernels/wasm/memory.js";
import { setThreads } from "../../../src/kernels/wasm/threads.js";

/** An array in the WebAssembly memory of at least `length` numbers, with values that tell places apart. */
function resident(dtype: FloatDType, length: number): FloatArray {
  const array = allocateInArena(dtype, Math.max(length, 4096))!;
  expect(isResident(array)).toBe(true);
  return fill(array);
}

function fill(array: FloatArray): FloatArray {
  for (let i = 0; i < array.length; i++) array[i] = ((i * 37) % 101) / 8 - 6;
  return array;
}

/** Where two arrays part; −1 if nowhere. */
function firstDifference(a: FloatArray, b: FloatArray): number {
  return a.findIndex((value: number, i: number) => !Object.is(value, b[i]));
}

const pair = (max: number, min = 1) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));

/** Any filter on any image, also where it sees nothing but padding. */
const grids = fc
  .record({
    channels: fc.integer({ min: 1, max: 3 }),
    height: fc.integer({ min: 1, max: 9 }),
    width: fc.integer({ min: 1, max: 11 }),
    kernel: pair(4),
    stride: pair(3),
    dilation: pair(3),
    padding: pair(5, 0),
  })
  .map((grid): FilterGrid => {
    const places = (size: number, d: 0 | 1) => {
      const room = size + 2 * grid.padding[d] - grid.dilation[d] * (grid.kernel[d] - 1) - 1;
      return Math.max(0, Math.floor(room / grid.stride[d]) + 1);
    };
    return { ...grid, outHeight: places(grid.height, 0), outWidth: places(grid.width, 1) };
  });

afterAll(() => setThreads(1));

describe.each(["float32", "float64"] as const)("kernels for the images' matrix, %s", (dtype) => {
  it("have the reference's bits, on any number of threads", () => {
    const images = 3;
    fc.assert(
      fc.property(grids, fc.integer({ min: 0, max: 5 }), fc.constantFrom(1, 2), (grid, offset, threads) => {
        setThreads(threads);
        const pixels = images * grid.channels * grid.height * grid.width;
        const taps = grid.channels * grid.kernel[0] * grid.kernel[1];
        const length = taps * images * grid.outHeight * grid.outWidth;
        const x = resident(dtype, offset + pixels);
        const matrix = resident(dtype, length);
        const expected = matrix.slice();
        kernels.im2col(x, offset, images, grid, matrix);
        reference.im2col(x, offset, images, grid, expected);
        expect(firstDifference(matrix, expected)).toBe(-1);

        fill(matrix);
        const back = resident(dtype, offset + pixels);
        const wanted = back.slice();
        kernels.col2im(matrix, images, grid, back, offset);
        reference.col2im(matrix, images, grid, wanted, offset);
        expect(firstDifference(back, wanted)).toBe(-1);
      }),
      { numRuns: 60 },
    );
  });

  it("swap the outer axes as the reference does", () => {
    fc.assert(
      fc.property(pair(9), fc.integer({ min: 1, max: 40 }), ([a, b], length) => {
        const x = resident(dtype, 3 + a * b * length);
        const out = resident(dtype, 2 + a * b * length);
        const wanted = out.slice();
        kernels.swapAxes(x, 3, a, b, length, out, 2);
        reference.swapAxes(x, 3, a, b, length, wanted, 2);
        expect(firstDifference(out, wanted)).toBe(-1);
      }),
      { numRuns: 40 },
    );
  });
});

describe("the matrix of images", () => {
  const grid: FilterGrid = {
    channels: 1,
    height: 2,
    width: 2,
    kernel: [2, 2],
    stride: [1, 1],
    dilation: [1, 1],
    padding: [0, 1],
    outHeight: 1,
    outWidth: 3,
  };

  it("has in each column what the filter sees, zeros where that is outside", () => {
    const out = new Float32Array(12);
    reference.im2col(Float32Array.of(1, 2, 3, 4), 0, 1, grid, out);
    expect(Array.from(out)).toEqual([0, 1, 2, 1, 2, 0, 0, 3, 4, 3, 4, 0]);
  });

  it("back to images counts each pixel as often as it is seen", () => {
    const out = new Float32Array(4).fill(9);
    reference.col2im(new Float32Array(12).fill(1), 1, grid, out, 0);
    expect(Array.from(out)).toEqual([2, 2, 2, 2]);
  });
});
