// Two-dimensional convolution and its two transposes as products of matrices, some images at a time, so that
// the matrix of what filters see stays in a near cache. All arrays are packed and of one floating-point dtype.

import type { FloatArray } from "../dtype.js";
import type { FilterGrid } from "../im2col.js";
import { release } from "../wasm/memory.js";
import { allocateUnset } from "./allocate.js";
import { col2im, im2col, swapAxes } from "./im2col.js";
import { matmul } from "./matmul.js";

/** A convolution of images [batch, channels, height, width] with filters [outChannels, channels / groups, …]. */
export interface Convolution extends FilterGrid {
  readonly batch: number;
  readonly outChannels: number;
  /** Into how many groups of channels, which do not mix, the channels are cut. */
  readonly groups: number;
}

/** How many elements the matrix of what filters see should have at most. */
const COLUMN_ELEMENTS = 1 << 17;

/** Smaller images are convolved together, although theirs could be taken as they lie. */
const LARGE_AREA = 64;

/** The sizes that follow from a convolution's. */
function sizesOf(c: Convolution) {
  const taps = (c.channels / c.groups) * c.kernel[0] * c.kernel[1];
  const area = c.outHeight * c.outWidth;
  const perImage = taps * c.groups * area;
  const together = Math.min(
    Math.max(1, Math.floor(COLUMN_ELEMENTS / Math.max(perImage, 1))),
    Math.max(c.batch, 1),
  );
  return {
    /** Rows of the columns' matrix, and rows of the result, that one group has. */
    taps,
    filters: c.outChannels / c.groups,
    area,
    inputs: c.channels * c.height * c.width,
    outputs: c.outChannels * area,
    together: isPointwise(c) && area >= LARGE_AREA ? 1 : together,
  };
}

/** Whether what a filter sees is a pixel, so that an image is its own matrix. */
function isPointwise({ kernel, stride, padding, height, width, outHeight, outWidth }: Convolution): boolean {
  return (
    [...kernel, ...stride].every((size) => size === 1) &&
    padding.every((size) => size === 0) &&
    height === outHeight &&
    width === outWidth
  );
}

/** A matrix in an array, row after row. */
function rows(array: FloatArray, offset: number, columns: number) {
  return { array, offset, rowStride: columns, columnStride: 1 };
}

function transposed(array: FloatArray, offset: number, columns: number) {
  return { array, offset, rowStride: 1, columnStride: columns };
}

function newArray(like: FloatArray, length: number): FloatArray {
  return allocateUnset(like instanceof Float32Array ? "float32" : "float64", length) as FloatArray;
}

/** Calls `work` with the first image and the number of images of each chunk. */
function forEachChunk(batch: number, together: number, work: (first: number, images: number) => void): void {
  for (let first = 0; first < batch; first += together) work(first, Math.min(together, batch - first));
}

/** out [batch, outChannels, outHeight, outWidth] = the convolution of `x` with `weight`, plus `bias`. */
export function convolve(
  c: Convolution,
  x: FloatArray,
  weight: FloatArray,
  bias: FloatArray | undefined,
  out: FloatArray,
): void {
  const { taps, filters, area, inputs, outputs, together } = sizesOf(c);
  const asItIs = isPointwise(c) && together === 1;
  const columns = asItIs ? x : newArray(x, taps * c.groups * together * area);
  const product = together === 1 ? out : newArray(x, outputs * together);
  forEachChunk(c.batch, together, (first, images) => {
    const width = images * area;
    if (!asItIs) im2col(x, first * inputs, images, c, columns);
    const start = asItIs ? first * inputs : 0;
    const to = together === 1 ? first * outputs : 0;
    for (let g = 0; g < c.groups; g++) {
      const w = rows(weight, g * filters * taps, taps);
      const seen = rows(columns, start + g * taps * width, width);
      matmul(w, seen, filters, taps, width, product, to + g * filters * width);
    }
    if (together !== 1) swapAxes(product, 0, c.outChannels, images, area, out, first * outputs);
  });
  if (!asItIs) release(columns);
  if (together !== 1) release(product);
  if (bias !== undefined) addBias(out, bias, area);
}

function addBias(out: FloatArray, bias: FloatArray, area: number): void {
  for (let at = 0, channel = 0; at < out.length; channel = (channel + 1) % bias.length) {
    const value = bias[channel];
    for (const end = at + area; at < end; at++) out[at] += value;
  }
}

/** out, the images' gradient, from that of the result, `g`: the transpose of the convolution with `weight`. */
export function convolveInput(c: Convolution, g: FloatArray, weight: FloatArray, out: FloatArray): void {
  const { taps, filters, area, inputs, outputs, together } = sizesOf(c);
  const asItIs = isPointwise(c) && together === 1;
  const columns = asItIs ? out : newArray(g, taps * c.groups * together * area);
  const upstream = together === 1 ? g : newArray(g, outputs * together);
  forEachChunk(c.batch, together, (first, images) => {
    const width = images * area;
    if (together !== 1) swapAxes(g, first * outputs, images, c.outChannels, area, upstream, 0);
    const from = together === 1 ? first * outputs : 0;
    const to = asItIs ? first * inputs : 0;
    for (let group = 0; group < c.groups; group++) {
      const w = transposed(weight, group * filters * taps, taps);
      const part = rows(upstream, from + group * filters * width, width);
      matmul(w, part, taps, filters, width, columns, to + group * taps * width);
    }
    if (!asItIs) col2im(columns, images, c, out, first * inputs);
  });
  if (!asItIs) release(columns);
  if (together !== 1) release(upstream);
}

/** out, the filters' gradient, from that of the result, `g`, summed over the images. */
export function convolveWeight(c: Convolution, x: FloatArray, g: FloatArray, out: FloatArray): void {
  const { taps, filters, area, inputs, outputs, together } = sizesOf(c);
  const asItIs = isPointwise(c) && together === 1;
  const columns = asItIs ? x : newArray(x, taps * c.groups * together * area);
  const upstream = together === 1 ? g : newArray(g, outputs * together);
  const part = newArray(x, out.length);
  const total = new Float64Array(out.length);
  forEachChunk(c.batch, together, (first, images) => {
    const width = images * area;
    if (!asItIs) im2col(x, first * inputs, images, c, columns);
    if (together !== 1) swapAxes(g, first * outputs, images, c.outChannels, area, upstream, 0);
    const start = asItIs ? first * inputs : 0;
    const from = together === 1 ? first * outputs : 0;
    for (let group = 0; group < c.groups; group++) {
      const grad = rows(upstream, from + group * filters * width, width);
      const seen = transposed(columns, start + group * taps * width, width);
      matmul(grad, seen, filters, width, taps, part, group * filters * taps);
    }
    for (let i = 0; i < total.length; i++) total[i] += part[i];
  });
  out.set(total);
  if (!asItIs) release(columns);
  if (together !== 1) release(upstream);
  release(part);
}
