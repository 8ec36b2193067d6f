/** Both halves of a float64, of at most 26 bits each (Veltkamp's splitting). */
function split(a: number): [high: number, low: number] {
  const c = 134217729 * a;
  const high = c - (c - a);
  return [high, a - high];
}

/**
 * a·b + c in float64 with one rounding, as the fused multiply–add that PyTorch's kernels are compiled to;
 * an ordinary multiply and add where splitting would overflow (factors from about 2^996).
 *
 * Reference: T. J. Dekker, "A floating-point technique for extending the available precision", Numerische
 * Mathematik 18 (1971), for the product; D. E. Knuth's TwoSum for the sum.
 */
export function fma64(a: number, b: number, c: number): number {
  const product = a * b;
  const [aHigh, aLow] = split(a);
  const [bHigh, bLow] = split(b);
  const productError = aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
  const sum = product + c;
  const cPart = sum - product;
  const sumError = product - (sum - cPart) + (c - cPart);
  const fused = sum + (sumError + productError);
  return Number.isFinite(fused) ? fused : sum;
}

/**
 * a·b + c of float32 numbers, rounded to float32: the product is exact in float64, so this is the fused
 * operation but for a double rounding in about one case in 2^29.
 */
export function fma32(a: number, b: number, c: number): number {
  return Math.fround(a * b + c);
}
