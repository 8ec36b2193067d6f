type Shown = number | string | null;

/** An option as modules print it: several numbers in parentheses, as PyTorch prints tuples. */
export function show(value: Shown | readonly Shown[]): string {
  if (typeof value === "object" && value !== null) {
    return `(${value.map(show).join(", ")}${value.length === 1 ? "," : ""})`;
  }
  const isTiny = typeof value === "number" && value !== 0 && Math.abs(value) < 1e-4;
  return isTiny ? value.toExponential() : String(value);
}
