/** An option as modules print it: several numbers in parentheses, as PyTorch prints tuples. */
export function show(value: number | string | null | readonly (number | null)[]): string {
  if (!Array.isArray(value)) return String(value);
  return value.length === 1 ? `(${value[0]},)` : `(${value.join(", ")})`;
}
