// Rows of float32 or float64 numbers, two at a time as float64.

/** Elements `i` and `i + 1` of a row. */
@inline
export function pairAt<T>(row: usize, i: i32): v128 {
  if (sizeof<T>() === 4) return f64x2.promote_low_f32x4(v128.load64_zero(row + (<usize>i << 2)));
  return v128.load(row + (<usize>i << 3));
}

/** The element `i`. */
@inline
export function elementAt<T>(row: usize, i: i32): f64 {
  return <f64>load<T>(row + <usize>i * sizeof<T>());
}

/** Element `i` of a row that ends behind it, and `fill`. */
@inline
export function lastAt<T>(row: usize, i: i32, fill: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(fill), 0, elementAt<T>(row, i));
}

/** The sum of the two lanes. */
@inline
export function sumOfLanes(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}
