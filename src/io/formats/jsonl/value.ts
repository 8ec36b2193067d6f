/** Makes the error of a line. */
export type Fail = (problem: string) => Error;

/** A number, or one of the words for what JSON has no numbers for. */
export function toNumber(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return value === "NaN" || value === "Infinity" || value === "-Infinity" ? Number(value) : undefined;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
