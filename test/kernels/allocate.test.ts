import { expect, it } from "vitest";
import { allocate } from "../../src/kernels/index.js";

it("a lack of memory is an error that says how much was asked for, and what helps", () => {
  expect(() => allocate("float64", 2 ** 40)).toThrow(
    "memory: no room for 1099511627776 elements of float64; give back tensors that are no longer needed with dispose()",
  );
});
