import type { ArrayFile, FileFormat } from "./arrayFile.js";
import type { ByteSource } from "./byteSource.js";
import { type FileDType, itemSize } from "./dtype.js";
import { FileError } from "./fileError.js";
import { type ArrayFormat, type Entry, type Format, type Header, recognise } from "./formats/index.js";
import { abortable, exists, type FileInput, isUrl, openSource } from "./sources/index.js";

/** Options of {@link openArray} and {@link readArray}. */
export interface OpenOptions {
  /** The tensor to take from a file that holds several: what `#tensor` says after a path. */
  tensor?: string;
}

/**
 * Opens one array of a `.npy`, `.npz` or safetensors file (or the index of several of these); the content
 * says which of them it is. Only headers are read, and checked against the size of the file.
 *
 * @param input - A path (in Node) or an http(s) URL, where `file.safetensors#tensor` names a tensor; a Blob
 *   or File; the bytes of a file; or a ByteSource, which stays the caller's to close.
 * @throws {@link FileError} that names the file and what is wrong with it.
 */
export async function openArray(input: FileInput, options: OpenOptions = {}): Promise<ArrayFile> {
  const file = await openFile(input, options.tensor);
  try {
    return await openArrayIn(file, arrayFormat(file));
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** A file whose format is known. */
export interface OpenedFile {
  /** As the user wrote it, with `#tensor` if they wrote that. */
  name: string;
  source: ByteSource;
  format: Format;
  tensor: string | undefined;
  /** Closes the source, unless it is the caller's. */
  close(): Promise<void>;
}

/** Opens a file and recognises its format. Reads reject when the signal is aborted. */
export async function openFile(input: FileInput, tensor?: string, signal?: AbortSignal): Promise<OpenedFile> {
  const parts = splitInput(input);
  const opened = await openSource(parts.input);
  const source = abortable(opened, signal);
  const close = async () => {
    if (opened !== input) await opened.close();
  };
  try {
    const format = await recognise(source);
    const name =
      typeof parts.input === "string" && parts.tensor !== undefined
        ? `${source.name}#${parts.tensor}`
        : source.name;
    return { name, source, format, tensor: tensor ?? parts.tensor, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The format, if it holds arrays. */
function arrayFormat({ source, format }: OpenedFile): ArrayFormat {
  if (format.kind === "arrays") return format;
  throw new FileError(
    source.name,
    `is a ${label(format.name)} file, which holds rows and no arrays: open it with openRows`,
  );
}

const labels: Readonly<Partial<Record<FileFormat, string>>> = {
  "llama.cpp": "_logits_",
  parquet: "Parquet",
  csv: "CSV",
  jsonl: "JSON Lines",
};

const label = (format: FileFormat) => labels[format] ?? format;

/** Opens the array of a file that its `tensor` names, or the only one. Closing the array closes the file. */
export async function openArrayIn(file: OpenedFile, format: ArrayFormat): Promise<ArrayFile> {
  const { name, source } = file;
  const header = await format.readHeader(source);
  const close = async () => {
    await header.close?.();
    await file.close();
  };
  try {
    const entry = pick(source.name, header, file.tensor);
    if (entry.problem) throw entry.problem;
    if (!isFileDType(entry.dtype)) {
      throw new FileError(
        source.name,
        `tensor ${JSON.stringify(entry.name)} is ${entry.dtype}, which is not supported; convert it to float32`,
      );
    }
    const { dtype, shape, byteLength, offset, byteOrder, fortranOrder } = entry;
    const bytes = entry.source ?? source;
    return {
      name,
      format: format.name,
      dtype,
      shape,
      byteLength,
      source: bytes,
      offset,
      byteOrder,
      fortranOrder,
      close,
    };
  } catch (error) {
    await header.close?.();
    throw error;
  }
}

/** Splits `#tensor` off a path or a URL. */
function splitInput(input: FileInput): { input: FileInput; tensor: string | undefined } {
  if (typeof input !== "string") return { input, tensor: undefined };
  const { path, tensor } = isUrl(input) ? splitAt(input, indexOrEnd(input)) : splitTensor(input);
  return { input: path, tensor };
}

function indexOrEnd(input: string): number {
  const hash = input.indexOf("#");
  return hash < 0 ? input.length : hash;
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
