// Checks of arguments that TypeScript cannot make for callers from JavaScript, or for numbers.

import { KullbackError } from "../errors.js";
import { describeValue } from "./describe.js";
import { Tensor } from "./tensor.js";

/** Throws unless all `values` are tensors. @internal */
export function checkTensors(name: string, ...values: readonly unknown[]): void {
  for (const value of values) if (!(value instanceof Tensor)) throw noTensor(name, value);
}

/** The error for a value that should have been a tensor. @internal */
export function noTensor(name: string, value: unknown): KullbackError {
  const found = Array.isArray(value) ? "an array" : describeValue(value);
  return new KullbackError(`${name}: wanted a tensor, got ${found}; make one with tensor(…)`);
}

/** Throws unless `value` is a number and not NaN. @internal */
export function checkNumber(name: string, what: string, value: number): void {
  if (typeof value === "number" && !Number.isNaN(value)) return;
  throw new KullbackError(`${name}: wanted a number as ${what}, got ${describeNumber(value)}`);
}

/** Throws unless `value` is a function. @internal */
export function checkFunction(name: string, value: unknown): void {
  if (typeof value === "function") return;
  throw new KullbackError(`${name}: wanted a function, got ${describeValue(value)}`);
}

function describeNumber(value: unknown): string {
  return typeof value === "number" ? "NaN" : describeValue(value);
}
