import type { ArrayFile } from "./arrayFile.js";
import type { Axis, Decoded, Decoder } from "./decode.js";
import { type FileDType, fitsFloat32 } from "./dtype.js";
import { FileError } from "./fileError.js";
import { gather, gatherDecoder, loopsOver } from "./gather.js";
import { countElements } from "./shape.js";

/** The rows of an array, each with its classes side by side. */
export interface RowReader {
  readonly rows: number;
  readonly classes: number;
  readonly dtype: FileDType;
  /**
   * Decodes rows `[start, start + count)` into the beginning of `out`, row after row. Memory beyond `out` is
   * constant, about 1 MiB; where the rows do not lie side by side in the file, larger blocks of rows are
   * read with fewer and longer reads.
   *
   * @param out - At least `count * classes` long, of the type that `rowArray(dtype, …)` gives or a
   *   Float64Array.
   * @throws {@link FileError} for rows outside the array, an `out` that is too short or too narrow, a file
   *   that has shrunk, and 64-bit integers beyond 2⁵³ − 1.
   */
  read(start: number, count: number, out: Float32Array | Float64Array): Promise<void>;
  /**
   * The same without decoding, where `dtype` is float16 or bfloat16 and the reader can give the 16 bits of each
   * number, in this machine's byte order.
   */
  readBits?(start: number, count: number, out: Uint16Array): Promise<void>;
  /**
   * The same without decoding, where rows are those of a `_logits_` file, as they lie there: float32 scale and
   * minimum, a code of 16 bits a class, and 16 bits more if the classes are odd.
   *
   * @param out - At least `count` times so many 16-bit numbers long.
   */
  readCodes?(start: number, count: number, out: Uint16Array): Promise<void>;
}

/**
 * The rows of `array`: the axes `dims` are one row's classes, in C order among them whatever the order in
 * `dims`; the other axes, in C order, count the rows. With all axes in `dims` the array is one row.
 *
 * @param dims - Axes, negative ones counted from the end. Default: the last axis.
 * @throws {@link FileError} for an axis that the array does not have or that is named twice.
 */
export function rowsOf(array: ArrayFile, dims: readonly number[] = [-1]): RowReader {
  const { name, shape, dtype } = array;
  const inRow = classAxes(array, dims);
  const axesWhere = (wanted: boolean) =>
    shape.flatMap((_, axis) => (inRow.has(axis) === wanted ? [axis] : []));
  const classes = sizeOf(axesWhere(true).map((axis) => shape[axis]!));
  const rows = sizeOf(axesWhere(false).map((axis) => shape[axis]!));
  const classLoops = loopsOver(array, axesWhere(true));
  const rowLoops = joinLoops(loopsOver(array, axesWhere(false)));
  const readFrom = (file: ArrayFile) => {
    // Concurrent reads each take a decoder of their own; one after the other they share one.
    const idle: Decoder[] = [];
    return async (start: number, count: number, out: Decoded) => {
      if (!(isCount(start) && isCount(count) && start + count <= rows)) {
        throw new FileError(
          name,
          `rows ${start} to ${start + count} are outside the ${rows} rows of the array`,
        );
      }
      if (out.length < count * classes) {
        throw new FileError(
          name,
          `${count} rows of ${classes} classes need an array of ${count * classes}, got ${out.length}`,
        );
      }
      const decoder = idle.pop() ?? gatherDecoder(file);
      for (const block of blocks(rowLoops, start, start + count)) {
        const rowAxes = block.loops.map((loop) => ({ ...loop, to: loop.to * classes }));
        const to = (block.row - start) * classes;
        await gather(file, { from: block.from, to, axes: [...rowAxes, ...classLoops] }, out, decoder);
      }
      idle.push(decoder);
    };
  };
  const readNumbers = readFrom(array);
  return {
    rows,
    classes,
    dtype,
    async read(start, count, out) {
      if (out instanceof Float32Array && !fitsFloat32(dtype)) {
        throw new FileError(name, `${dtype} rows need a Float64Array, got a Float32Array`);
      }
      await readNumbers(start, count, out);
    },
    ...((dtype === "float16" || dtype === "bfloat16") && {
      readBits: readFrom({ ...array, dtype: "uint16" }),
    }),
  };
}

/** The axes of `dims` as a set, checked. */
function classAxes({ name, shape }: ArrayFile, dims: readonly number[]): ReadonlySet<number> {
  const rank = shape.length;
  const axes = new Set<number>();
  for (const dim of dims) {
    if (!Number.isInteger(dim) || dim < -rank || dim >= rank) {
      const range = rank > 0 ? `wanted ${-rank} to ${rank - 1}` : "which has no axes";
      throw new FileError(name, `dim ${dim} is out of range for the shape [${shape.join(", ")}], ${range}`);
    }
    const axis = dim < 0 ? dim + rank : dim;
    if (axes.has(axis)) throw new FileError(name, `dim ${dim} is named twice in [${dims.join(", ")}]`);
    axes.add(axis);
  }
  if (axes.size === 0) throw new FileError(name, "wanted at least one dim for the classes, got none");
  return axes;
}

const isCount = (value: number) => Number.isInteger(value) && value >= 0;

/** The headers were checked, so the product is exact. */
const sizeOf = (shape: readonly number[]) => countElements(shape)!;

/** Joins neighbouring loops that are one loop in the file, so that most arrays have a single loop of rows. */
function joinLoops(axes: readonly Axis[]): Axis[] {
  const joined: Axis[] = [];
  for (const axis of axes) {
    const last = joined.at(-1);
    if (last && last.from === axis.from * axis.extent) {
      joined[joined.length - 1] = { ...axis, extent: last.extent * axis.extent };
    } else joined.push(axis);
  }
  return joined;
}

/** Rows that whole loops visit, from `row` on. */
interface Block {
  row: number;
  from: number;
  loops: Axis[];
}

/** Cuts the rows `[start, end)` into blocks: a part of the first slab, whole slabs, a part of the last. */
function* blocks(axes: readonly Axis[], start: number, end: number, row = 0, from = 0): Generator<Block> {
  if (start >= end) return;
  const [axis, ...inner] = axes;
  if (!axis) {
    yield { row, from, loops: [] };
    return;
  }
  const slab = axis.to;
  const first = Math.ceil(start / slab);
  const last = Math.floor(end / slab);
  const within = (index: number, a: number, b: number) =>
    blocks(inner, a, b, row + index * slab, from + index * axis.from);
  if (first > last) {
    yield* within(last, start - last * slab, end - last * slab);
    return;
  }
  yield* within(first - 1, start - (first - 1) * slab, slab);
  if (first < last) {
    const whole = { ...axis, extent: last - first };
    yield { row: row + first * slab, from: from + first * axis.from, loops: [whole, ...inner] };
  }
  yield* within(last, 0, end - last * slab);
}
