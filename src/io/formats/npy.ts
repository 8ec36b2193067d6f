import { type ByteSource, readBytes } from "../byteSource.js";
import { type FileDType, itemSize } from "../dtype.js";
import { FileError } from "../fileError.js";
import { countElements, describe, isShape, WANTED_SHAPE } from "../shape.js";
import type { ArrayFormat } from "./format.js";
import { type PythonLiteral, parsePythonLiteral } from "./pythonLiteral.js";

/**
 * NumPy's `.npy`, versions 1 to 3: the magic, a version, the length of the header (two bytes in version 1,
 * four since), the header as a Python dict, and the elements.
 *
 * Reference: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export const npy: ArrayFormat = {
  name: "npy",
  kind: "arrays",
  recognises: (head) => MAGIC.every((byte, i) => head[i] === byte),
  async readHeader(source) {
    const { text, offset } = await readHeaderText(source);
    const { descr, fortranOrder, shape } = parseHeader(source.name, text);
    const { dtype, byteOrder } = parseDescr(source.name, descr);
    const byteLength = (countElements(shape) ?? Number.POSITIVE_INFINITY) * itemSize[dtype];
    if (!Number.isSafeInteger(byteLength)) {
      throw new FileError(source.name, `the shape [${shape.join(", ")}] has more elements than any file`);
    }
    checkLength(source, offset, byteLength, describe(dtype, shape));
    return { arrays: [{ name: undefined, dtype, shape, offset, byteLength, byteOrder, fortranOrder }] };
  },
};

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // "\x93NUMPY"

/** Headers that describe one plain array take about a hundred bytes. */
const MAX_HEADER = 1 << 20;

async function readHeaderText(source: ByteSource): Promise<{ text: string; offset: number }> {
  const { name, size } = source;
  const preamble = await readBytes(source, 0, Math.min(12, size));
  const [major, minor] = preamble.subarray(MAGIC.length);
  if (major !== undefined && minor !== undefined && (major < 1 || major > 3 || minor !== 0)) {
    throw new FileError(name, `npy version ${major}.${minor}, wanted 1.0, 2.0 or 3.0`);
  }
  const start = major === 1 ? 10 : 12;
  if (size < start) throw new FileError(name, `truncated: ${size} bytes are too few for an npy header`);
  const view = new DataView(preamble.buffer, preamble.byteOffset);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const offset = start + length;
  if (offset > size) {
    throw new FileError(name, `truncated: the npy header ends at byte ${offset}, the file at ${size}`);
  }
  if (length > MAX_HEADER) {
    throw new FileError(name, `the npy header has ${length} bytes, which is too much for one plain array`);
  }
  const bytes = await readBytes(source, start, length);
  return { text: new TextDecoder(major === 3 ? "utf-8" : "latin1").decode(bytes), offset };
}

interface NpyHeader {
  descr: PythonLiteral;
  fortranOrder: boolean;
  shape: number[];
}

function parseHeader(name: string, text: string): NpyHeader {
  let header: PythonLiteral;
  try {
    header = parsePythonLiteral(text);
  } catch (error) {
    throw new FileError(name, `bad npy header: ${error instanceof Error ? error.message : error}`);
  }
  if (!(header instanceof Map)) throw new FileError(name, "bad npy header: wanted a dict");
  const keys = [...header.keys()].sort().join(", ");
  if (keys !== "descr, fortran_order, shape") {
    throw new FileError(name, `bad npy header: wanted the keys descr, fortran_order, shape, got ${keys}`);
  }
  const fortranOrder = header.get("fortran_order");
  if (typeof fortranOrder !== "boolean") {
    throw new FileError(name, "bad npy header: fortran_order must be True or False");
  }
  const shape = header.get("shape");
  if (!isShape(shape)) {
    const got = Array.isArray(shape) ? `(${shape.join(", ")})` : String(shape);
    throw new FileError(name, `bad npy header: the shape must be a tuple of ${WANTED_SHAPE}, got ${got}`);
  }
  return { descr: header.get("descr")!, fortranOrder, shape };
}

const dtypes: Readonly<Record<string, FileDType>> = {
  f2: "float16",
  f4: "float32",
  f8: "float64",
  i1: "int8",
  i2: "int16",
  i4: "int32",
  i8: "int64",
  u1: "uint8",
  u2: "uint16",
  u4: "uint32",
  u8: "uint64",
  b1: "bool",
};

function parseDescr(name: string, descr: PythonLiteral): { dtype: FileDType; byteOrder: "little" | "big" } {
  if (Array.isArray(descr)) {
    throw new FileError(name, 'a structured array; save one plain field with np.save("a.npy", x["field"])');
  }
  const [, order, code] = /^([<>|=]?)(.*)$/s.exec(String(descr))!;
  const dtype = Object.hasOwn(dtypes, code!) ? dtypes[code!]! : undefined;
  if (dtype && (order === "<" || order === ">" || itemSize[dtype] === 1)) {
    return { dtype, byteOrder: order === ">" ? "big" : "little" };
  }
  if (dtype) throw new FileError(name, `dtype '${descr}' does not say its byte order`);
  throw new FileError(name, `${explainDescr(code!)} (dtype '${descr}')`);
}

function explainDescr(code: string): string {
  switch (code[0]) {
    case "O":
      return 'a pickled object array, which holds Python objects; save it with np.save("a.npy", np.asarray(x, dtype=np.float32))';
    case "U":
    case "S":
    case "a":
      return "an array of strings, wanted numbers";
    case "c":
      return "an array of complex numbers, wanted real ones";
    case "M":
    case "m":
      return "an array of dates or times, wanted plain numbers";
    case "V":
      return "raw bytes without a number type, as np.save leaves bfloat16; save x.astype(np.float32), or use safetensors";
    case "f":
      return "floating-point numbers of an unsupported size; save x.astype(np.float64)";
    default:
      return "unsupported element type";
  }
}

/** The data ends where the file does: anything else means that the header or the file is wrong. */
function checkLength(source: ByteSource, offset: number, promised: number, what: string): void {
  const found = source.size - offset;
  if (found === promised) return;
  const trouble = found < promised ? "truncated" : `${found - promised} trailing bytes`;
  throw new FileError(
    source.name,
    `${trouble}: the header promises ${promised} bytes of data (${what}) from offset ${offset}, the file has ${found}`,
  );
}
