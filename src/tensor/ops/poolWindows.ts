// Which elements the windows of pooling see, in PyTorch's arithmetic.

import { KullbackError } from "../../errors.js";
import type { AverageGrid, Window } from "../../kernels/index.js";
import { checkPair, type Pair } from "./pair.js";

/** Options that the poolings with windows of a fixed size share. Pairs are [vertical, horizontal]. */
export interface PoolOptions {
  /** Steps from one window to the next; default the window's size. */
  stride?: Pair;
  /** Places around the image that no element is at, at most half the window; default 0. */
  padding?: Pair;
  /** Whether a window may reach beyond the padded image's end, so that no element is left out; default false. */
  ceilMode?: boolean;
}

/** What a fixed-size pooling is along one axis. */
export interface AxisPooling {
  size: number;
  kernel: number;
  stride: number;
  padding: number;
  dilation: number;
}

/** Checked sizes along both axes. */
export function axesOf(
  name: string,
  [height, width]: readonly number[],
  kernelSize: Pair,
  { stride, padding = 0, dilation = 1 }: PoolOptions & { dilation?: Pair },
): [AxisPooling, AxisPooling] {
  const kernel = checkPair(name, "kernelSize", kernelSize, 1);
  const step = checkPair(name, "stride", stride ?? kernelSize, 1);
  const around = checkPair(name, "padding", padding, 0);
  const apart = checkPair(name, "dilation", dilation, 1);
  const axis = (d: 0 | 1, size: number): AxisPooling => {
    if (2 * around[d] > (kernel[d] - 1) * apart[d] + 1) {
      throw new KullbackError(
        `${name}: padding should be at most half of effective kernel size, got padding ${around[d]}, ` +
          `kernelSize ${kernel[d]}, dilation ${apart[d]}`,
      );
    }
    return { size, kernel: kernel[d], stride: step[d], padding: around[d], dilation: apart[d] };
  };
  return [axis(0, height), axis(1, width)];
}

/** How many windows there are along an axis. */
export function countWindows(name: string, axis: AxisPooling, ceilMode: boolean): number {
  const { size, kernel, stride, padding, dilation } = axis;
  const room = size + 2 * padding - dilation * (kernel - 1) - 1;
  let count = Math.floor((room + (ceilMode ? stride - 1 : 0)) / stride) + 1;
  // The last window must begin inside the image or the padding before it.
  if (ceilMode && (count - 1) * stride >= size + padding) count--;
  if (count < 1) {
    throw new KullbackError(
      `${name}: an axis of ${size} with padding ${padding} is too small for a window of ${dilation * (kernel - 1) + 1}`,
    );
  }
  return count;
}

/** The windows along an axis, without places in the padding. */
export function maxWindows(name: string, axis: AxisPooling, ceilMode: boolean): Window[] {
  const { size, kernel, stride, padding, dilation } = axis;
  return Array.from({ length: countWindows(name, axis, ceilMode) }, (_, i) => {
    const first = i * stride - padding;
    const start = first < 0 ? first + Math.ceil(-first / dilation) * dilation : first;
    return { start, end: Math.min(first + (kernel - 1) * dilation + 1, size), step: dilation };
  });
}

/** The windows along an axis, and how many places each has with those in the padding. */
function averageWindows(name: string, axis: AxisPooling, ceilMode: boolean) {
  const { size, kernel, stride, padding } = axis;
  return Array.from({ length: countWindows(name, axis, ceilMode) }, (_, i) => {
    const start = i * stride - padding;
    const end = Math.min(start + kernel, size + padding);
    const window: Window = { start: Math.max(start, 0), end: Math.min(end, size), step: 1 };
    return { window, places: end - start };
  });
}

/** Windows that average, divided by the places they have, in the image or with the padding, or by `divisor`. */
export function averageGrid(
  name: string,
  axes: readonly [AxisPooling, AxisPooling],
  ceilMode: boolean,
  countIncludePad: boolean,
  divisor: number | undefined,
): AverageGrid {
  const [vertical, horizontal] = axes.map((axis) => averageWindows(name, axis, ceilMode));
  const places = ({ window, places }: { window: Window; places: number }) =>
    countIncludePad ? places : window.end - window.start;
  return {
    height: axes[0].size,
    width: axes[1].size,
    rows: vertical.map(({ window }) => window),
    columns: horizontal.map(({ window }) => window),
    divisors: Float64Array.from(
      vertical.flatMap((row) => horizontal.map((column) => divisor ?? places(row) * places(column))),
    ),
  };
}

/** An output's size, an axis of which is the input's where it is null. */
export type OutputSize = number | null | readonly [number | null, number | null];

/** The windows of adaptive pooling: `count` of them, as equal as can be, that cover an axis of `size`. */
function adaptiveWindows(size: number, count: number): Window[] {
  return Array.from({ length: count }, (_, i) => ({
    start: Math.floor((i * size) / count),
    end: Math.ceil(((i + 1) * size) / count),
    step: 1,
  }));
}

/** The windows of adaptive pooling of planes [height, width], with the divisors of averages. */
export function adaptiveGrid(
  name: string,
  [height, width]: readonly number[],
  outputSize: OutputSize,
): AverageGrid {
  const wanted = Array.isArray(outputSize) ? outputSize : [outputSize, outputSize];
  const sizes = [height, width].map((size, d) => (wanted[d] === null ? size : wanted[d]));
  if (wanted.length !== 2 || !sizes.every((n) => Number.isInteger(n) && n >= 0)) {
    throw new KullbackError(
      `${name}: outputSize must be a non-negative integer or null, or two, got ${JSON.stringify(outputSize)}`,
    );
  }
  const [rows, columns] = [adaptiveWindows(height, sizes[0]), adaptiveWindows(width, sizes[1])];
  const length = ({ start, end }: Window) => end - start;
  const divisors = Float64Array.from(
    rows.flatMap((row) => columns.map((column) => length(row) * length(column))),
  );
  return { height, width, rows, columns, divisors };
}
