// Elements of rows of float32 or float64, two at a time as float64, and the constants that they are compared with.

const numbers: usize = memory.data<f64>([
  -Infinity, Infinity, 0, -1.7976931348623157e308, 5e-324, -1e300, 134217729, 0.5,
]);

@inline
export function number(index: usize): v128 {
  return v128.load64_splat(numbers + index * 8);
}

export const MINUS_INFINITY: usize = 0;
export const PLUS_INFINITY: usize = 1;
export const ZERO: usize = 2;
export const LOWEST: usize = 3;
export const TINIEST: usize = 4;
export const HUGE: usize = 5;
export const SPLITTER: usize = 6;
export const HALF: usize = 7;

/** Element `i` of a row. */
@inline
export function element(row: usize, i: i32, dtype: i32): f64 {
  return dtype === 0 ? <f64>load<f32>(row + (<usize>i << 2)) : load<f64>(row + (<usize>i << 3));
}

/** Elements i and i + 1; where the row ends in between, `pad` for the second. */
@inline
export function elements(row: usize, i: i32, n: i32, dtype: i32, pad: f64): v128 {
  if (i + 1 < n) {
    return dtype === 0
      ? f64x2.promote_low_f32x4(v128.load64_zero(row + (<usize>i << 2)))
      : v128.load(row + (<usize>i << 3));
  }
  return f64x2.replace_lane(f64x2.splat(pad), 0, element(row, i, dtype));
}
