// Runs the cases of test/oracle/tensor-*.json: one helper checks value, shape, dtype, gradients and second
// derivatives of a call against PyTorch's.

import { expect } from "vitest";
import { KullbackError } from "../../src/errors.js";
import { allocate, type DType, isFloat } from "../../src/kernels/index.js";
import { fromArray, grad, type Tensor, tensor, to, zerosLike } from "../../src/tensor/index.js";
import { operations } from "./operations.js";

type Printed = number | string | boolean;

interface OracleArray {
  s: number[];
  d: DType;
  v: Printed[];
  /** How far PyTorch's own float32 result is from its float64 one, where that is more than 2e-6 of it. */
  e?: number;
}

export interface OracleCase {
  op: string;
  in: Printed[];
  args?: unknown[];
  out?: OracleArray[];
  grads?: OracleArray[];
  grads2?: OracleArray[];
  error?: string;
}

export interface OracleFile {
  pool: Record<string, { s: number[]; v: Printed[] }>;
  cases: OracleCase[];
}

const views: Record<string, (x: Tensor) => Tensor> = {
  T: (x) => x.transpose(-2, -1),
  N: (x) => x.narrow(-1, 1, x.size(-1) - 2),
  E: (x) => x.expand([3, ...x.shape]),
  F: (x) => x.narrow(0, 1, x.size(0) - 1),
  P: (x) => x.permute([2, 0, 1]),
};

/** What is written as a string because JSON cannot hold it. */
function revive(value: unknown): unknown {
  return value === "NaN" || value === "Infinity" || value === "-Infinity" ? Number(value) : value;
}

/** The element weights with which outputs enter the derivatives; see tensor.py. */
function weights(x: Tensor, weight: (i: number) => number): Tensor {
  const array = allocate("float64", x.numel);
  for (let i = 0; i < array.length; i++) array[i] = weight(i);
  return to(fromArray(array, x.shape), x.dtype);
}
const upstream = (i: number) => (((i * 7) % 11) - 4.5) / 4;
const second = (i: number) => (((i * 5) % 7) - 2.5) / 2;

/** Two results may differ by this much: relatively, and absolutely where sums cancel. */
const tolerance = { float64: [1e-12, 1e-15], float32: [2e-6, 0], int32: [0, 0], bool: [0, 0] };

function expectArray(what: string, got: Tensor, want: OracleArray, strictZero: boolean): void {
  expect([...got.shape], `shape of ${what}`).toEqual(want.s);
  expect(got.dtype, `dtype of ${what}`).toBe(want.d);
  const [relative, absolute] = tolerance[got.dtype];
  const { data } = got;
  want.v.forEach((printed, i) => {
    const expected = Number(printed);
    const close =
      Object.is(data[i], expected) ||
      (data[i] === expected && !(strictZero && expected === 0)) ||
      Math.abs(data[i] - expected) <= Math.max(relative * Math.abs(expected), absolute, want.e ?? 0);
    if (!close) {
      const sign = (x: number) => (Object.is(x, -0) ? "-0" : String(x));
      expect.fail(`${what}: element ${i} is ${sign(data[i])}, PyTorch has ${sign(expected)}; all: [${data}]`);
    }
  });
}

/** Gradients of the outputs that require one; zeros where an input is not used. */
function derivatives(
  outputs: readonly Tensor[],
  leaves: readonly Tensor[],
  weight: (i: number) => number,
  createGraph: boolean,
): Tensor[] {
  const live = outputs.filter((output) => output.requiresGrad);
  const gradOutputs = live.map((output) => weights(output, weight));
  const found = grad(live, leaves, { gradOutputs, createGraph, allowUnused: true });
  return found.map((gradient, i) => gradient ?? zerosLike(leaves[i]));
}

/** Runs one case; throws where we part from PyTorch. */
export function runCase(file: OracleFile, entry: OracleCase): void {
  const leaves: Tensor[] = [];
  const operands = entry.in.map((ref) => {
    if (typeof ref !== "string") return ref;
    const [path, dtype = "float64"] = ref.split("/") as [string, DType?];
    const [name, how] = path.split(".");
    const { s, v } = file.pool[name];
    const leaf = tensor(v.map(Number), { dtype }).reshape(s);
    if (isFloat(dtype)) {
      leaf.requiresGrad = true;
      leaves.push(leaf);
    }
    return how === undefined ? leaf : views[how](leaf);
  });
  const args = (entry.args ?? []).map((arg) => revive(arg) ?? undefined);
  const call = () => {
    const result: unknown = operations[entry.op](operands, args);
    return (Array.isArray(result) ? result : [result]) as Tensor[];
  };
  if (entry.error !== undefined) {
    expect(call, `PyTorch refuses: ${entry.error}`).toThrow(KullbackError);
    return;
  }
  const outputs = call();
  const { out = [], grads = [], grads2 = [] } = entry;
  expect(outputs.length, "number of results").toBe(out.length);
  out.forEach((want, i) => {
    expectArray(`result ${i}`, outputs[i], want, true);
  });
  expect(
    outputs.some((output) => output.requiresGrad),
    "whether the result requires a gradient",
  ).toBe(grads.length > 0);
  if (grads.length === 0) return;
  const first = derivatives(outputs, leaves, upstream, grads2.length > 0);
  grads.forEach((want, i) => {
    expectArray(`gradient of input ${i}`, first[i], want, false);
  });
  if (grads2.length === 0) return;
  const twice = derivatives(first, leaves, second, false);
  grads2.forEach((want, i) => {
    expectArray(`second derivative by input ${i}`, twice[i], want, false);
  });
}
