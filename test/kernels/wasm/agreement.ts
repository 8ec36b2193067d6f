// What the tests of the WebAssembly kernels share: inputs of every kind, and how close is close.

import { expect } from "vitest";
import type { FloatArray, FloatDType } from "../../../src/kernels/dtype.js";
import { allocateInArena } from "../../../src/kernels/wasm/memory.js";

/** The dtypes, each with the relative error allowed to one kernel. */
export const precisions: readonly [FloatDType, number][] = [
  ["float32", 2e-6],
  ["float64", 1e-12],
];

/** Every length up to 70, so that each tail of each unrolled loop comes up, and some long ones. */
export const lengths = [...Array.from({ length: 70 }, (_, i) => i + 1), 127, 128, 129, 255, 1000, 1023, 5000];

/** Where operands can lie: in ordinary memory or in that of WebAssembly, there also off any alignment. */
export const places = ["plain", "resident", "unaligned"] as const;

/** `values` as a dtype in one of the places. */
export function placed(
  values: Iterable<number>,
  dtype: FloatDType,
  place: (typeof places)[number],
): FloatArray {
  const list = Array.from(values);
  if (place === "plain") return dtype === "float32" ? Float32Array.from(list) : Float64Array.from(list);
  const block = allocateInArena(dtype, list.length + 5000)!;
  const start = place === "unaligned" ? 1 : 0;
  const array = block.subarray(start, start + list.length);
  array.set(list);
  return array;
}

/** Numbers in (−1, 1) from a fixed seed. */
export function* uniform(count: number, seed = 1): Generator<number> {
  let state = seed >>> 0;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 31 - 1;
  }
}

/** Fails unless every number is within `tolerance` · max(|wanted|, floor) of the wanted one, or both are NaN. */
export function expectClose(
  actual: ArrayLike<number>,
  wanted: ArrayLike<number>,
  tolerance: number,
  floor = 0,
  label = "",
): void {
  expect(actual.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++) {
    const a = actual[i];
    const b = wanted[i];
    if (Object.is(a, b) || a === b) continue;
    if (!(Math.abs(a - b) <= tolerance * Math.max(Math.abs(b), floor))) {
      expect.fail(`${label} element ${i} of ${wanted.length}: got ${a}, wanted ${b}`);
    }
  }
}
