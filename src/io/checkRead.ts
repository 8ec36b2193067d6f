import { type FileDType, fitsFloat32 } from "./dtype.js";
import { FileError } from "./fileError.js";

const isCount = (value: number) => Number.isInteger(value) && value >= 0;

/** Refuses rows that a reader does not have, and an array that does not hold them. */
export function checkRead(
  name: string,
  reader: { rows: number; classes: number; dtype: FileDType },
  start: number,
  count: number,
  out: Float32Array | Float64Array,
): void {
  const { rows, classes, dtype } = reader;
  if (!(isCount(start) && isCount(count) && start + count <= rows)) {
    throw new FileError(name, `rows ${start} to ${start + count} are outside the ${rows} rows of the array`);
  }
  if (out.length < count * classes) {
    throw new FileError(
      name,
      `${count} rows of ${classes} classes need an array of ${count * classes}, got ${out.length}`,
    );
  }
  if (out instanceof Float32Array && !fitsFloat32(dtype)) {
    throw new FileError(name, `${dtype} rows need a Float64Array, got a Float32Array`);
  }
}

/** Refuses rows that a top-k reader does not have, and arrays that do not hold them. */
export function checkTopKRead(
  name: string,
  { rows, k }: { rows: number; k: number },
  start: number,
  count: number,
  ids: Int32Array,
  logProbs: Float64Array,
): void {
  if (!(isCount(start) && isCount(count) && start + count <= rows)) {
    throw new FileError(name, `rows ${start} to ${start + count} are outside the ${rows} rows of the file`);
  }
  const got = Math.min(ids.length, logProbs.length);
  if (got < count * k) {
    throw new FileError(name, `${count} rows of ${k} classes need arrays of ${count * k}, got ${got}`);
  }
}
