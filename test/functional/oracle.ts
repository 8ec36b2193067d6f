// Values of real PyTorch and how ours are compared with them.

import { expect } from "vitest";
import type { DType } from "../../src/kernels/index.js";
import { grad, type Shape, type Tensor, tensor, zerosLike } from "../../src/tensor/index.js";
import functional from "../oracle/functional.json" with { type: "json" };
import nn from "../oracle/nn.json" with { type: "json" };
import optim from "../oracle/optim.json" with { type: "json" };

const oracles = { functional, nn, optim };

export type Encoded = number | "NaN" | "Infinity" | "-Infinity";

export interface EncodedTensor {
  dtype: DType;
  shape: number[];
  values: Encoded[];
}

/** A value with its gradients and second derivatives, as `derivatives` in the oracle's script. */
export interface Derivatives {
  value: EncodedTensor;
  grads: EncodedTensor[];
  second?: EncodedTensor[];
}

export function readOracle<T>(name: keyof typeof oracles): T {
  return oracles[name] as T;
}

export function decode({ values, shape, dtype }: EncodedTensor, as: DType = dtype): Tensor {
  return tensor(values.map(Number), { dtype: as }).reshape(shape);
}

/** The weights that the oracle's scripts call pattern(k): ((7i + 5k) mod 16 + 1) / 8. */
export function pattern(k: number, shape: Shape, dtype: DType): Tensor {
  const numel = shape.reduce((n, size) => n * size, 1);
  const values = Array.from({ length: numel }, (_, i) => (((i * 7 + k * 5) % 16) + 1) / 8);
  return tensor(values, { dtype }).reshape(shape);
}

/** How far a value may be from PyTorch's. */
export interface Allowance {
  /** The size of terms that cancel: what the rounding of PyTorch's and of ours leaves is allowed. */
  scale?: number;
  /** The precision to expect, where it is not the dtype's; see the numeric contract in docs. */
  precision?: "float32";
  /** Whether 0 may have either sign, and be what is left of terms that cancel. */
  anyZero?: boolean;
}

/** Expects shape, dtype and values of `expected`: float64 to 1e-12, float32 to 2e-6, with signs of zeros. */
export function expectTensor(found: Tensor, expected: EncodedTensor, allowance: Allowance = {}): void {
  const { scale = 0, precision = expected.dtype, anyZero = false } = allowance;
  expect(found.shape).toEqual(expected.shape);
  expect(found.dtype).toBe(expected.dtype);
  const [tolerance, rounding] = precision === "float64" ? [1e-12, 2 ** -52] : [2e-6, 2 ** -23];
  found.data.forEach((value, i) => {
    const wanted = Number(expected.values[i]);
    const allowed = tolerance * Math.abs(wanted) + 2 * rounding * scale;
    const near = Math.abs(value - wanted) <= allowed;
    if (Object.is(value, wanted) || (near && (value !== 0 || anyZero))) return;
    expect.fail(`element ${i} is ${value}, PyTorch's ${wanted}`);
  });
}

/** Expects value, gradients and second derivatives of `f` to be PyTorch's. */
export function expectDerivatives(
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  expected: Derivatives,
  allowance: Allowance = {},
): void {
  const leaves = inputs.map((input) => {
    const leaf = input.detach();
    leaf.requiresGrad = true;
    return leaf;
  });
  const out = f(...leaves);
  expectTensor(out, expected.value, allowance);
  const weights = pattern(1, out.shape, out.dtype);
  weights.requiresGrad = true;
  const first = grad(out, leaves, { gradOutputs: weights, createGraph: expected.second !== undefined });
  first.forEach((gradient, i) => {
    expectTensor(gradient, expected.grads[i], allowance);
  });
  if (expected.second === undefined) return;
  const total = first
    .map((gradient, i) => gradient.mul(pattern(2 + i, gradient.shape, gradient.dtype)).sum())
    .reduce((a, b) => a.add(b));
  const wanted = [...leaves, weights];
  const second = grad(total, wanted, { allowUnused: true });
  second.forEach((gradient, i) => {
    expectTensor(gradient ?? zerosLike(wanted[i]), expected.second![i], allowance);
  });
}
