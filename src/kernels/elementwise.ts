import type { TypedArray } from "./dtype.js";
import { erf } from "./erf.js";
import { forEachRun, type Strided } from "./strided.js";

/** Functions of one number that have a name, so that a backend can have a kernel for them. */
export const unary = {
  neg: (a: number) => -a,
  abs: Math.abs,
  sign: (a: number) => (a > 0 ? 1 : a < 0 ? -1 : 0),
  sqrt: Math.sqrt,
  relu: (a: number) => Math.max(a, 0),
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  log2: Math.log2,
  /** From e^−|a|, so that small results keep their digits. */
  sigmoid: (a: number) => (a < 0 ? Math.exp(a) / (1 + Math.exp(a)) : 1 / (1 + Math.exp(-a))),
  tanh: Math.tanh,
  erf,
  isfinite: (a: number) => (Number.isFinite(a) ? 1 : 0),
  logicalNot: (a: number) => (a === 0 ? 1 : 0),
} as const satisfies Record<string, (a: number) => number>;

/** Functions of two numbers that have a name. */
export const binary = {
  add: (a: number, b: number) => a + b,
  sub: (a: number, b: number) => a - b,
  mul: (a: number, b: number) => a * b,
  div: (a: number, b: number) => a / b,
  eq: (a: number, b: number) => (a === b ? 1 : 0),
  ne: (a: number, b: number) => (a !== b ? 1 : 0),
  lt: (a: number, b: number) => (a < b ? 1 : 0),
  le: (a: number, b: number) => (a <= b ? 1 : 0),
  gt: (a: number, b: number) => (a > b ? 1 : 0),
  ge: (a: number, b: number) => (a >= b ? 1 : 0),
  maximum: Math.max,
  minimum: Math.min,
  /** a·log b, and 0 where a is 0 and b a number. */
  xlogy: (a: number, b: number) => (a === 0 && !Number.isNaN(b) ? 0 : a * Math.log(b)),
  /** b where a > 0 (or NaN), else 0: the gradient of relu. */
  passPositive: (a: number, b: number) => (a <= 0 ? 0 : b),
  squaredDifference: (a: number, b: number) => (a - b) ** 2,
  /** t·log t − t·x, the Kullback–Leibler loss of a log-probability x at a probability t. */
  klDiv: (x: number, t: number) => (t === 0 ? 0 : t * Math.log(t)) - t * x,
  /** eᵗ·(t − x), the same at a log-probability t. */
  klDivLogTarget: (x: number, t: number) => Math.exp(t) * (t - x),
} as const satisfies Record<string, (a: number, b: number) => number>;

export type UnaryName = keyof typeof unary;
export type BinaryName = keyof typeof binary;

/** out[i] = f(a[i]) for a view `a` of `shape`; `out` is packed. `f` is a name or any other function. */
export function mapUnary(
  f: UnaryName | ((a: number) => number),
  shape: readonly number[],
  a: Strided,
  out: TypedArray,
): void {
  const g: (a: number) => number = typeof f === "string" ? unary[f] : f;
  const x = a.array;
  if (shape.length === 1) {
    // Without the machinery for several axes, which costs more than a few elements.
    const [step] = a.strides;
    for (let i = 0, p = a.offset; i < shape[0]; i++, p += step) out[i] = g(x[p]);
    return;
  }
  forEachRun(shape, [a], ([offset], [step], length, position) => {
    for (let i = 0, p = offset; i < length; i++, p += step) out[position + i] = g(x[p]);
  });
}

/**
 * out[i] = f(a[i], b[i]) for views of one `shape` (broadcast axes have stride 0); `out` is packed. `f` is a
 * name or any other function.
 */
export function mapBinary(
  f: BinaryName | ((a: number, b: number) => number),
  shape: readonly number[],
  a: Strided,
  b: Strided,
  out: TypedArray,
): void {
  const g: (a: number, b: number) => number = typeof f === "string" ? binary[f] : f;
  const x = a.array;
  const y = b.array;
  if (shape.length === 1) {
    const [stepX] = a.strides;
    const [stepY] = b.strides;
    for (let i = 0, p = a.offset, q = b.offset; i < shape[0]; i++, p += stepX, q += stepY)
      out[i] = g(x[p], y[q]);
    return;
  }
  forEachRun(shape, [a, b], ([pa, pb], [sa, sb], length, position) => {
    for (let i = 0, p = pa, q = pb; i < length; i++, p += sa, q += sb) out[position + i] = g(x[p], y[q]);
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
