import { type RowReader, rowArray } from "../../io/index.js";

/** The least and the greatest of something. */
export type Range = [min: number, max: number];

/** What a sample of an array's rows looks like. Rows with NaN or +∞, or with −∞ alone, are passed over. */
export interface Look {
  /** The rows looked at and not passed over. */
  rows: number;
  /** The elements looked at, those of rows passed over among them. */
  elements: number;
  /** The elements that are NaN. */
  nan: number;
  /** Whether −∞, a masked class, was seen. */
  masked: boolean;
  /** The range of the finite values. */
  values: Range;
  /** The range of the rows' sums. */
  sums: Range;
  /** The range of the rows' sums of exponentials. */
  expSums: Range;
  /** The share of the rows whose sum of exponentials is within 5 % of 1. */
  expSumsNearOne: number;
}

/** Sums this close to 1 are hardly there by chance. */
export const nearOne = 0.05;

/** The sample is taken at this many places, of about this many elements each. */
const places = 8;
const elementsPerPlace = 16_384;

/** Looks at rows at the beginning, at the end and spread between, some 130,000 elements in all. */
export async function lookAt(reader: RowReader): Promise<Look> {
  const { rows, classes } = reader;
  const look: Look = {
    rows: 0,
    elements: 0,
    nan: 0,
    masked: false,
    values: [Infinity, -Infinity],
    sums: [Infinity, -Infinity],
    expSums: [Infinity, -Infinity],
    expSumsNearOne: 0,
  };
  if (rows === 0 || classes === 0) return look;
  const count = Math.min(rows, Math.max(1, Math.floor(elementsPerPlace / classes)));
  const block = rowArray(reader.dtype, count * classes);
  const starts = Array.from({ length: places }, (_, i) => Math.round((i * (rows - count)) / (places - 1)));
  for (const start of new Set(starts)) {
    await reader.read(start, count, block);
    for (let row = 0; row < count; row++) lookAtRow(look, block.subarray(row * classes, (row + 1) * classes));
  }
  return look;
}

function lookAtRow(look: Look, row: Float32Array | Float64Array): void {
  let nan = 0;
  let masked = 0;
  let sum = 0;
  let expSum = 0;
  let min = Infinity;
  let max = -Infinity;
  // A plain loop without calls that make objects: much of what a comparison of small files takes.
  for (let i = 0; i < row.length; i++) {
    const x = row[i];
    if (Number.isNaN(x)) nan++;
    else if (x === -Infinity) masked++;
    else {
      if (x < min) min = x;
      if (x > max) max = x;
      sum += x;
      expSum += Math.exp(x);
    }
  }
  look.elements += row.length;
  look.nan += nan;
  if (nan > 0 || max === Infinity || masked === row.length) return;
  look.rows++;
  look.masked ||= masked > 0;
  widen(look.values, min, max);
  widen(look.sums, sum);
  widen(look.expSums, expSum);
  const near = Math.abs(expSum - 1) <= nearOne ? 1 : 0;
  look.expSumsNearOne += (near - look.expSumsNearOne) / look.rows;
}

function widen(range: Range, ...values: number[]): void {
  for (const x of values) {
    if (x < range[0]) range[0] = x;
    if (x > range[1]) range[1] = x;
  }
}
