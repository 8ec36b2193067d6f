import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { F } from "../../src/functional/index.js";
import type { DType } from "../../src/kernels/index.js";
import { type Tensor, zeros } from "../../src/tensor/index.js";
import {
  type Derivatives,
  decode,
  type EncodedTensor,
  expectDerivatives,
  expectTensor,
  readOracle,
} from "./oracle.js";

type Name = "softmax" | "logSoftmax" | "softmin";

interface Case {
  name: Name;
  input: EncodedTensor;
  dtype: DType;
}

const oracle = readOracle<{
  softmax: (Case & Derivatives & { dim: number | null })[];
  softmaxSpecial: (Case & Derivatives)[];
  softmaxDType: (Case & { value: EncodedTensor })[];
}>("functional");

beforeEach(() => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("softmax, logSoftmax and softmin give PyTorch's values and derivatives", () => {
  it.each(oracle.softmax)("$name of $input.shape along $dim, $dtype", (entry) => {
    const f = (x: Tensor) => F[entry.name](x, entry.dim ?? undefined);
    expectDerivatives(f, [decode(entry.input, entry.dtype)], entry, { scale: 4 });
  });

  it.each(oracle.softmaxSpecial)("$name of rows with infinities and NaN, $dtype", (entry) => {
    const f = (x: Tensor) => F[entry.name](x, -1);
    expectDerivatives(f, [decode(entry.input, entry.dtype)], entry, { scale: 4 });
  });

  it.each(oracle.softmaxDType)("$name of $input.dtype converted to $dtype first", (entry) => {
    expectTensor(F[entry.name](decode(entry.input), -1, { dtype: entry.dtype }), entry.value, { scale: 1 });
  });
});

describe.each(["softmax", "logSoftmax", "softmin"] as const)("%s", (name) => {
  it("refuses an axis out of range, saying what the range is", () => {
    expect(() => F[name](zeros([2, 3]), 2)).toThrow(
      "Dimension out of range (expected to be in range of [-2, 1], but got 2)",
    );
  });

  it("refuses integers without a dtype", () => {
    expect(() => F[name](zeros([2], { dtype: "int32" }), 0)).toThrow("not implemented for int32");
  });

  it("refuses what is not a tensor", () => {
    expect(() => F[name]([1, 2] as unknown as Tensor, 0)).toThrow(`${name}: wanted a tensor, got an array`);
  });
});
