import { describe, expect, it } from "vitest";
import type { FloatArray } from "../../../src/kernels/dtype.js";
import * as reference from "../../../src/kernels/softmax.js";
import * as kernels from "../../../src/kernels/wasm/softmax.js";
import { expectClose, lengths, placed, places, precisions, uniform } from "./agreement.js";

const ROWS = 3;
const epsilon = { float32: 2 ** -23, float64: 2 ** -52 };
const smallest = { float32: 2 ** -149, float64: 2 ** -1074 };

function like(x: FloatArray, length = x.length): FloatArray {
  return x instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
}

describe.each(precisions)("softmax rows in %s", (dtype, tolerance) => {
  const rows = (length: number, scale: number, place: (typeof places)[number]) =>
    placed(
      Array.from(uniform(ROWS * length, length), (u) => u * scale),
      dtype,
      place,
    );

  describe.each(places)("in %s memory", (place) => {
    it.each([0.01, 1, 50])("agree with the reference for every length, at scale %d", (scale) => {
      for (const length of lengths) {
        const x = rows(length, scale, place);
        const out = placed(x, dtype, place);
        const wanted = like(x);
        const label = `length ${length}`;
        // x − max, up to 2·scale, is rounded before exp. What underflows may be off by one unit of the smallest denormal.
        const floor = (2 * smallest[dtype]) / tolerance;

        kernels.softmax(x, length, out);
        reference.softmax(x, length, wanted);
        expectClose(out, wanted, tolerance + scale * epsilon[dtype], floor, label);

        kernels.logSoftmax(x, length, out);
        reference.logSoftmax(x, length, wanted);
        expectClose(out, wanted, tolerance, 1e-3, label);

        const sums = like(x, ROWS);
        const wantedSums = like(x, ROWS);
        kernels.logSumExp(x, length, sums);
        reference.logSumExp(x, length, wantedSums);
        expectClose(sums, wantedSums, tolerance, 1, label);
      }
    });

    it("have the reference's gradients for every length", () => {
      for (const length of lengths) {
        const x = rows(length, 5, place);
        const g = placed(uniform(ROWS * length, 7), dtype, place);
        const y = placed(x, dtype, place);
        const out = placed(x, dtype, place);
        const wanted = like(x);

        reference.softmax(x, length, y);
        kernels.softmaxBackward(y, g, length, out);
        reference.softmaxBackward(y, g, length, wanted);
        expectClose(out, wanted, tolerance, 1, `length ${length}`);

        reference.logSoftmax(x, length, y);
        kernels.logSoftmaxBackward(y, g, length, out);
        reference.logSoftmaxBackward(y, g, length, wanted);
        expectClose(out, wanted, tolerance, Math.sqrt(length), `length ${length}`);

        const sums = placed(new Array(ROWS).fill(0), dtype, place);
        const gs = placed([0.5, -2, 3e-20], dtype, place);
        reference.logSumExp(x, length, sums);
        kernels.logSumExpBackward(x, sums, gs, length, out);
        reference.logSumExpBackward(x, sums, gs, length, wanted);
        expectClose(out, wanted, 2 * tolerance, 1e-36, `length ${length}`);
      }
    });
  });

  it("write nothing outside of their rows", () => {
    for (const length of lengths) {
      const x = placed(uniform(length), dtype, "unaligned");
      const block = placed(new Array(length + 8).fill(42), dtype, "unaligned");
      const inner = block.subarray(4, 4 + length);
      for (const kernel of [kernels.softmax, kernels.logSoftmax]) {
        kernel(x, length, inner);
        expect([...block.subarray(0, 4), ...block.subarray(4 + length)]).toEqual(new Array(8).fill(42));
      }
    }
  });

  it.each([
    ["−∞ among numbers", [1, -Infinity, 2, -Infinity, 0.5]],
    ["−∞ alone", [-Infinity, -Infinity, -Infinity, -Infinity, -Infinity]],
    ["+∞", [1, Infinity, 2, 3, 4]],
    ["both infinities", [Infinity, -Infinity, Infinity, 1, 0]],
    ["NaN at the start", [Number.NaN, 1, 2, 3, 4]],
    ["NaN in the tail", [1, 2, 3, 4, Number.NaN]],
    ["NaN and −∞", [Number.NaN, -Infinity, -Infinity, -Infinity, -Infinity]],
    ["NaN and +∞", [Number.NaN, Infinity, 1, 1, 1]],
    ["huge numbers", [1e30, -1e30, 1e30, 3, 0]],
    ["denormals", [1e-40, -1e-40, 3e-45, 0, -0]],
    ["equal numbers", [7, 7, 7, 7, 7]],
  ])("treat %s as the reference does", (_, values) => {
    for (const place of places) {
      const x = placed(values, dtype, place);
      const wanted = like(x);
      const out = like(x);
      kernels.softmax(x, 5, out);
      reference.softmax(x, 5, wanted);
      expectClose(out, wanted, tolerance);
      kernels.logSoftmax(x, 5, out);
      reference.logSoftmax(x, 5, wanted);
      expectClose(out, wanted, tolerance);
      const sum = like(x, 1);
      const wantedSum = like(x, 1);
      kernels.logSumExp(x, 5, sum);
      reference.logSumExp(x, 5, wantedSum);
      expectClose(sum, wantedSum, tolerance);
    }
  });

  it("keep what is small beside the largest weight", () => {
    const x = placed([0, -14, -15, -16, -15.5], dtype, "plain");
    const out = like(x);
    const wanted = like(x);
    kernels.logSoftmax(x, 5, out);
    reference.logSoftmax(x, 5, wanted);
    expectClose(out, wanted, dtype === "float32" ? 1e-6 : 1e-9);
  });

  it("give a row the same bits wherever it stands", () => {
    const length = 37;
    const x = placed(uniform(ROWS * 100 * length), dtype, "resident");
    const together = like(x);
    kernels.softmax(x, length, together);
    for (let row = 0; row < ROWS * 100; row += 17) {
      const alone = like(x, length);
      kernels.softmax(x.slice(row * length, (row + 1) * length), length, alone);
      expect(alone).toEqual(together.slice(row * length, (row + 1) * length));
    }
  });

  it("take rows of many blocks", () => {
    for (const place of places) {
      const length = 40000;
      const x = placed(uniform(5 * length), dtype, place);
      const out = like(x);
      const wanted = like(x);
      kernels.softmax(x, length, out);
      reference.softmax(x, length, wanted);
      expectClose(out, wanted, tolerance);
    }
  });

  it("do nothing for empty rows", () => {
    const sums = like(placed([], dtype, "plain"), 2);
    kernels.logSumExp(like(sums, 0), 0, sums);
    expect([...sums]).toEqual([-Infinity, -Infinity]);
    kernels.softmax(like(sums, 0), 0, like(sums, 0));
    kernels.logSoftmaxBackward(like(sums, 0), like(sums, 0), 0, like(sums, 0));
  });
});
