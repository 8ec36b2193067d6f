// What filters see of images as a matrix, and back; ../../im2col.ts says what is computed. Rows of the matrix,
// or channels, are independent of each other.

/** The first output column for which a filter's column, `shift` from the image's first, reads inside the image. */
@inline
function firstInside(shift: i32, stride: i32, outWidth: i32): i32 {
  return shift >= 0 ? 0 : min((stride - 1 - shift) / stride, outWidth);
}

/** One behind the last such column. */
@inline
function endInside(shift: i32, stride: i32, width: i32, outWidth: i32, first: i32): i32 {
  const room = width - 1 - shift;
  return room < 0 ? first : max(min(room / stride + 1, outWidth), first);
}

/** Copies `count` numbers that are `step` bytes apart. */
@inline
function gatherRun<T>(from: usize, step: usize, to: usize, count: i32): void {
  const end = to + <usize>count * sizeof<T>();
  if (step == sizeof<T>()) {
    for (; to + 16 <= end; to += 16, from += 16) v128.store(to, v128.load(from));
  }
  for (; to < end; to += sizeof<T>(), from += step) store<T>(to, load<T>(from));
}

/** Adds `count` numbers to numbers that are `step` bytes apart. */
@inline
function scatterRun<T>(from: usize, to: usize, step: usize, count: i32): void {
  const end = from + <usize>count * sizeof<T>();
  if (step == sizeof<T>()) {
    for (; from + 16 <= end; from += 16, to += 16) {
      v128.store(to, v128.add<T>(v128.load(to), v128.load(from)));
    }
  }
  for (; from < end; from += sizeof<T>(), to += step) store<T>(to, load<T>(to) + load<T>(from));
}

/** Rows `first` to `last` − 1 of the matrix: row (c · kernelHeight + ky) · kernelWidth + kx. */
@inline
function im2col<T>(
  x: usize, out: usize, images: i32, channels: i32, height: i32, width: i32, kernelHeight: i32, kernelWidth: i32,
  strideY: i32, strideX: i32, dilationY: i32, dilationX: i32, top: i32, left: i32, outHeight: i32, outWidth: i32,
  first: i32, last: i32,
): void {
  const rowBytes = <usize>outWidth * sizeof<T>();
  let to = out + <usize>first * <usize>(images * outHeight) * rowBytes;
  for (let r = first; r < last; r++) {
    const tap = r / kernelWidth;
    const shiftX = (r % kernelWidth) * dilationX - left;
    const shiftY = (tap % kernelHeight) * dilationY - top;
    const begin = firstInside(shiftX, strideX, outWidth);
    const end = endInside(shiftX, strideX, width, outWidth, begin);
    const before = <usize>begin * sizeof<T>();
    for (let image = 0; image < images; image++) {
      const plane = x + <usize>(image * channels + tap / kernelHeight) * <usize>(height * width) * sizeof<T>();
      for (let oy = 0; oy < outHeight; oy++, to += rowBytes) {
        const y = oy * strideY + shiftY;
        if (y < 0 || y >= height) {
          memory.fill(to, 0, rowBytes);
          continue;
        }
        const from = plane + (y * width + begin * strideX + shiftX) * sizeof<T>();
        for (let at = to; at < to + before; at += sizeof<T>()) store<T>(at, 0);
        gatherRun<T>(from, strideX * sizeof<T>(), to + before, end - begin);
        for (let at = to + <usize>end * sizeof<T>(); at < to + rowBytes; at += sizeof<T>()) store<T>(at, 0);
      }
    }
  }
}

