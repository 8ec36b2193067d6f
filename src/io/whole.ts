import type { ArrayFile } from "./arrayFile.js";
import type { Decoded } from "./decode.js";
import type { FileDType } from "./dtype.js";
import { FileError } from "./fileError.js";
import { gather, gatherDecoder, loopsOver } from "./gather.js";
import { type OpenOptions, openArray } from "./open.js";
import { countElements, describe } from "./shape.js";
import type { FileInput } from "./sources/index.js";

/** A whole array in the dtype of a tensor that holds it, in C order. */
export interface ArrayData {
  /** `tensor(data)` makes a tensor of `dtype` of it. */
  data: Float32Array | Float64Array | Int32Array | Uint8Array;
  shape: number[];
  /** float64 for float64, float32 for the other floats, int32 for integers, bool for bool (0 or 1). */
  dtype: "float32" | "float64" | "int32" | "bool";
}

/**
 * The whole array as float64 numbers in C order, for small arrays such as labels.
 *
 * @param options - `maxElements`: refuse a larger array than this. Default: 2²⁸, which take 2 GiB.
 * @throws {@link FileError} if the array is larger, or holds 64-bit integers beyond 2⁵³ − 1.
 */
export async function readAll(
  array: ArrayFile,
  options: { maxElements?: number } = {},
): Promise<{ shape: number[]; data: Float64Array }> {
  const { maxElements = 2 ** 28 } = options;
  const count = countElements(array.shape)!;
  if (count > maxElements) {
    const what = describe(array.dtype, array.shape);
    throw new FileError(array.name, `${what} has ${count} elements, at most ${maxElements} are read at once`);
  }
  const data = await readInto(array, Float64Array, count);
  return { shape: [...array.shape], data };
}

/**
 * Reads a whole file into the nearest dtype of a tensor, in C order: float16 and bfloat16 become float32,
 * integers int32.
 *
 * @param input - As for {@link openArray}.
 * @throws {@link FileError} as {@link openArray} does, and for integers beyond 32 bits and arrays larger than
 *   memory.
 */
export async function readArray(input: FileInput, options: OpenOptions = {}): Promise<ArrayData> {
  const array = await openArray(input, options);
  try {
    const shape = [...array.shape];
    const count = countElements(shape)!;
    const dtype = tensorDType(array.dtype);
    switch (dtype) {
      case "float32":
        return { data: await readInto(array, Float32Array, count), shape, dtype };
      case "float64":
        return { data: await readInto(array, Float64Array, count), shape, dtype };
      case "bool":
        return { data: await readInto(array, Uint8Array, count), shape, dtype };
      case "int32":
        return { data: await readIntegers(array, count), shape, dtype };
    }
  } finally {
    await array.close();
  }
}

function tensorDType(dtype: FileDType): ArrayData["dtype"] {
  if (dtype === "float64" || dtype === "bool") return dtype;
  return dtype.endsWith("float16") || dtype === "float32" ? "float32" : "int32";
}

async function readIntegers(array: ArrayFile, count: number): Promise<Int32Array> {
  const mayOverflow = ["uint32", "int64", "uint64"].includes(array.dtype);
  if (!mayOverflow) return readInto(array, Int32Array, count);
  const numbers = await readInto(array, Float64Array, count);
  const tooLarge = numbers.find((value) => value !== (value | 0));
  if (tooLarge === undefined) return Int32Array.from(numbers);
  throw new FileError(
    array.name,
    `holds the ${array.dtype} ${tooLarge}, beyond int32; readAll gives such numbers`,
  );
}

async function readInto<T extends Decoded>(
  array: ArrayFile,
  make: new (length: number) => T,
  count: number,
): Promise<T> {
  let data: T;
  try {
    data = new make(count);
  } catch {
    const what = describe(array.dtype, array.shape);
    throw new FileError(array.name, `${what} does not fit in memory; read it in blocks with rowsOf`);
  }
  const axes = loopsOver(array, [...array.shape.keys()]);
  await gather(array, { from: 0, to: 0, axes }, data, gatherDecoder(array));
  return data;
}
