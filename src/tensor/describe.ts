/** What a value that does not fit is, for messages: "an array of 3", "a string", "null". */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    return `an array of ${(value as ArrayLike<unknown>).length}`;
  }
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
