// Exponentials of four float32 numbers at once.
//
// Constants are read from memory (`load32_splat`) before a loop instead of being written as literals:
// engines rebuild literals in every turn of a loop, but keep or reload what was loaded.

const table: usize = memory.data<f32>([
  1.4426950408889634, // log₂e
  12582912.0, // 1.5·2²³: adding and subtracting it rounds to the nearest integer
  12583039.0, // the same + 127, so that the bits of the sum, shifted left by 23, are 2^k
  1.0,
  // 2^f − 1 = f·(…) for |f| ≤ ½, relative error 9e-8
  0.6931470036506653, 0.24022240936756134, 0.055507343262434006, 0.00967157632112503, 0.0013264646986499429,
  // ln 2 as a sum; k times the first is exact for |k| ≤ 512
  0.693359375, -2.12194440054690583e-4,
  // (2^f − 1 − f·ln 2)/(f²·ln 2) for |f| ≤ ½, relative error 1.3e-7
  0.3465735912322998, 0.08007508516311646, 0.013876060023903847, 0.0019304649904370308,
  0.00022249179892241955,
  0.6931471805599453, // ln 2
]);

@inline
export function constant(index: usize): v128 {
  return v128.load32_splat(table + index * 4);
}

export const LOG2E: usize = 0;
export const ROUND: usize = 1;
export const ROUND_TO_POWER: usize = 2;
export const ONE: usize = 3;
/** 2^f = 1 + EXP2·f + (EXP2 + 1)·f² + … */
export const EXP2: usize = 4;
export const LN2_HIGH: usize = 9;
export const LN2_LOW: usize = 10;
/** 2^f = 1 + ln 2·(f + f²·(GAP2 + (GAP2 + 1)·f + …)) */
export const GAP2: usize = 11;
export const LN2: usize = 16;

/** a·b + c */
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c);
}
