import { backend } from "../backend.js";
import type { TypedArray } from "../dtype.js";
import * as reference from "../elementwise.js";
import type { Strided } from "../strided.js";
import * as comparisons from "../wasm/compare.js";
import * as kernels from "../wasm/elementwise.js";

export type { BinaryName, UnaryName } from "../elementwise.js";

/** out[i] = f(a[i]) for a view `a` of `shape`; `out` is packed. `f` is a name or any other function. */
export function mapUnary(
  f: reference.UnaryName | ((a: number) => number),
  shape: readonly number[],
  a: Strided,
  out: TypedArray,
): void {
  if (typeof f === "string" && backend() === "wasm" && kernels.mapUnary(f, shape, a, out)) return;
  reference.mapUnary(f, shape, a, out);
}

/**
 * out[i] = f(a[i], b[i]) for views of one `shape` (broadcast axes have stride 0); `out` is packed. `f` is a
 * name or any other function.
 */
export function mapBinary(
  f: reference.BinaryName | ((a: number, b: number) => number),
  shape: readonly number[],
  a: Strided,
  b: Strided,
  out: TypedArray,
): void {
  if (typeof f === "string" && backend() === "wasm") {
    if (kernels.mapBinary(f, shape, a, b, out) || comparisons.compare(f, shape, a, b, out)) return;
  }
  reference.mapBinary(f, shape, a, b, out);
}

/** The gradient of klDiv by its target in one pass; false, with nothing done, if no kernel does it. */
export const klDivByTarget: typeof kernels.klDivByTarget = (...args) =>
  backend() === "wasm" && kernels.klDivByTarget(...args);

/** out[i] = condition[i] ? a[i] : b[i] for views of one `shape`; `out` is packed. */
export const select: typeof reference.select = (...args) => {
  if (!(backend() === "wasm" && comparisons.select(...args))) reference.select(...args);
};
