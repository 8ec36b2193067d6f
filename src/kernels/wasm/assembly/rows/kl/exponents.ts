// The first of the loops over a block of two float32 rows: exponents, split into whole numbers and fractions.
// With m any offset near the largest a, c any number, and T the temperature,
//
//     (a − m)/T · log₂e = k + f,     ((b − a) − c)/T · log₂e = k' + f',     |f|, |f'| ≤ ½.
//
// The loops that take powers of two of these (sums.ts) follow on the same block. One loop after the other is faster
// than one for all: the chain from a number to its power is long, and a processor looks only so far ahead to find work
// beside it; and the constants of each loop stay in registers.
//
// Two precisions. The plain one rounds b − a and a − m, which is harmless unless the rows differ by a constant that
// is large against what else they differ by, or exponents are beyond ±16. The careful one knows c to more than
// float32, carries the rounding errors of both differences along, and reduces exponents with ln 2 as a sum.

import { constant, LN2_HIGH, LN2_LOW, LOG2E, ROUND, ROUND_TO_POWER } from "./exp32";

/** Offsets in the work area of the numbers that the loops share; each is four float32 numbers. */
export const OFFSET: usize = 0; // m
export const SHIFT: usize = 16; // c, rounded to float32
export const SHIFT_LOW: usize = 32; // what the rounding of c left
export const SCALE: usize = 48; // 1/T
export const FACTOR: usize = 64; // log₂e/T

/** Bytes of a vector's exponents: f', k' and f, k, where k is held as 1.5·2²³ + k, and k' as that plus 127. */
export const EXPONENT_BYTES: usize = 64;

/** The rounding error of difference = fl(a − b), exactly (Knuth, TAOCP 2, §4.2.2, theorem B). */
@inline
function differenceError(a: v128, b: v128, difference: v128): v128 {
  const bVirtual = f32x4.sub(a, difference);
  return f32x4.add(f32x4.sub(a, f32x4.add(difference, bVirtual)), f32x4.sub(bVirtual, b));
}

/** y = k + f to `to`, for `round` 1.5·2²³ or that plus 127. */
@inline
function split(y: v128, round: v128, to: usize): void {
  const t = f32x4.add(y, round);
  v128.store(to, f32x4.sub(y, f32x4.sub(t, round)));
  v128.store(to, t, 16);
}

/** `split` of (high + low)·log₂e, where `low` is small. */
@inline
function splitSum(high: v128, low: v128, round: v128, to: usize): void {
  const log2e = constant(LOG2E);
  const t = f32x4.add(f32x4.mul(f32x4.add(high, low), log2e), round);
  const k = f32x4.sub(t, round);
  const rest = f32x4.sub(f32x4.sub(high, f32x4.mul(k, constant(LN2_HIGH))), f32x4.mul(k, constant(LN2_LOW)));
  v128.store(to, f32x4.mul(f32x4.add(rest, low), log2e));
  v128.store(to, t, 16);
}

/** Where a watched loop keeps, lane by lane, the largest and the smallest a and the largest square of an exponent of b. */
export const HIGH: usize = 368;
export const LOW: usize = 384;
export const FAR_SQUARE: usize = 400;

/** Forgets what a watched loop saw. */
@inline
export function watchAnew(work: usize): void {
  v128.store(work, f32x4.splat(-Infinity), HIGH);
  v128.store(work, f32x4.splat(Infinity), LOW);
  v128.store(work, f32x4.splat(0), FAR_SQUARE);
}

/** The exponents of the `bytes`/16 vectors at `a` and `b`, to `to`. */
export function exponents(careful: bool, a: usize, b: usize, bytes: usize, to: usize, work: usize): void {
  if (careful) exponentsCarefully(a, b, bytes, to, work);
  else exponentsPlainly(false, a, b, bytes, to, work);
}

/** The same in the plain precision, and how far the numbers reach. */
export function watchedExponents(a: usize, b: usize, bytes: usize, to: usize, work: usize): void {
  exponentsPlainly(true, a, b, bytes, to, work);
}

@inline
function exponentsPlainly(watch: bool, a: usize, b: usize, bytes: usize, to: usize, work: usize): void {
  const m = v128.load(work, OFFSET);
  const c = v128.load(work, SHIFT);
  const factor = v128.load(work, FACTOR);
  const round = constant(ROUND);
  const roundToPower = constant(ROUND_TO_POWER);
  let high = v128.load(work, HIGH);
  let low = v128.load(work, LOW);
  let far = v128.load(work, FAR_SQUARE);
  for (const end = a + bytes; a < end; a += 16, b += 16, to += EXPONENT_BYTES) {
    const x = v128.load(a);
    const y = f32x4.mul(f32x4.sub(f32x4.sub(v128.load(b), x), c), factor);
    split(y, roundToPower, to);
    split(f32x4.mul(f32x4.sub(x, m), factor), round, to + 32);
    if (!watch) continue;
    high = f32x4.pmax(high, x);
    low = f32x4.pmin(low, x);
    far = f32x4.pmax(far, f32x4.mul(y, y));
  }
  if (!watch) return;
  v128.store(work, high, HIGH);
  v128.store(work, low, LOW);
  v128.store(work, far, FAR_SQUARE);
}

function exponentsCarefully(a: usize, b: usize, bytes: usize, to: usize, work: usize): void {
  const m = v128.load(work, OFFSET);
  const c = v128.load(work, SHIFT);
  const cLow = v128.load(work, SHIFT_LOW);
  const scale = v128.load(work, SCALE);
  for (const end = a + bytes; a < end; a += 16, b += 16, to += EXPONENT_BYTES) {
    const x = v128.load(a);
    const y = v128.load(b);
    const difference = f32x4.sub(y, x);
    const error = f32x4.sub(differenceError(y, x, difference), cLow);
    // d − c is exact where it is small; its own rounding error is added back where it is not.
    const shifted = f32x4.sub(difference, c);
    const low = f32x4.add(differenceError(difference, c, shifted), error);
    splitSum(f32x4.mul(shifted, scale), f32x4.mul(low, scale), constant(ROUND_TO_POWER), to);
    const gap = f32x4.sub(x, m);
    const gapError = differenceError(x, m, gap);
    splitSum(f32x4.mul(gap, scale), f32x4.mul(gapError, scale), constant(ROUND), to + 32);
  }
}
