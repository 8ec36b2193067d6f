import type { FileFormat } from "../arrayFile.js";
import type { ByteSource } from "../byteSource.js";
import type { ByteOrder } from "../dtype.js";

/** One array as a file's header describes it. The reader of the format has checked that its bytes are there. */
export interface Entry {
  /** Undefined where the format gives its one array no name. */
  name: string | undefined;
  /** A FileDType, or the format's own name for a dtype that Kullback does not read. */
  dtype: string;
  shape: number[];
  /** Where the data begins in the file, in bytes. */
  offset: number;
  byteLength: number;
  byteOrder: ByteOrder;
  fortranOrder: boolean;
}

/** What the header of a file says. */
export interface Header {
  arrays: Entry[];
  metadata?: Record<string, string>;
}

/** A file format: how to recognise it and how to read its header. */
export interface Format {
  readonly name: FileFormat;
  /** Whether a file that begins with `head` (its first 512 bytes, or all of a shorter one) is of this format. */
  recognises(head: Uint8Array): boolean;
  /** For a format without a magic: the end of the names of files that are taken for it if nothing else is. */
  readonly extension?: string;
  /** Reads and checks the header. */
  readHeader(source: ByteSource): Promise<Header>;
}
