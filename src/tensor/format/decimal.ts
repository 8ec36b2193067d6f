const view = new DataView(new ArrayBuffer(8));

/** |x| of a finite x as mantissa · 2^exponent, exactly. */
function decompose(x: number): [mantissa: bigint, exponent: number] {
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const fraction = bits & 0xfffffffffffffn;
  const biased = Number((bits >> 52n) & 0x7ffn);
  return biased === 0 ? [fraction, -1074] : [fraction | 0x10000000000000n, biased - 1075];
}

/** |x| · 10^power rounded to an integer, ties to even. */
function scaled(x: number, power: number): bigint {
  const [mantissa, exponent] = decompose(x);
  const numerator = (mantissa << BigInt(Math.max(exponent, 0))) * 10n ** BigInt(Math.max(power, 0));
  const denominator = (10n ** BigInt(Math.max(-power, 0))) << BigInt(Math.max(-exponent, 0));
  const quotient = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return up ? quotient + 1n : quotient;
}

/** `digits` with a decimal point before the last `decimals`, and the sign of `x`, −0 included. */
function placePoint(x: number, digits: string, decimals: number): string {
  const sign = x < 0 || Object.is(x, -0) ? "-" : "";
  if (decimals === 0) return sign + digits;
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

function nonFinite(x: number): string {
  if (Number.isNaN(x)) return "nan";
  return x > 0 ? "inf" : "-inf";
}

/**
 * `x` with `decimals` digits after the point, as Python's `f"{x:.4f}"`: the exact binary value, rounded
 * half to even. (`toFixed` rounds ties up, loses the sign of −0 and changes form at 10^21.)
 */
export function fixed(x: number, decimals: number): string {
  if (!Number.isFinite(x)) return nonFinite(x);
  return placePoint(
    x,
    scaled(x, decimals)
      .toString()
      .padStart(decimals + 1, "0"),
    decimals,
  );
}

/** `x` in scientific notation with `decimals` digits after the point, as Python's `f"{x:.4e}"`: 1.0000e-05. */
export function exponential(x: number, decimals: number): string {
  if (!Number.isFinite(x)) return nonFinite(x);
  // With 100 digits no number rounds up to the next power of ten here, so this is floor(log10 |x|).
  let exponent = Number(x.toExponential(100).split("e")[1]);
  let digits = scaled(x, decimals - exponent)
    .toString()
    .padStart(decimals + 1, "0");
  if (digits.length > decimals + 1) {
    digits = digits.slice(0, -1); // 9.99996 became 10.0000
    exponent += 1;
  }
  const power = Math.abs(exponent).toString().padStart(2, "0");
  return `${placePoint(x, digits, decimals)}e${exponent < 0 ? "-" : "+"}${power}`;
}
