import { afterEach, describe, expect, it } from "vitest";
import { allocate, type DType } from "../../../src/kernels/dtype.js";
import { exponential, fixed } from "../../../src/tensor/format/decimal.js";
import {
  formatTensor,
  type Printable,
  type PrintProfile,
  setPrintOptions,
} from "../../../src/tensor/format/index.js";
import printed from "../../oracle/format.json" with { type: "json" };

type Encoded = number | "NaN" | "Infinity" | "-Infinity";

interface Case {
  shape: number[];
  dtype: DType;
  values?: Encoded[];
  /** Element i is ((i · multiplier) mod modulus + shift) · scale. */
  rule?: [multiplier: number, modulus: number, shift: number, scale: number];
  requiresGrad?: boolean;
  gradFn?: string;
  options?: Record<string, Encoded | boolean> & { profile?: PrintProfile };
  text: string;
}

interface Printed {
  cases: Case[];
  numbers: { x: number; decimals: number; fixed: string; exponential: string }[];
}

const oracle = printed as unknown as Printed;

function printable({ shape, dtype, values, rule, requiresGrad = false, gradFn }: Case): Printable {
  const numel = shape.reduce((n, size) => n * size, 1);
  const data = allocate(dtype, numel);
  for (let i = 0; i < numel; i++) {
    data[i] = rule ? (((i * rule[0]) % rule[1]) + rule[2]) * rule[3] : Number(values![i]);
  }
  return { data, shape, dtype, requiresGrad, gradFn };
}

afterEach(() => setPrintOptions({ profile: "default" }));

describe("tensors are printed as PyTorch prints them", () => {
  const cases = oracle.cases.map((entry, i) => ({ ...entry, title: `${i}: ${entry.text.slice(0, 40)}` }));

  it.each(cases)("$dtype $shape $title", (entry) => {
    if (entry.options) setPrintOptions(entry.options);
    expect(formatTensor(printable(entry))).toBe(entry.text);
  });
});

describe("numbers are written as Python writes them", () => {
  it.each(oracle.numbers)("$x with $decimals decimals", (entry) => {
    expect(fixed(entry.x, entry.decimals)).toBe(entry.fixed);
    expect(exponential(entry.x, entry.decimals)).toBe(entry.exponential);
  });
});
