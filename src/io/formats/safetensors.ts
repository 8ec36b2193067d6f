import { type ByteSource, readBytes } from "../byteSource.js";
import { FileError } from "../fileError.js";
import { countElements, describe, isShape, WANTED_SHAPE } from "../shape.js";
import type { ArrayFormat, Entry, Header } from "./format.js";
import { parseUniqueJson } from "./json.js";
import { safetensorsDTypes } from "./safetensorsDTypes.js";

/**
 * safetensors: the length of the header (8 bytes, little-endian), a JSON header with the dtype, shape and
 * place of each tensor, and the tensors side by side. The checks are those of the reference implementation:
 * the tensors must cover the data exactly, without holes or overlaps.
 *
 * Reference: https://github.com/huggingface/safetensors#format
 */
export const safetensors: ArrayFormat = {
  name: "safetensors",
  kind: "arrays",
  extension: ".safetensors",
  recognises: (head) => head[8] === BRACE && !head.subarray(0, 8).every(isPrintable),
  async readHeader(source) {
    const { header, offset } = await readJson(source);
    return checkHeader(source, header, offset);
  },
};

const BRACE = 0x7b; // "{"

/** Eight printable bytes are the start of a text and not the length of a header. */
const isPrintable = (byte: number) => byte >= 0x09 && byte < 0x7f;

/** The limit of the reference implementation. */
const MAX_HEADER = 100_000_000;

/** Bits per element. Only the dtypes in {@link readable} can be read; the others are known for their size. */
const bits: Readonly<Record<string, number>> = {
  BOOL: 8,
  U8: 8,
  I8: 8,
  U16: 16,
  I16: 16,
  F16: 16,
  BF16: 16,
  U32: 32,
  I32: 32,
  F32: 32,
  U64: 64,
  I64: 64,
  F64: 64,
  C64: 64,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  F8_E4M3: 8,
  F8_E5M2: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
};

const readable: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(safetensorsDTypes).map(([dtype, code]) => [code, dtype]),
);

async function readJson(source: ByteSource): Promise<{ header: Record<string, unknown>; offset: number }> {
  const { name, size } = source;
  if (size < 8) throw new FileError(name, `truncated: ${size} bytes are too few for a safetensors header`);
  const head = await readBytes(source, 0, 8);
  const length = new DataView(head.buffer, head.byteOffset).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER)) {
    throw new FileError(
      name,
      `the safetensors header claims ${length} bytes, at most ${MAX_HEADER} are allowed`,
    );
  }
  const offset = 8 + Number(length);
  if (offset > size) {
    throw new FileError(
      name,
      `truncated: the safetensors header ends at byte ${offset}, the file at ${size}`,
    );
  }
  const bytes = await readBytes(source, 8, Number(length));
  if (bytes[0] !== BRACE) throw new FileError(name, "bad safetensors header: wanted { at byte 8");
  const header = parseUniqueJson(name, "bad safetensors header", bytes);
  return { header: header as Record<string, unknown>, offset };
}

function checkHeader(source: ByteSource, header: Record<string, unknown>, dataStart: number): Header {
  const { name, size } = source;
  const arrays: Entry[] = [];
  let metadata: Record<string, string> | undefined;
  for (const [key, value] of Object.entries(header)) {
    if (key === "__metadata__") metadata = checkMetadata(name, value);
    else arrays.push(checkTensor(name, key, value, dataStart));
  }
  let end = dataStart;
  for (const tensor of [...arrays].sort((a, b) => a.offset - b.offset || a.byteLength - b.byteLength)) {
    if (tensor.offset !== end) {
      const trouble = tensor.offset < end ? "overlaps the tensor before it" : "leaves a hole before it";
      throw new FileError(
        name,
        `tensor ${JSON.stringify(tensor.name)} ${trouble}: it begins at byte ${tensor.offset}, not ${end}`,
      );
    }
    end += tensor.byteLength;
  }
  if (end > size) throw new FileError(name, `truncated: the tensors end at byte ${end}, the file at ${size}`);
  if (end < size) {
    throw new FileError(
      name,
      `${size - end} trailing bytes: the tensors end at byte ${end}, the file at ${size}`,
    );
  }
  return { arrays, metadata };
}

function checkMetadata(name: string, value: unknown): Record<string, string> {
  if (isObject(value) && Object.values(value).every((text) => typeof text === "string")) {
    return value as Record<string, string>;
  }
  throw new FileError(name, "bad safetensors header: __metadata__ must map strings to strings");
}

function checkTensor(file: string, name: string, value: unknown, dataStart: number): Entry {
  const fail = (problem: string): never => {
    throw new FileError(file, `tensor ${JSON.stringify(name)}: ${problem}`);
  };
  if (!isObject(value)) return fail("wanted an object with dtype, shape and data_offsets");
  const {
    dtype,
    shape,
    data_offsets: offsets,
  } = value as Record<"dtype" | "shape" | "data_offsets", unknown>;
  if (typeof dtype !== "string" || !Object.hasOwn(bits, dtype)) return fail(`unknown dtype ${brief(dtype)}`);
  if (!isShape(shape)) return fail(`the shape must be ${WANTED_SHAPE}, got ${brief(shape)}`);
  if (
    !isShape(offsets) ||
    offsets.length !== 2 ||
    offsets[1]! < offsets[0]! ||
    !offsets.every(Number.isSafeInteger)
  ) {
    return fail(`data_offsets must be [begin, end], got ${brief(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  const count = countElements(shape);
  if (count === undefined) return fail(`the shape [${shape.join(", ")}] has more elements than any file`);
  const byteLength = (count * bits[dtype]!) / 8;
  if (byteLength !== end - begin) {
    const what = describe(dtype, shape);
    return fail(`data_offsets [${begin}, ${end}] hold ${end - begin} bytes, ${what} needs ${byteLength}`);
  }
  return {
    name,
    dtype: readable[dtype] ?? dtype,
    shape,
    offset: dataStart + begin,
    byteLength,
    byteOrder: "little",
    fortranOrder: false,
  };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `value` as JSON, as far as it is simple: a hostile header can nest deeper than JSON.stringify goes. */
function brief(value: unknown): string {
  if (Array.isArray(value))
    return `[${value.slice(0, 8).map(briefItem).join(", ")}${value.length > 8 ? ", …" : ""}]`;
  return briefItem(value);
}

function briefItem(value: unknown): string {
  return typeof value === "object" && value !== null ? "{…}" : (JSON.stringify(value) ?? "nothing");
}
