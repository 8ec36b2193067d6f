import type { ArrayFile, FileFormat } from "./arrayFile.js";
import type { ByteSource } from "./byteSource.js";
import { type ByteOrder, type FileDType, itemSize } from "./dtype.js";
import { FileError } from "./fileError.js";
import { type Entry, type Header, recognise } from "./formats/index.js";
import { exists, type FileInput, openSource } from "./sources/index.js";

/** Options of {@link openArray} and {@link readArray}. */
export interface OpenOptions {
  /** The tensor to take from a file that holds several: what `#tensor` says after a path. */
  tensor?: string;
}

/** What a file holds, from its header. */
export interface FileSummary {
  name: string;
  format: FileFormat;
  /** Bytes of the whole file. */
  size: number;
  arrays: ArraySummary[];
  /** The `__metadata__` of a safetensors file, if it has one. */
  metadata?: Record<string, string>;
}

/** One array of a {@link FileSummary}. */
export interface ArraySummary {
  /** Empty for `.npy`, whose one array has no name. */
  name: string;
  /** A {@link FileDType}, or the format's own name for a dtype that Kullback does not read (`F8_E4M3`). */
  dtype: string;
  shape: number[];
  fortranOrder: boolean;
  byteOrder: ByteOrder;
  byteLength: number;
}

/**
 * Opens one array of a `.npy` or safetensors file; the content says which of them it is. Only the header is
 * read, and checked against the size of the file.
 *
 * @param input - A path (in Node), where `file.safetensors#tensor` names a tensor; a Blob or File; the bytes
 *   of a file; or a ByteSource, which stays the caller's to close.
 * @throws {@link FileError} that names the file and what is wrong with it.
 */
export async function openArray(input: FileInput, options: OpenOptions = {}): Promise<ArrayFile> {
  const { path, tensor } =
    typeof input === "string" ? splitTensor(input) : { path: input, tensor: undefined };
  const { source, format, header, close } = await openHeader(path);
  try {
    const entry = pick(source.name, header, options.tensor ?? tensor);
    if (!isFileDType(entry.dtype)) {
      throw new FileError(
        source.name,
        `tensor ${JSON.stringify(entry.name)} is ${entry.dtype}, which is not supported; convert it to float32`,
      );
    }
    const { dtype, shape, byteLength, offset, byteOrder, fortranOrder } = entry;
    const name = typeof input === "string" ? input : source.name;
    return { name, format, dtype, shape, byteLength, source, offset, byteOrder, fortranOrder, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * What is in a file: its arrays with their dtypes and shapes. Reads only the header.
 *
 * @throws {@link FileError} that names the file and what is wrong with it.
 */
export async function inspectFile(input: FileInput): Promise<FileSummary> {
  const { source, format, header, close } = await openHeader(input);
  await close();
  const arrays = header.arrays.map(({ offset: _, name = "", ...array }) => ({ name, ...array }));
  return { name: source.name, format, size: source.size, arrays, metadata: header.metadata };
}

interface OpenHeader {
  source: ByteSource;
  format: FileFormat;
  header: Header;
  /** Closes the source, unless it is the caller's. */
  close(): Promise<void>;
}

async function openHeader(input: FileInput): Promise<OpenHeader> {
  const source = await openSource(input);
  const close = async () => {
    if (source !== input) await source.close();
  };
  try {
    const format = await recognise(source);
    return { source, format: format.name, header: await format.readHeader(source), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Splits `path#tensor` where the path before the # is on disk, since both parts may hold a # themselves. */
function splitTensor(input: string): { path: string; tensor: string | undefined } {
  for (let end = input.length; end > 0; end = input.lastIndexOf("#", end - 1)) {
    if (exists(input.slice(0, end))) return splitAt(input, end);
  }
  const first = input.indexOf("#");
  return splitAt(input, first > 0 ? first : input.length);
}

function splitAt(input: string, end: number): { path: string; tensor: string | undefined } {
  return { path: input.slice(0, end), tensor: end < input.length ? input.slice(end + 1) : undefined };
}

/** The array that `tensor` names, or the only one. */
function pick(file: string, { arrays }: Header, tensor: string | undefined): Entry {
  const only = arrays.length === 1 ? arrays[0] : undefined;
  if (only && tensor !== undefined && only.name === undefined) {
    throw new FileError(file, `holds one array, which has no name: leave out #${tensor}`);
  }
  const found = tensor === undefined ? only : arrays.find((array) => array.name === tensor);
  if (found) return found;
  if (arrays.length === 0) throw new FileError(file, "holds no tensors");
  const names = arrays.slice(0, MAX_NAMES).map((array) => array.name);
  const list = `${names.join(", ")}${arrays.length > MAX_NAMES ? ", …" : ""}`;
  throw new FileError(
    file,
    tensor === undefined
      ? `holds ${arrays.length} tensors, name one as ${file}#tensor: ${list}`
      : `has no tensor ${JSON.stringify(tensor)}; it holds ${list}`,
  );
}

/** How many names of tensors a message lists. */
const MAX_NAMES = 8;

function isFileDType(dtype: string): dtype is FileDType {
  return Object.hasOwn(itemSize, dtype);
}
