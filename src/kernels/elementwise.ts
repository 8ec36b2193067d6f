import type { TypedArray } from "./dtype.js";
import { forEachRun, type Strided } from "./strided.js";

/** out[i] = f(a[i]) for a view `a` of `shape`; `out` is packed. */
export function mapUnary(
  f: (a: number) => number,
  shape: readonly number[],
  a: Strided,
  out: TypedArray,
): void {
  const x = a.array;
  forEachRun(shape, [a], ([offset], [step], length, position) => {
    for (let i = 0, p = offset; i < length; i++, p += step) out[position + i] = f(x[p]);
  });
}

/** out[i] = f(a[i], b[i]) for views of one `shape` (broadcast axes have stride 0); `out` is packed. */
export function mapBinary(
  f: (a: number, b: number) => number,
  shape: readonly number[],
  a: Strided,
  b: Strided,
  out: TypedArray,
): void {
  const x = a.array;
  const y = b.array;
  forEachRun(shape, [a, b], ([pa, pb], [sa, sb], length, position) => {
    for (let i = 0, p = pa, q = pb; i < length; i++, p += sa, q += sb) out[position + i] = f(x[p], y[q]);
  });
}

/** out[i] = condition[i] ? a[i] : b[i] for views of one `shape`; `out` is packed. */
export function select(
  shape: readonly number[],
  condition: Strided,
  a: Strided,
  b: Strided,
  out: TypedArray,
): void {
  const c = condition.array;
  const x = a.array;
  const y = b.array;
  forEachRun(shape, [condition, a, b], ([pc, pa, pb], [sc, sa, sb], length, position) => {
    for (let i = 0; i < length; i++) {
      out[position + i] = c[pc + i * sc] !== 0 ? x[pa + i * sa] : y[pb + i * sb];
    }
  });
}
