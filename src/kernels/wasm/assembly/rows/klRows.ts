// KL(P‖Q) of rows of float32 logits, and what its gradients need.

import { FACTOR, SCALE } from "./exponents";
import { oneRow } from "./klLongRow";
import { fourRows, SHORT } from "./klShortRows";

/**
 * KL(P‖Q) to `out` (float64), and four float64 numbers a row (max a, c, Z, KL) to `saved`, for rows of `n` ≥ 1 classes at `a`
 * and `b`. Rows that need the general kernel get NaN: those with masks, numbers that are not finite, or
 * distances above 86 − log n, and those so close that their KL is not to be had in float32.
 */
export function klRows32(
  a: usize,
  b: usize,
  out: usize,
  saved: usize,
  n: i32,
  temperature: f64,
  first: i32,
  last: i32,
  work: usize,
): void {
  v128.store(work, f32x4.splat(<f32>(1 / temperature)), SCALE);
  v128.store(work, f32x4.splat(<f32>(1.4426950408889634 / temperature)), FACTOR);
  if (n <= SHORT) {
    for (let row = first; row < last; row += 4) {
      fourRows(a, b, row, min(4, last - row), n, temperature, out, saved, work);
    }
    return;
  }
  const bytes = <usize>n * 4;
  for (let row = <usize>first; row < <usize>last; row++) {
    const at = saved + row * 32;
    const done = oneRow(a + row * bytes, b + row * bytes, n, temperature, at, work);
    if (!done) store<f64>(at, NaN, 24);
    store<f64>(out + row * 8, load<f64>(at, 24));
  }
}
