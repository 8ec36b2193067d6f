import type { FloatArray } from "./dtype.js";

/** Where a two-dimensional filter is put on a padded image. Pairs are [vertical, horizontal]. */
export interface FilterGrid {
  /** Channels of an image, its height and width. */
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  /** Zeros above and to the left; those below and to the right follow from the output's size. */
  readonly padding: readonly [number, number];
  readonly outHeight: number;
  readonly outWidth: number;
}

/** The output columns for which a filter's column reads inside the image: first, and one behind the last. */
function inside(grid: FilterGrid, kx: number): [first: number, end: number] {
  const [, stride] = grid.stride;
  const shift = kx * grid.dilation[1] - grid.padding[1];
  const first = Math.max(0, Math.ceil(-shift / stride));
  const end = Math.min(grid.outWidth, Math.floor((grid.width - 1 - shift) / stride) + 1);
  return [Math.min(first, grid.outWidth), Math.max(end, Math.min(first, grid.outWidth))];
}

/**
 * Lays out images [channels, height, width] as a matrix [channels · kernel height · kernel width, images ·
 * output height · output width]: column j holds what the filter at output place j sees. With it convolution is
 * a product of matrices.
 *
 * K. Chellapilla et al., "High Performance Convolutional Neural Networks for Document Processing" (2006).
 */
export function im2col(
  x: FloatArray,
  offset: number,
  images: number,
  grid: FilterGrid,
  out: FloatArray,
): void {
  const { channels, height, width, kernel, stride, dilation, padding, outHeight, outWidth } = grid;
  const step = stride[1];
  let at = 0;
  for (let c = 0; c < channels; c++) {
    for (let ky = 0; ky < kernel[0]; ky++) {
      for (let kx = 0; kx < kernel[1]; kx++) {
        const [first, end] = inside(grid, kx);
        for (let image = 0; image < images; image++) {
          const plane = offset + (image * channels + c) * height * width;
          for (let oy = 0; oy < outHeight; oy++, at += outWidth) {
            const y = oy * stride[0] + ky * dilation[0] - padding[0];
            if (y < 0 || y >= height) {
              for (let ox = 0; ox < outWidth; ox++) out[at + ox] = 0;
              continue;
            }
            const row = plane + y * width + kx * dilation[1] - padding[1];
            for (let ox = 0; ox < first; ox++) out[at + ox] = 0;
            for (let ox = first; ox < end; ox++) out[at + ox] = x[row + ox * step];
            for (let ox = end; ox < outWidth; ox++) out[at + ox] = 0;
          }
        }
      }
    }
  }
}

/**
 * The transpose of {@link im2col}: each number of the images [channels, height, width] from `offset` on becomes
 * the sum of the matrix's elements that were read from it.
 */
export function col2im(
  columns: FloatArray,
  images: number,
  grid: FilterGrid,
  out: FloatArray,
  offset: number,
): void {
  const { channels, height, width, kernel, stride, dilation, padding, outHeight, outWidth } = grid;
  const step = stride[1];
  out.fill(0, offset, offset + images * channels * height * width);
  let at = 0;
  for (let c = 0; c < channels; c++) {
    for (let ky = 0; ky < kernel[0]; ky++) {
      for (let kx = 0; kx < kernel[1]; kx++) {
        const [first, end] = inside(grid, kx);
        for (let image = 0; image < images; image++) {
          const plane = offset + (image * channels + c) * height * width;
          for (let oy = 0; oy < outHeight; oy++, at += outWidth) {
            const y = oy * stride[0] + ky * dilation[0] - padding[0];
            if (y < 0 || y >= height) continue;
            const row = plane + y * width + kx * dilation[1] - padding[1];
            for (let ox = first; ox < end; ox++) out[row + ox * step] += columns[at + ox];
          }
        }
      }
    }
  }
}

/** From [a, b, length] at `from` in `x` to [b, a, length] at `to` in `out`. */
export function swapAxes(
  x: FloatArray,
  from: number,
  a: number,
  b: number,
  length: number,
  out: FloatArray,
  to: number,
): void {
  for (let i = 0; i < a; i++) {
    for (let j = 0; j < b; j++) {
      const source = from + (i * b + j) * length;
      const target = to + (j * a + i) * length;
      for (let k = 0; k < length; k++) out[target + k] = x[source + k];
    }
  }
}
