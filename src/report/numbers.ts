import type { Estimate } from "../measure/index.js";

/**
 * A number for people: so many significant digits, fixed notation from 0.001 to below 100,000,
 * exponents beyond (`6.287e-5`), `∞` and `nan`. Zero is `0`.
 */
export function formatNumber(x: number, digits = 4): string {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x < 0 ? "-∞" : "∞";
  if (x === 0) return "0";
  // Rounding first, so that 0.00099996 and 99999.6 land on the right side of the limits.
  const size = Math.abs(Number(x.toPrecision(digits)));
  if (size < 1e-3 || size >= 1e5) return x.toExponential(digits - 1);
  return size >= 10 ** digits ? x.toFixed(0) : x.toPrecision(digits);
}

/** A count with thousands separated: `1,797`. */
export function formatCount(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A percentage with two decimals: `99.19`. */
export function formatPercent(x: number): string {
  return Number.isFinite(x) ? (100 * x).toFixed(2) : formatNumber(x);
}

/** A size in bytes with a decimal unit: `72.0 kB`, `11.3 GB`. */
export function formatBytes(bytes: number): string {
  let size = bytes;
  for (const unit of ["B", "kB", "MB", "GB", "TB"]) {
    if (size < 999.5) return unit === "B" ? `${size} B` : `${size.toPrecision(3)} ${unit}`;
    size /= 1000;
  }
  return `${size.toPrecision(3)} PB`;
}

/** A value with its standard error, `0.01604 ±4.5e-4`; alone where the error is not defined. */
export function formatEstimate({ value, stderr }: Estimate, digits = 4): string {
  return `${formatNumber(value, digits)}${plusMinus(formatNumber(stderr, 2))}`;
}

/** The same for a proportion, in per cent: `99.19 ±0.57`. */
export function formatShare({ value, stderr }: Estimate): string {
  return `${formatPercent(value)}${plusMinus(formatPercent(stderr))}`;
}

/** A number with its sign, also where it is positive. */
export function formatSigned(x: number, digits = 4): string {
  return `${x > 0 ? "+" : ""}${formatNumber(x, digits)}`;
}

/** A p-value: two digits, and below 0.0001 only that; nothing where it is not defined. */
export function formatP(p: number | null): string {
  if (p === null || Number.isNaN(p)) return "";
  return p < 1e-4 ? "<0.0001" : formatNumber(p, 2);
}

/** An interval, `0.0110–0.0131`; nothing where it is not defined. */
export function formatInterval({ low, high }: { low: number; high: number }): string {
  return Number.isNaN(low) ? "" : `${formatNumber(low, 3)}–${formatNumber(high, 3)}`;
}

function plusMinus(stderr: string): string {
  return stderr === "nan" ? "" : ` ±${stderr}`;
}
