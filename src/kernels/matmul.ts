import type { TypedArray } from "./dtype.js";

/** A matrix inside an array: element (i, j) lies at `offset + i·rowStride + j·columnStride`. */
export interface Matrix {
  readonly array: TypedArray;
  readonly offset: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/**
 * The product of an m×k and a k×n matrix, written packed into `out` from `outOffset` on, each sum
 * accumulated in float64 and rounded once. Transposed operands need no copy: swap their strides.
 */
export function matmul(
  a: Matrix,
  b: Matrix,
  m: number,
  k: number,
  n: number,
  out: TypedArray,
  outOffset: number,
): void {
  const x = a.array;
  const y = b.array;
  if (b.rowStride === 1 && k > 1) {
    // Columns of b are contiguous: each element is a dot product.
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let total = 0;
        let pa = a.offset + i * a.rowStride;
        const pb = b.offset + j * b.columnStride;
        for (let l = 0; l < k; l++, pa += a.columnStride) total += x[pa] * y[pb + l];
        out[outOffset + i * n + j] = total;
      }
    }
    return;
  }
  // Otherwise add up whole rows of b, so that b is read in its own order.
  const row = new Float64Array(n);
  for (let i = 0; i < m; i++) {
    row.fill(0);
    for (let l = 0; l < k; l++) {
      const factor = x[a.offset + i * a.rowStride + l * a.columnStride];
      let pb = b.offset + l * b.rowStride;
      for (let j = 0; j < n; j++, pb += b.columnStride) row[j] += factor * y[pb];
    }
    out.set(row, outOffset + i * n);
  }
}
