/**
 * The rounding error of `difference = fl(a − b)`: a − b = difference + error, exactly.
 *
 * Reference: Knuth, TAOCP 2, §4.2.2, theorem B; Ogita, Rump & Oishi (2005), "Accurate sum and dot product".
 */
export function differenceError(a: number, b: number, difference: number): number {
  const bVirtual = a - difference;
  return a - (difference + bVirtual) + (bVirtual - b);
}

/**
 * The rounding error of `product = fl(a·b)`: a·b = product + error, exactly, short of over- and underflow.
 *
 * Reference: Dekker (1971), "A floating-point technique for extending the available precision", with
 * Veltkamp's splitting into halves of 26 bits.
 */
export function productError(a: number, b: number, product: number): number {
  const aHigh = highBits(a);
  const aLow = a - aHigh;
  const bHigh = highBits(b);
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

function highBits(x: number): number {
  const scaled = 134217729 * x; // 2²⁷ + 1
  return scaled - (scaled - x);
}
