import { FileError } from "./fileError.js";

/** Random access to bytes of a known size: a file, a Blob, bytes in memory, or the caller's own. */
export interface ByteSource {
  /** What errors call it. */
  readonly name: string;
  /** Bytes in all. */
  readonly size: number;
  /**
   * Whether the bytes come as a stream, so that a read that goes back begins again at the start: correct,
   * but slow unless reads go forward. Default: false.
   */
  readonly forward?: boolean;
  /**
   * The `length` bytes from `offset`. The answer is only read, so it may share the source's own memory.
   *
   * @param into - At least `length` bytes that the source may fill and answer with, to spare an allocation.
   */
  read(offset: number, length: number, into?: Uint8Array): Promise<Uint8Array>;
  /** Opens the file called `name` beside this one, for formats that are spread over several files. */
  sibling?(name: string): Promise<ByteSource>;
  /** Lets go of the file; reading afterwards is an error. */
  close(): Promise<void>;
}

/**
 * Reads `length` bytes from `offset` and checks that all of them came.
 *
 * @throws {@link FileError} where the source ends early, as a file does that is truncated while it is read.
 */
export async function readBytes(
  source: ByteSource,
  offset: number,
  length: number,
  into?: Uint8Array,
): Promise<Uint8Array> {
  const bytes = await source.read(offset, length, into);
  if (bytes.length === length) return bytes;
  throw new FileError(
    source.name,
    `short read: wanted ${length} bytes from offset ${offset}, got ${bytes.length}; did the file change?`,
  );
}
