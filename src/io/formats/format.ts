import type { ArrayFormatName, FileFormat } from "../arrayFile.js";
import type { ByteSource } from "../byteSource.js";
import type { ByteOrder } from "../dtype.js";
import type { FileError } from "../fileError.js";
import type { RowsContent } from "../rowsFile.js";
import type { Vocabulary } from "../vocabulary.js";

/** One array as a file's header describes it. The reader of the format has checked that its bytes are there. */
export interface Entry {
  /** Undefined where the format gives its one array no name. */
  name: string | undefined;
  /** A FileDType, or the format's own name for a dtype that Kullback does not read. */
  dtype: string;
  shape: number[];
  /** Where the data begins in its source, in bytes. */
  offset: number;
  byteLength: number;
  byteOrder: ByteOrder;
  fortranOrder: boolean;
  /** Where the bytes are if not in the file itself: a member of an archive, another file beside it. */
  source?: ByteSource;
  /** Why the array cannot be read, where only that is wrong with the file. */
  problem?: FileError;
}

/** What the header of a file says. */
export interface Header {
  arrays: Entry[];
  metadata?: Record<string, string>;
  /** Closes what was opened besides the file. */
  close?(): Promise<void>;
}

interface Recognisable {
  /**
   * Whether a file is of this format.
   *
   * @param head - Its first 512 bytes, or all of a shorter one; of a gzip-compressed text, those of the text.
   * @param name - Its name, in lower case, without `.gz`.
   */
  recognises(head: Uint8Array, name: string): boolean;
  /** For a format without a magic: the end of the names of files that are taken for it if nothing else is. */
  readonly extension?: string;
}

/** A format that lays arrays out as NumPy does in memory: reading its header is all there is to it. */
export interface ArrayFormat extends Recognisable {
  readonly name: ArrayFormatName;
  readonly kind: "arrays";
  /** Reads and checks the header. */
  readHeader(source: ByteSource): Promise<Header>;
}

/** What {@link RowsFormat.openRows} is told. */
export interface RowsFormatOptions {
  /** The column, or columns, to take, in the format's own way of naming them. */
  tensor?: string;
  /** Gives the tokens that are named by their text their numbers. */
  vocabulary: Vocabulary;
}

/** A format that holds rows, coded in some way of its own. */
export interface RowsFormat extends Recognisable {
  readonly name: Exclude<FileFormat, ArrayFormatName>;
  readonly kind: "rows";
  /** Reads and checks the header, or goes through all of a text to count its rows. */
  openRows(source: ByteSource, options: RowsFormatOptions): Promise<RowsContent>;
}

/** A file format: how to recognise it and how to read it. */
export type Format = ArrayFormat | RowsFormat;
