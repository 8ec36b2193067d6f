import type { FloatArray } from "./dtype.js";

/** The places along one axis that an output place is computed from: `start`, `start + step`, … below `end`. */
export interface Window {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** Windows on planes [height, width]: output place (i, j) sees `rows[i]` × `columns[j]`. */
export interface WindowGrid {
  readonly height: number;
  readonly width: number;
  readonly rows: readonly Window[];
  readonly columns: readonly Window[];
}

/** Averages in windows, and what the sum of window (i, j) is divided by, at i · columns + j. */
export interface AverageGrid extends WindowGrid {
  readonly divisors: Float64Array;
}

/**
 * out = the largest element of every window of every plane of `x`, and in `indices` its place in the plane. Of
 * equal ones the first counts; a NaN is larger than all.
 */
export function maxPool(x: FloatArray, grid: WindowGrid, out: FloatArray, indices: Int32Array): void {
  const { height, width, rows, columns } = grid;
  let at = 0;
  for (let plane = 0; at < out.length; plane += height * width) {
    for (const row of rows) {
      for (const column of columns) {
        let place = row.start * width + column.start;
        let best = x[plane + place];
        for (let i = row.start; i < row.end; i += row.step) {
          const line = i * width;
          for (let j = column.start; j < column.end; j += column.step) {
            const value = x[plane + line + j];
            if (value > best || Number.isNaN(value)) {
              best = value;
              place = line + j;
            }
          }
        }
        out[at] = best;
        indices[at++] = place;
      }
    }
  }
}

/** out = the sum of every window of every plane of `x`, divided by its divisor; 0 for an empty window. */
export function averagePool(x: FloatArray, grid: AverageGrid, out: FloatArray): void {
  const { height, width, rows, columns, divisors } = grid;
  let at = 0;
  for (let plane = 0; at < out.length; plane += height * width) {
    let window = 0;
    for (const row of rows) {
      for (const column of columns) {
        let total = 0;
        for (let i = row.start; i < row.end; i++) {
          const line = plane + i * width;
          for (let j = column.start; j < column.end; j++) total += x[line + j];
        }
        out[at++] = total === 0 ? total : total / divisors[window];
        window++;
      }
    }
  }
}

/** The transpose of {@link averagePool}: adds every element of `g`, divided, to all of its window in `out`. */
export function averagePoolBackward(g: FloatArray, grid: AverageGrid, out: FloatArray): void {
  const { height, width, rows, columns, divisors } = grid;
  let at = 0;
  for (let plane = 0; at < g.length; plane += height * width) {
    let window = 0;
    for (const row of rows) {
      for (const column of columns) {
        const share = g[at++] / divisors[window++];
        for (let i = row.start; i < row.end; i++) {
          const line = plane + i * width;
          for (let j = column.start; j < column.end; j++) out[line + j] += share;
        }
      }
    }
  }
}
