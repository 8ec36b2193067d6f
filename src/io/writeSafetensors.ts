import { KullbackError } from "../errors.js";
import { machineOrder, swapBytes } from "./decode.js";
import { type FileDType, itemSize } from "./dtype.js";
import { dtypeOf, encodeFloats, isFloatDType, type NumberArray } from "./encode.js";
import { safetensorsDTypes } from "./formats/safetensorsDTypes.js";
import { countElements, isShape } from "./shape.js";

/** A tensor to write. */
export interface TensorData {
  /** The elements, the last axis varying fastest. */
  data: NumberArray;
  /** Whole numbers whose product is `data.length`; `[]` for a single number. */
  shape: readonly number[];
  /**
   * The dtype in the file. Default: the array's own. Float32Array and Float64Array can be stored as any
   * floating-point dtype, rounded to nearest; a Uint8Array of 0 and 1 as `bool`.
   */
  dtype?: FileDType;
}

/**
 * The bytes of a safetensors file, the same that Python's `safetensors.numpy.save` gives for these tensors:
 * the header padded to a multiple of 8 bytes, tensors of the widest dtype first, and by name among those.
 *
 * @param tensors - By name. A name must not be `__metadata__`.
 * @param metadata - Free text under the header's `__metadata__`.
 * @throws KullbackError if a shape does not match its data, or data cannot be stored as the dtype asked for.
 *
 * Reference: https://github.com/huggingface/safetensors#format
 */
export function writeSafetensors(
  tensors: Readonly<Record<string, TensorData>>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  const entries = Object.entries(tensors).map(([name, tensor]) => ({
    name,
    ...tensor,
    ...encode(name, tensor),
  }));
  entries.sort((a, b) => rank(b.dtype) - rank(a.dtype) || (a.name < b.name ? -1 : 1));
  let end = 0;
  const places = entries.map(({ name, dtype, shape, bytes }): [string, TensorPlace] => {
    const begin = end;
    end += bytes.length;
    return [name, { dtype, shape, begin, end }];
  });
  const header = safetensorsHeader(places, metadata);
  const file = new Uint8Array(header.length + end);
  file.set(header);
  let at = header.length;
  for (const { bytes } of entries) {
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}

/** Where a tensor lies: bytes from the end of the header. */
export interface TensorPlace {
  dtype: FileDType;
  shape: readonly number[];
  begin: number;
  end: number;
}

/** The beginning of a safetensors file, up to where its data begins. */
export function safetensorsHeader(
  places: readonly [name: string, place: TensorPlace][],
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  // Joined by hand, since an object would move names that look like numbers to the front.
  const members = places.map(([name, { dtype, shape, begin, end }]) => {
    const entry = { dtype: safetensorsDTypes[dtype], shape, data_offsets: [begin, end] };
    return `${JSON.stringify(name)}:${JSON.stringify(entry)}`;
  });
  if (metadata) members.unshift(`"__metadata__":${JSON.stringify(metadata)}`);
  const text = new TextEncoder().encode(`{${members.join(",")}}`);
  const length = Math.ceil(text.length / 8) * 8;
  const header = new Uint8Array(8 + length).fill(0x20, 8);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(text, 8);
  return header;
}

/** The order in which the reference implementation lays dtypes out, the last first. */
const order: readonly FileDType[] = [
  ...(["bool", "uint8", "int8", "int16", "uint16", "float16", "bfloat16"] as const),
  ...(["int32", "uint32", "float32", "float64", "int64", "uint64"] as const),
];

const rank = (dtype: FileDType) => order.indexOf(dtype);

function encode(name: string, { data, shape, dtype }: TensorData): { dtype: FileDType; bytes: Uint8Array } {
  const fail = (problem: string): never => {
    throw new KullbackError(`writeSafetensors: tensor ${JSON.stringify(name)}: ${problem}`);
  };
  if (name === "__metadata__") fail("the name is kept for the file's metadata");
  if (!isShape(shape) || countElements(shape) !== data.length) {
    fail(`the shape [${shape.join(", ")}] does not hold ${data.length} elements`);
  }
  const own = dtypeOf(data);
  const wanted = dtype ?? own;
  if (wanted === own) return { dtype: own, bytes: littleEndian(data) };
  if (wanted === "bool" && data instanceof Uint8Array) {
    if (data.some((value) => value > 1)) fail("wanted bools, 0 or 1");
    return { dtype: wanted, bytes: littleEndian(data) };
  }
  if (isFloatDType(wanted) && (data instanceof Float32Array || data instanceof Float64Array)) {
    return { dtype: wanted, bytes: encodeFloats(data, wanted) };
  }
  return fail(`${own} numbers cannot be stored as ${wanted}`);
}

function littleEndian(data: NumberArray): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (machineOrder === "little") return bytes;
  const swapped = bytes.slice();
  swapBytes(swapped, itemSize[dtypeOf(data)]);
  return swapped;
}
