import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { F } from "../../src/functional/index.js";
import type { DType } from "../../src/kernels/index.js";
import { type Tensor, zeros } from "../../src/tensor/index.js";
import { type Derivatives, decode, type EncodedTensor, expectDerivatives, readOracle } from "./oracle.js";

interface Case extends Derivatives {
  input: EncodedTensor;
  target: EncodedTensor;
  reduction: F.LossReduction;
  dtype: DType;
}

const oracle = readOracle<{ mseLoss: Case[] }>("functional");

beforeEach(() => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("mseLoss", () => {
  it.each(oracle.mseLoss)(
    "gives PyTorch's value and derivatives for $input.shape and $target.shape, $reduction, $dtype",
    (entry) => {
      const { input, target, reduction, dtype } = entry;
      const f = (x: Tensor, t: Tensor) => F.mseLoss(x, t, { reduction });
      expectDerivatives(f, [decode(input, dtype), decode(target, dtype)], entry, { scale: 4 });
    },
  );

  it("promotes as PyTorch does, and refuses two integers", () => {
    const ints = zeros([2], { dtype: "int32" });
    expect(F.mseLoss(ints, zeros([2])).dtype).toBe("float32");
    expect(() => F.mseLoss(ints, ints)).toThrow("mseLoss: wanted a floating-point tensor among the two");
  });

  it("refuses a reduction it does not know, batchmean too", () => {
    for (const reduction of ["foo", "batchmean"]) {
      expect(() => F.mseLoss(zeros([2]), zeros([2]), { reduction: reduction as F.LossReduction })).toThrow(
        `mseLoss: ${reduction} is not a valid value for reduction`,
      );
    }
  });

  it("refuses what is not a tensor", () => {
    expect(() => F.mseLoss(zeros([2]), 3 as unknown as Tensor)).toThrow(
      "mseLoss: wanted a tensor, got a number",
    );
  });

  it("warns that differing shapes are seldom meant", () => {
    F.mseLoss(zeros([5, 1]), zeros([5]));
    expect(console.warn).toHaveBeenCalledWith(
      "Warning: mseLoss: using a target of shape [5] that is different to the input's [5, 1]; " +
        "broadcasting will likely lead to incorrect results",
    );
  });
});
