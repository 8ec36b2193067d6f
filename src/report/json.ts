import type { Comparison } from "../measure/index.js";

/**
 * `value` as indented JSON. JSON has no numbers that are not finite, so these become the strings
 * "Infinity", "-Infinity" and "NaN", which `Number` turns back.
 */
export function toJson(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, entry: unknown) => (typeof entry === "number" && !Number.isFinite(entry) ? String(entry) : entry),
    2,
  );
}

/**
 * A comparison as a document of the schema `kullback.compare/2`, which schema/compare-2.json defines and
 * docs/report.md explains.
 */
export function renderJson(comparison: Comparison): string {
  return toJson(comparison);
}
