import { fma32 } from "./fma.js";

/*
 * The float32 logarithm, sine and cosine of PyTorch's AVX2 kernels, operation by operation, so that normal
 * draws agree to the last bit. Polynomials and reduction are those of S. L. Moshier's Cephes library
 * (logf.c, sinf.c), which PyTorch has by way of J. Pommier's sse_mathfun and G. Garberoglio's avx_mathfun,
 * with multiply–add pairs fused by the compiler.
 */

const f = Math.fround;
const bits = new Uint32Array(1);
const single = new Float32Array(bits.buffer);

const logPolynomial = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
].map(f);
const LN2_HIGH = 0.693359375;
const LN2_LOW = f(-2.1219444e-4);
const SQRT_HALF = f(Math.SQRT1_2);

const sinPolynomial = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1].map(f);
const cosPolynomial = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2].map(f);
const FOUR_OVER_PI = f(4 / Math.PI);
const MINUS_PI_OVER_4 = [-0.78515625, -2.4187564849853516e-4, -3.774894977445941e-8].map(f);

/** The polynomial with these coefficients, highest power first, at float32 `x`. */
function horner(coefficients: number[], x: number): number {
  let y = coefficients[0];
  for (let i = 1; i < coefficients.length; i++) y = fma32(y, x, coefficients[i]);
  return y;
}

/** ln x for a normal float32 x > 0. */
export function log32(x: number): number {
  single[0] = x;
  let exponent = (bits[0] >>> 23) - 126;
  bits[0] = (bits[0] & 0x007fffff) | 0x3f000000;
  let mantissa = single[0]; // x = mantissa · 2^exponent with mantissa in [0.5, 1)
  if (mantissa < SQRT_HALF) {
    exponent -= 1;
    mantissa += mantissa;
  }
  const t = f(mantissa - 1);
  const square = f(t * t);
  let y = f(horner(logPolynomial, t) * t);
  y = fma32(y, square, f(exponent * LN2_LOW));
  y = fma32(square, -0.5, y);
  return fma32(exponent, LN2_HIGH, f(t + y));
}

/** [sin x, cos x] for a float32 x in [0, 8192). */
export function sincos32(x: number): [sin: number, cos: number] {
  const octant = (Math.trunc(f(x * FOUR_OVER_PI)) + 1) & ~1;
  let t = x;
  for (const part of MINUS_PI_OVER_4) t = fma32(octant, part, t);
  const square = f(t * t);
  const sine = fma32(f(horner(sinPolynomial, square) * square), t, t);
  const cosine = f(fma32(f(horner(cosPolynomial, square) * square), square, -0.5 * square) + 1);
  switch (octant & 6) {
    case 0:
      return [sine, cosine];
    case 2:
      return [cosine, -sine];
    case 4:
      return [-sine, -cosine];
    default:
      return [-cosine, sine];
  }
}
