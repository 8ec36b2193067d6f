// KL(P‖Q) of rows of float32 logits, and its gradients in the same pass.

import { FACTOR, SCALE } from "./exponents";
import { oneRow } from "./longRow";
import { SHORT, shortRows } from "./shortRows";

/**
 * KL(P‖Q) to `out` (float64) for rows of `n` ≥ 1 classes at `a` and `b`, and of upstream·KL the gradients by a to
 * `gp` and by b to `gq`, those of them that `sides` names: 0 none, 1 P, 2 Q, 3 both. The float64 numbers `upstream`
 * are `step` bytes apart: 8, or 0 for one number for all rows. Exponentials that do not sum to 1 within `tolerance` ≥ 0
 * are not taken. Rows that need the general kernel get NaN, and no gradients: those with masks, numbers that are not
 * finite, or distances above 86 − log n, and those so close that their KL is not to be had in float32. With gradients,
 * n is at most 2²⁰.
 */
export function klRows32(
  a: usize,
  b: usize,
  upstream: usize,
  out: usize,
  gp: usize,
  gq: usize,
  sides: i32,
  step: usize,
  n: i32,
  temperature: f64,
  tolerance: f64,
  first: i32,
  last: i32,
  work: usize,
): void {
  v128.store(work, f32x4.splat(<f32>(1 / temperature)), SCALE);
  v128.store(work, f32x4.splat(<f32>(1.4426950408889634 / temperature)), FACTOR);
  if (n <= SHORT) {
    shortRows(a, b, upstream, step, out, gp, gq, sides, n, temperature, tolerance, first, last, work);
    return;
  }
  const bytes = <usize>n << 2;
  for (let row = <usize>first; row < <usize>last; row++) {
    const at = row * bytes;
    const scale = sides === 0 ? 1 : load<f64>(upstream + row * step) / temperature;
    const kl = oneRow(a + at, b + at, gp + at, gq + at, sides, n, scale, temperature, tolerance, work);
    store<f64>(out + (row << 3), kl);
  }
}

/** The rows at `x`, each times its number at `scales` (float64), to `out`; 0 where that is 0, whatever x is. */
export function scaleRows32(
  x: usize,
  scales: usize,
  out: usize,
  n: i32,
  first: i32,
  last: i32,
): void {
  const bytes = <usize>n << 2;
  for (let row = <usize>first; row < <usize>last; row++) {
    const scale = <f32>load<f64>(scales + (row << 3));
    const from = x + row * bytes;
    let to = out + row * bytes;
    if (scale === 0) {
      memory.fill(to, 0, bytes);
      continue;
    }
    const ahead = from - to;
    const factor = f32x4.splat(scale);
    const end = to + bytes;
    for (; to + 16 <= end; to += 16) v128.store(to, f32x4.mul(v128.load(to + ahead), factor));
    for (; to < end; to += 4) store<f32>(to, load<f32>(to + ahead) * scale);
  }
}
