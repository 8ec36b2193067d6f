import { KullbackError } from "../errors.js";
import type { ArrayFile, FileFormat } from "./arrayFile.js";
import type { ByteSource } from "./byteSource.js";
import type { ByteOrder } from "./dtype.js";

/** What can be opened: a path (in Node), a Blob or File, the bytes of a file, or a source of one's own. */
export type FileInput = string | Blob | Uint8Array | ByteSource;

/** Options of {@link openArray} and {@link readArray}. */
export interface OpenOptions {
  /** The tensor to take from a file that holds several, as `#tensor` does after a path. */
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

/** Opens one array. */
export async function openArray(_input: FileInput, _options: OpenOptions = {}): Promise<ArrayFile> {
  throw new KullbackError("openArray: under construction");
}

/** Says what is in a file. */
export async function inspectFile(_input: FileInput): Promise<FileSummary> {
  throw new KullbackError("inspectFile: under construction");
}
