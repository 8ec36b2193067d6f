import type { ArrayFile } from "./arrayFile.js";
import { readBytes } from "./byteSource.js";
import { type Axis, createDecoder, type Decoded, type Decoder, machineOrder, swapBytes } from "./decode.js";
import { type FileDType, itemSize } from "./dtype.js";
import { stridesOf } from "./shape.js";

/** Elements of a file that nested loops visit, and where each of them goes. */
export interface Region {
  /** The first element in the file's data. */
  from: number;
  /** Where it goes in the output. */
  to: number;
  /** The loops, in any order. */
  axes: readonly Axis[];
}

/** Bytes per read: enough to make system calls cheap, little enough to stay in a processor's cache. */
const MAX_READ = 1 << 20;

/** Pieces closer than this many bytes are read together with what lies between: it costs less than a call. */
const MAX_GAP = 1 << 14;

/** Loops over `axes` of `array`, outermost first, into C order among themselves. */
export function loopsOver(array: ArrayFile, axes: readonly number[]): Axis[] {
  const from = stridesOf(array.shape, array.fortranOrder);
  const extents = axes.map((axis) => array.shape[axis]!);
  const to = stridesOf(extents, false);
  return axes.map((axis, i) => ({ extent: extents[i]!, from: from[axis]!, to: to[i]! }));
}

/** A decoder that suits {@link gather}: it holds one read's worth of `array`. */
export function gatherDecoder(array: ArrayFile): Decoder {
  const size = itemSize[array.dtype];
  return createDecoder(array.name, array.dtype, Math.min(MAX_READ, array.byteLength) / size);
}

/**
 * Reads the elements of `region` from `array` into `out`, in as few reads as its layout allows: the loops
 * whose elements lie close together in the file are covered by one read, the others are repeated.
 */
export async function gather(
  array: ArrayFile,
  region: Region,
  out: Decoded,
  decoder: Decoder,
): Promise<void> {
  if (region.axes.some((axis) => axis.extent === 0)) return;
  const size = itemSize[array.dtype];
  const axes = coalesce(region.axes);
  if (isStoredAs(array.dtype, out) && axes.length === 1 && axes[0]!.from === 1 && axes[0]!.to === 1) {
    const { extent } = axes[0]!;
    const target = new Uint8Array(out.buffer, out.byteOffset + region.to * size, extent * size);
    return load(array, region.from, target);
  }
  const { inner, split, piece, outer } = plan(axes, size);
  for (const { from, to } of positions(region, outer)) {
    for (let step = 0; step < split.extent; step += piece) {
      const last = { ...split, extent: Math.min(piece, split.extent - step) };
      const tile = [...inner, last];
      const start = from + step * split.from;
      await load(array, start, decoder.bytes.subarray(0, span(tile) * size));
      scatter(tile, out, to + step * split.to, decoder);
    }
  }
}

/** Sorts the loops by their distance in the file and joins those that continue each other. */
function coalesce(axes: readonly Axis[]): Axis[] {
  const sorted = axes.filter((axis) => axis.extent > 1).sort((a, b) => a.from - b.from);
  const joined: Axis[] = [];
  for (const axis of sorted) {
    const last = joined.at(-1);
    if (last && axis.from === last.from * last.extent && axis.to === last.to * last.extent) {
      joined[joined.length - 1] = { ...last, extent: last.extent * axis.extent };
    } else joined.push(axis);
  }
  return joined.length > 0 ? joined : [{ extent: 1, from: 1, to: 1 }];
}

interface Plan {
  /** Loops that one read covers whole. */
  inner: Axis[];
  /** The loop of which one read covers `piece` steps. */
  split: Axis;
  piece: number;
  /** Loops that take one read, or more, a step. */
  outer: Axis[];
}

/** Decides how many of the loops, from the closest elements outwards, one read covers. */
function plan(axes: readonly Axis[], size: number): Plan {
  const room = MAX_READ / size;
  let depth = 0;
  let covered = 1;
  while (depth < axes.length) {
    const axis = axes[depth]!;
    if ((axis.from - covered) * size > MAX_GAP) break;
    const steps = Math.floor((room - covered) / axis.from) + 1;
    if (steps < axis.extent) {
      return { inner: axes.slice(0, depth), split: axis, piece: steps, outer: axes.slice(depth + 1) };
    }
    covered += (axis.extent - 1) * axis.from;
    depth++;
  }
  const once = { extent: 1, from: 0, to: 0 };
  return { inner: axes.slice(0, depth), split: once, piece: 1, outer: axes.slice(depth) };
}

/** Elements from the first to the last that the loops visit. */
function span(axes: readonly Axis[]): number {
  return axes.reduce((sum, axis) => sum + (axis.extent - 1) * axis.from, 1);
}

/** Where each step of the loops begins, in the order of the file. */
function* positions(region: Region, axes: readonly Axis[]): Generator<{ from: number; to: number }> {
  const axis = axes.at(-1);
  if (!axis) {
    yield region;
    return;
  }
  for (let i = 0; i < axis.extent; i++) {
    const start = { ...region, from: region.from + i * axis.from, to: region.to + i * axis.to };
    yield* positions(start, axes.slice(0, -1));
  }
}

/** Decodes what the loops visit, the two innermost in the decoder's own. */
function scatter(axes: readonly Axis[], out: Decoded, to: number, decoder: Decoder): void {
  const once = { extent: 1, from: 0, to: 0 };
  const [inner = once, outer = once, ...rest] = axes.filter((axis) => axis.extent > 1);
  for (const start of positions({ from: 0, to, axes: [] }, rest)) {
    decoder.decode(out, start.to, start.from, inner, outer);
  }
}

/** Fills `target` with the bytes of the elements from `start`, in this machine's byte order. */
async function load(array: ArrayFile, start: number, target: Uint8Array): Promise<void> {
  const size = itemSize[array.dtype];
  const bytes = await readBytes(array.source, array.offset + start * size, target.length, target);
  if (bytes.buffer !== target.buffer) target.set(bytes);
  if (array.byteOrder !== machineOrder && size > 1) swapBytes(target, size);
}

/** Whether the file's bytes are the memory of `out`, so that nothing needs decoding. */
function isStoredAs(dtype: FileDType, out: Decoded): boolean {
  if (dtype === "float32") return out instanceof Float32Array;
  if (dtype === "float64") return out instanceof Float64Array;
  if (dtype === "uint16") return out instanceof Uint16Array;
  return dtype === "int32" && out instanceof Int32Array;
}
