import { KullbackError } from "../../errors.js";
import type { Comparison } from "../comparison.js";
import type { Input } from "../inputs/index.js";
import { readIntegers } from "./integers.js";

/** The rows of the input that are compared. */
export interface Selection {
  /** Rows `[start, end)`, of which those are taken that the mask does not leave out. */
  readonly start: number;
  readonly end: number;
  readonly mask: Uint8Array | undefined;
  /** As a comparison reports it. */
  readonly summary: Comparison["selection"];
}

/**
 * Selects rows by a range, by a mask (0 leaves a row out), or by both.
 *
 * @throws KullbackError for a range outside the rows, and when no row is left.
 */
export async function readSelection(
  rows: number,
  range: readonly [start: number, end?: number] | undefined,
  maskFile: Input | undefined,
): Promise<Selection> {
  const [start, end = rows] = range ?? [0];
  if (!(Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= rows)) {
    throw new KullbackError(`compare: wanted rows from 0 to ${rows}, got the range ${start}:${end}`);
  }
  if (maskFile === undefined) {
    const summary = range && { range: [start, end] as [number, number], mask: null, rows: end - start };
    return { start, end, mask: undefined, summary: summary ?? null };
  }
  const mask = Uint8Array.from(await readIntegers(maskFile, "numbers of a mask", rows), (value) =>
    value === 0 ? 0 : 1,
  );
  const selected = mask.subarray(start, end).reduce((sum, value) => sum + value, 0);
  if (selected === 0) throw new KullbackError(`${maskFile.name}: the mask leaves no row to compare`);
  const summary = {
    range: range ? ([start, end] as [number, number]) : null,
    mask: maskFile.name,
    rows: selected,
  };
  return { start, end, mask, summary };
}

/** Whether a row between start and end is taken. */
export function isSelected({ mask }: Selection, row: number): boolean {
  return mask === undefined || mask[row] !== 0;
}

/** Whether any of some rows between start and end is taken. */
export function anySelected({ mask }: Selection, start: number, count: number): boolean {
  return mask === undefined || mask.subarray(start, start + count).includes(1);
}
