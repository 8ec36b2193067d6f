import { KullbackError } from "../errors.js";
import { type ArrayFile, type FileInput, openArray } from "../io/index.js";
import type { InputSummary } from "./comparison.js";

/** An array in memory, in C order. */
export interface MemoryArray {
  data: Float32Array | Float64Array | Int32Array | Uint8Array;
  shape: readonly number[];
  /** What reports call it. Default: its role, such as `reference`. */
  name?: string;
}

/**
 * What can be compared: a path (in Node; `file.safetensors#tensor` names the tensor), a Blob or File, the
 * bytes of a file, a source of one's own, an array that is already open, or one in memory.
 */
export type CompareInput = FileInput | ArrayFile | MemoryArray;

/** An array to read from, with what is said about it. */
export interface Input {
  array: ArrayFile;
  summary: InputSummary;
  /** Closes the array if it was opened here. */
  close(): Promise<void>;
}

/** Opens `input`; `role` names it in errors if it has no name of its own. */
export async function openInput(input: CompareInput, role: string): Promise<Input> {
  if (isMemoryArray(input)) return withSummary(memoryFile(input, role), "memory", async () => {});
  if (isArrayFile(input)) return withSummary(input, input.format, async () => {});
  const array = await openArray(input);
  return withSummary(array, array.format, () => array.close());
}

function withSummary(array: ArrayFile, format: string, close: () => Promise<void>): Input {
  const { name, dtype, shape } = array;
  return { array, summary: { name, format, dtype, shape: [...shape] }, close };
}

function isArrayFile(input: CompareInput): input is ArrayFile {
  return typeof input === "object" && "source" in input && "dtype" in input;
}

function isMemoryArray(input: CompareInput): input is MemoryArray {
  return typeof input === "object" && "data" in input && "shape" in input;
}

/** The array as a file of raw numbers that shares its memory. */
function memoryFile({ data, shape, name = "" }: MemoryArray, role: string): ArrayFile {
  const wanted = shape.reduce((product, size) => product * size, 1);
  if (data.length !== wanted) {
    throw new KullbackError(
      `${name || role}: wanted ${wanted} elements for the shape [${shape.join(", ")}], got ${data.length}`,
    );
  }
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return {
    name: name || role,
    format: "npy",
    dtype: dtypeOf(data),
    shape,
    byteLength: bytes.length,
    source: {
      name: name || role,
      size: bytes.length,
      read: async (offset, length) => bytes.subarray(offset, offset + length),
      close: async () => {},
    },
    offset: 0,
    byteOrder: new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? "little" : "big",
    fortranOrder: false,
    close: async () => {},
  };
}

function dtypeOf(data: MemoryArray["data"]): ArrayFile["dtype"] {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float64Array) return "float64";
  return data instanceof Int32Array ? "int32" : "uint8";
}