/** Channels `first` to `last` − 1 of the images, from all rows of the matrix that were read from them. */
@inline
function col2im<T>(
  columns: usize, out: usize, images: i32, channels: i32, height: i32, width: i32, kernelHeight: i32,
  kernelWidth: i32, strideY: i32, strideX: i32, dilationY: i32, dilationX: i32, top: i32, left: i32,
  outHeight: i32, outWidth: i32, first: i32, last: i32,
): void {
  const rowBytes = <usize>outWidth * sizeof<T>();
  const planeBytes = <usize>(height * width) * sizeof<T>();
  const taps = kernelHeight * kernelWidth;
  let from = columns + <usize>(first * taps) * <usize>(images * outHeight) * rowBytes;
  for (let c = first; c < last; c++) {
    for (let image = 0; image < images; image++) {
      memory.fill(out + <usize>(image * channels + c) * planeBytes, 0, planeBytes);
    }
    for (let tap = 0; tap < taps; tap++) {
      const shiftX = (tap % kernelWidth) * dilationX - left;
      const shiftY = (tap / kernelWidth) * dilationY - top;
      const begin = firstInside(shiftX, strideX, outWidth);
      const end = endInside(shiftX, strideX, width, outWidth, begin);
      for (let image = 0; image < images; image++) {
        const plane = out + <usize>(image * channels + c) * planeBytes;
        for (let oy = 0; oy < outHeight; oy++, from += rowBytes) {
          const y = oy * strideY + shiftY;
          if (y < 0 || y >= height) continue;
          const to = plane + (y * width + begin * strideX + shiftX) * sizeof<T>();
          scatterRun<T>(from + <usize>begin * sizeof<T>(), to, strideX * sizeof<T>(), end - begin);
        }
      }
    }
  }
}

export function im2col32(
  x: usize, out: usize, images: i32, channels: i32, height: i32, width: i32, kernelHeight: i32, kernelWidth: i32,
  strideY: i32, strideX: i32, dilationY: i32, dilationX: i32, top: i32, left: i32, outHeight: i32, outWidth: i32,
  first: i32, last: i32,
): void {
  im2col<f32>(
    x, out, images, channels, height, width, kernelHeight, kernelWidth, strideY, strideX, dilationY, dilationX,
    top, left, outHeight, outWidth, first, last,
  );
}

export function im2col64(
  x: usize, out: usize, images: i32, channels: i32, height: i32, width: i32, kernelHeight: i32, kernelWidth: i32,
  strideY: i32, strideX: i32, dilationY: i32, dilationX: i32, top: i32, left: i32, outHeight: i32, outWidth: i32,
  first: i32, last: i32,
): void {
  im2col<f64>(
    x, out, images, channels, height, width, kernelHeight, kernelWidth, strideY, strideX, dilationY, dilationX,
    top, left, outHeight, outWidth, first, last,
  );
}

export function col2im32(
  columns: usize, out: usize, images: i32, channels: i32, height: i32, width: i32, kernelHeight: i32,
  kernelWidth: i32, strideY: i32, strideX: i32, dilationY: i32, dilationX: i32, top: i32, left: i32,
  outHeight: i32, outWidth: i32, first: i32, last: i32,
): void {
  col2im<f32>(
    columns, out, images, channels, height, width, kernelHeight, kernelWidth, strideY, strideX, dilationY,
    dilationX, top, left, outHeight, outWidth, first, last,
  );
}

export function col2im64(
  columns: usize, out: usize, images: i32, channels: i32, height: i32, width: i32, kernelHeight: i32,
  kernelWidth: i32, strideY: i32, strideX: i32, dilationY: i32, dilationX: i32, top: i32, left: i32,
  outHeight: i32, outWidth: i32, first: i32, last: i32,
): void {
  col2im<f64>(
    columns, out, images, channels, height, width, kernelHeight, kernelWidth, strideY, strideX, dilationY,
    dilationX, top, left, outHeight, outWidth, first, last,
  );
}

/** Rows [a, b, bytes] of a packed array to [b, a, bytes]: those of the first axis from `first` to `last` − 1. */
export function swapAxes(x: usize, out: usize, a: i32, b: i32, bytes: usize, first: i32, last: i32): void {
  for (let i = first; i < last; i++) {
    for (let j = 0; j < b; j++) {
      let from = x + <usize>(i * b + j) * bytes;
      let to = out + <usize>(j * a + i) * bytes;
      const end = from + bytes;
      for (; from + 16 <= end; from += 16, to += 16) v128.store(to, v128.load(from));
      for (; from < end; from += 4, to += 4) store<u32>(to, load<u32>(from));
    }
  }
}
