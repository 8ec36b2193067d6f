import { type ByteOrder, type FileDType, itemSize } from "./dtype.js";
import { FileError } from "./fileError.js";
import { bfloat16Table, type CodeTable, float16Table } from "./halfFloat.js";

/** Arrays that elements are decoded into. */
export type Decoded = Float32Array | Float64Array | Int32Array | Uint16Array | Uint8Array;

/** One loop of a strided copy: `extent` steps of `from` elements where they are read, `to` where they go. */
export interface Axis {
  extent: number;
  from: number;
  to: number;
}

/** Bytes of a file on their way to numbers. */
export interface Decoder {
  /** Bytes are read into this memory, which is aligned for any dtype. */
  readonly bytes: Uint8Array;
  /** Decodes the elements that two nested loops visit, from element 0 of `bytes` into `out` from `start`. */
  decode(out: Decoded, start: number, from: number, inner: Axis, outer: Axis): void;
}

/** The byte order of this machine: little, but for a few mainframes. */
export const machineOrder: ByteOrder = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? "little" : "big";

/** A decoder of `dtype`, with memory for `capacity` elements. `file` is for the errors. */
export function createDecoder(file: string, dtype: FileDType, capacity: number): Decoder {
  const memory = new ArrayBuffer(capacity * itemSize[dtype]);
  return { bytes: new Uint8Array(memory), decode: decodeFrom(file, dtype, memory) };
}

function decodeFrom(file: string, dtype: FileDType, memory: ArrayBuffer): Decoder["decode"] {
  switch (dtype) {
    case "float16":
      return lookUp(new Uint16Array(memory), float16Table());
    case "bfloat16":
      return lookUp(new Uint16Array(memory), bfloat16Table());
    case "bool":
      return lookUp(new Uint8Array(memory), booleans);
    case "float32":
      return copy(new Float32Array(memory));
    case "float64":
      return copy(new Float64Array(memory));
    case "int8":
      return copy(new Int8Array(memory));
    case "int16":
      return copy(new Int16Array(memory));
    case "int32":
      return copy(new Int32Array(memory));
    case "uint8":
      return copy(new Uint8Array(memory));
    case "uint16":
      return copy(new Uint16Array(memory));
    case "uint32":
      return copy(new Uint32Array(memory));
    case "int64":
      return copyWide(file, dtype, new BigInt64Array(memory));
    case "uint64":
      return copyWide(file, dtype, new BigUint64Array(memory));
  }
}

/** Any byte but 0 is true. */
const booleans: CodeTable = new Float32Array(256).fill(1, 1);

type Numbers =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array;

function copy(source: Numbers): Decoder["decode"] {
  return (out, start, from, inner, outer) => {
    for (let j = 0; j < outer.extent; j++) {
      let i = from + j * outer.from;
      let o = start + j * outer.to;
      if (inner.from === 1 && inner.to === 1) {
        out.set(source.subarray(i, i + inner.extent), o);
        continue;
      }
      for (let k = 0; k < inner.extent; k++, i += inner.from, o += inner.to) out[o] = source[i]!;
    }
  };
}

function lookUp(codes: Uint8Array | Uint16Array, table: CodeTable): Decoder["decode"] {
  return (out, start, from, inner, outer) => {
    for (let j = 0; j < outer.extent; j++) {
      let i = from + j * outer.from;
      let o = start + j * outer.to;
      if (inner.from === 1 && inner.to === 1) {
        // The loop below, twice as fast because the steps are known.
        const { extent } = inner;
        for (let k = 0; k < extent; k++) out[o + k] = table[codes[i + k]!]!;
        continue;
      }
      for (let k = 0; k < inner.extent; k++, i += inner.from, o += inner.to) out[o] = table[codes[i]!]!;
    }
  };
}

function copyWide(file: string, dtype: FileDType, source: BigInt64Array | BigUint64Array): Decoder["decode"] {
  return (out, start, from, inner, outer) => {
    for (let j = 0; j < outer.extent; j++) {
      let i = from + j * outer.from;
      let o = start + j * outer.to;
      for (let k = 0; k < inner.extent; k++, i += inner.from, o += inner.to) {
        const value = Number(source[i]!);
        if (!Number.isSafeInteger(value)) {
          throw new FileError(
            file,
            `holds the ${dtype} ${source[i]}, beyond the exact integers (±(2^53 − 1))`,
          );
        }
        out[o] = value;
      }
    }
  };
}

/** Reverses the bytes of each element in place. */
export function swapBytes(bytes: Uint8Array, size: number): void {
  for (let begin = 0; begin < bytes.length; begin += size) {
    for (let i = begin, j = begin + size - 1; i < j; i++, j--) {
      const byte = bytes[i]!;
      bytes[i] = bytes[j]!;
      bytes[j] = byte;
    }
  }
}
