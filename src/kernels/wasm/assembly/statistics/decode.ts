// Rows of 16-bit numbers, decoded to float32, which holds every one of them exactly.

const table: usize = memory.data<u32>([0x7fff, 0x7c00, 0x7f800000, 0x77800000, 0x80000000], 16);

@inline
function word(index: usize): v128 {
  return v128.load32_splat(table + index * 4);
}

/**
 * IEEE 754 binary16 in the lower half of each 32-bit lane. With the exponent's bits in place, a float32 is too small
 * by 2¹¹², for denormal halves too; the largest exponent, of infinities and NaN, is set by itself.
 */
@inline
function float16(bits: v128): v128 {
  const magnitude = v128.and(bits, word(0));
  const scaled = f32x4.mul(i32x4.shl(magnitude, 13), word(3));
  const special = v128.and(i32x4.ge_s(magnitude, word(1)), word(2));
  const sign = v128.and(i32x4.shl(bits, 16), word(4));
  return v128.or(v128.or(scaled, special), sign);
}

/** Decodes `n` numbers at `row` to `out`; reads and writes whole vectors. */
export function decodeHalves(row: usize, n: i32, brain: bool, out: usize): void {
  for (let i = 0; i < n; i += 8, row += 16, out += 32) {
    const halves = v128.load(row);
    const low = i32x4.extend_low_i16x8_u(halves);
    const high = i32x4.extend_high_i16x8_u(halves);
    v128.store(out, brain ? i32x4.shl(low, 16) : float16(low));
    v128.store(out, brain ? i32x4.shl(high, 16) : float16(high), 16);
  }
}

/** Widens a row of float32 numbers. */
export function widenRow(row: usize, n: i32, out: usize): void {
  for (let i = 0; i < n; i++) store<f64>(out + (<usize>i << 3), <f64>load<f32>(row + (<usize>i << 2)));
}
