// Vectors of T (float32 or float64), at the ends of rows and across lanes.

/** Lanes of a vector. */
@inline
export function lanes<T>(): i32 {
  return 16 / sizeof<T>();
}

/** 16 bytes of ones, then 16 of zeros: what lies 16 − k behind its start keeps k bytes. */
const keep = memory.data<i64>([-1, -1, 0, 0]);

/** The first `bytes` (under 16) at `pointer`, and `fill` in the lanes behind them. */
@inline
export function loadTail(pointer: usize, bytes: usize, fill: v128): v128 {
  return v128.bitselect(v128.load(pointer), fill, v128.load(keep + 16 - bytes));
}

/** The first `bytes` of a vector, zeros behind them. */
@inline
export function keepFirst(vector: v128, bytes: usize): v128 {
  return v128.and(vector, v128.load(keep + 16 - bytes));
}

/** Stores the first `bytes` (4, 8 or 12) of a vector. */
@inline
export function storeTail(pointer: usize, bytes: usize, vector: v128): void {
  if (bytes & 8) {
    v128.store64_lane(pointer, vector, 0);
    if (bytes & 4) v128.store32_lane(pointer + 8, vector, 2);
  } else {
    v128.store32_lane(pointer, vector, 0);
  }
}

/** A splat of T's number at `pointer`; unlike a constant, V8 keeps it in a register. */
@inline
export function loadSplat<T>(pointer: usize): v128 {
  return sizeof<T>() == 4 ? v128.load32_splat(pointer) : v128.load64_splat(pointer);
}

/** A splat of the number behind the one at `pointer`. */
@inline
export function loadNextSplat<T>(pointer: usize): v128 {
  return sizeof<T>() == 4 ? v128.load32_splat(pointer, 4) : v128.load64_splat(pointer, 8);
}

/** The largest lane; NaN is passed over. */
@inline
export function largestLane<T>(a: v128): T {
  a = v128.pmax<T>(a, upper(a));
  if (sizeof<T>() == 4) a = v128.pmax<T>(a, v128.shuffle<u32>(a, a, 1, 0, 3, 2));
  return v128.extract_lane<T>(a, 0);
}

/** The smallest float32 lane; NaN is passed over. */
@inline
export function smallestLane(a: v128): f32 {
  return -largestLane<f32>(f32x4.neg(a));
}

/** The upper half in the place of the lower, and the other way round. */
@inline
export function upper(a: v128): v128 {
  return v128.shuffle<u64>(a, a, 1, 0);
}

/** The lanes of float32 `a`, added in pairs two apart, as float64. */
@inline
export function widenedPairs(a: v128): v128 {
  return f64x2.add(f64x2.promote_low_f32x4(a), f64x2.promote_low_f32x4(upper(a)));
}

/** A vector of T as summands of a float64 sum of two lanes. */
@inline
export function widen<T>(a: v128): v128 {
  return sizeof<T>() == 4 ? widenedPairs(a) : a;
}

/** The sum of the two float64 lanes. */
@inline
export function sumOfLanes(a: v128): f64 {
  return f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
}
