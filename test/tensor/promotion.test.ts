import { describe, expect, it } from "vitest";
import type { DType } from "../../src/kernels/index.js";
import {
  add,
  arange,
  mul,
  type Operand,
  ones,
  promoteTypes,
  resultType,
  tensor,
  where,
} from "../../src/tensor/index.js";
import rules from "../oracle/tensor-rules.json" with { type: "json" };

/** "float32[2]" has an axis, "float32[]" is 0-d, "2", "0.5" and "true" are plain values. */
function operand(kind: string): Operand {
  const found = /^(\w+)\[(2?)\]$/.exec(kind);
  if (found === null) return JSON.parse(kind) as number | boolean;
  return ones(found[2] === "" ? [] : [2], { dtype: found[1] as DType });
}

describe("type promotion", () => {
  it.each(rules.dtypes)("of %s and %s is %s", (a, b, expected) => {
    expect(promoteTypes(a as DType, b as DType)).toBe(expected);
  });

  it.each(rules.promotion)("of %s with %s is %s, as torch.result_type has it", (a, b, expected) => {
    expect(resultType([operand(a), operand(b)])).toBe(expected);
    expect(add(operand(a), operand(b)).dtype).toBe(expected);
    expect(mul(operand(a), operand(b)).dtype).toBe(expected);
    expect(where(tensor([true, false]), operand(a), operand(b)).dtype).toBe(expected);
  });

  it("counts plain numbers that are not finite as fractional", () => {
    expect(resultType([arange(2, { dtype: "int32" }), Number.NaN])).toBe("float32");
    expect(resultType([arange(2, { dtype: "int32" }), Number.POSITIVE_INFINITY])).toBe("float32");
  });

  it("lets axes decide before 0-d tensors, and these before plain numbers, among three operands", () => {
    const x = ones([2]);
    const zeroD = ones([], { dtype: "float64" });
    expect(resultType([x, zeroD, 0.5])).toBe("float32");
    expect(resultType([ones([2], { dtype: "int32" }), zeroD, 0.5])).toBe("float64");
    expect(resultType([true, 2, ones([], { dtype: "bool" })])).toBe("int32");
  });
});
