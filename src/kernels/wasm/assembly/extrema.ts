// Largest and smallest elements of packed rows of T, and where they are. NaN is the result where there is one.

import { lanes } from "./simd";

@inline
function further<T>(largest: bool, a: v128, b: v128): v128 {
  return largest ? v128.max<T>(a, b) : v128.min<T>(a, b);
}

/** The extreme element of n ≥ 1 at x. */
@inline
function extremeOf<T>(largest: bool, x: usize, n: i32): T {
  let best = load<T>(x);
  const per = lanes<T>();
  const end = x + <usize>n * sizeof<T>();
  if (n >= 4 * per) {
    let a = v128.load(x), b = v128.load(x, 16), c = v128.load(x, 32), d = v128.load(x, 48);
    for (x += 64; x + 64 <= end; x += 64) {
      a = further<T>(largest, a, v128.load(x));
      b = further<T>(largest, b, v128.load(x, 16));
      c = further<T>(largest, c, v128.load(x, 32));
      d = further<T>(largest, d, v128.load(x, 48));
    }
    a = further<T>(largest, further<T>(largest, a, b), further<T>(largest, c, d));
    a = further<T>(largest, a, v128.shuffle<u64>(a, a, 1, 0));
    if (sizeof<T>() == 4) a = further<T>(largest, a, v128.shuffle<u32>(a, a, 1, 0, 3, 2));
    best = v128.extract_lane<T>(a, 0);
  }
  for (; x < end; x += sizeof<T>()) best = largest ? max<T>(best, load<T>(x)) : min<T>(best, load<T>(x));
  return best;
}

/** The place of the first element that equals `wanted`, or is NaN with it. */
@inline
function placeOf<T>(x: usize, n: i32, wanted: T): i32 {
  let i = 0;
  if (isNaN(wanted)) {
    while (!isNaN(load<T>(x + <usize>i * sizeof<T>()))) i++;
    return i;
  }
  const per = lanes<T>();
  const all = v128.splat<T>(wanted);
  while (i + per <= n && !v128.any_true(v128.eq<T>(v128.load(x + <usize>i * sizeof<T>()), all))) i += per;
  while (load<T>(x + <usize>i * sizeof<T>()) != wanted) i++;
  return i;
}

@inline
function extremes<T>(largest: bool, places: bool, x: usize, out: usize, length: i32, first: i32, last: i32): void {
  const bytes = <usize>length * sizeof<T>();
  x += first * bytes;
  for (let row = <usize>first; row < <usize>last; row++, x += bytes) {
    const best = extremeOf<T>(largest, x, length);
    if (places) store<f64>(out + (row << 3), <f64>placeOf<T>(x, length, best));
    else store<T>(out + row * sizeof<T>(), best);
  }
}

/** out[row] = the largest element, or the smallest, if `largest` is 0. */
export function extreme32(x: usize, out: usize, length: i32, largest: i32, first: i32, last: i32): void {
  if (largest) extremes<f32>(true, false, x, out, length, first, last);
  else extremes<f32>(false, false, x, out, length, first, last);
}

export function extreme64(x: usize, out: usize, length: i32, largest: i32, first: i32, last: i32): void {
  if (largest) extremes<f64>(true, false, x, out, length, first, last);
  else extremes<f64>(false, false, x, out, length, first, last);
}

/** out[row] (float64) = the place of the first such element. */
export function extremePlace32(x: usize, out: usize, length: i32, largest: i32, first: i32, last: i32): void {
  if (largest) extremes<f32>(true, true, x, out, length, first, last);
  else extremes<f32>(false, true, x, out, length, first, last);
}

export function extremePlace64(x: usize, out: usize, length: i32, largest: i32, first: i32, last: i32): void {
  if (largest) extremes<f64>(true, true, x, out, length, first, last);
  else extremes<f64>(false, true, x, out, length, first, last);
}
