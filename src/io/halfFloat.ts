/** The values of all 65,536 codes of a 16-bit floating-point format, by code. */
export type CodeTable = Float32Array;

let float16: CodeTable | undefined;
let bfloat16: CodeTable | undefined;

/**
 * IEEE 754 binary16: 1 sign bit, 5 bits of exponent, 10 of fraction; every value is exact in float32.
 * Built when first asked for, and shared.
 */
export function float16Table(): CodeTable {
  float16 ??= Float32Array.from({ length: 1 << 16 }, (_, code) => {
    const sign = code & 0x8000 ? -1 : 1;
    const exponent = (code >> 10) & 31;
    const fraction = code & 1023;
    if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
  return float16;
}

/** bfloat16: the upper half of a float32. Built when first asked for, and shared. */
export function bfloat16Table(): CodeTable {
  bfloat16 ??= new Float32Array(Uint32Array.from({ length: 1 << 16 }, (_, code) => code << 16).buffer);
  return bfloat16;
}
