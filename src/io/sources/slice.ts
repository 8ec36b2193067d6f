import { type ByteSource, readBytes } from "../byteSource.js";
import { crc32 } from "../crc32.js";
import { FileError } from "../fileError.js";
import { inflate } from "../streams.js";

/** A part of a file: a member of an archive. */
export interface Part {
  /** What errors call it. */
  name: string;
  /** Where its stored bytes begin and end in the file. */
  begin: number;
  end: number;
  /** Bytes once unpacked. */
  size: number;
  crc32: number;
}

/** A compressed member of at most this size is unpacked at once, and then read in any order. */
const SMALL = 64 << 20;

function checkCrc(part: Part, found: number): void {
  if (found === part.crc32) return;
  throw new FileError(part.name, "is damaged: its content does not match its checksum (CRC-32)");
}

/**
 * A part that is stored as it is. Reads that go through all of it in order check its checksum; others, which
 * see only some of the bytes, cannot.
 */
export function storedPart(file: ByteSource, part: Part): ByteSource {
  let checked = 0;
  let crc = 0;
  return {
    name: part.name,
    size: part.size,
    async read(offset, length, into) {
      const wanted = Math.min(length, part.size - offset);
      if (wanted <= 0) return new Uint8Array(0);
      const bytes = await readBytes(file, part.begin + offset, wanted, into);
      const end = offset + wanted;
      if (offset <= checked && checked < end) {
        crc = crc32(bytes.subarray(checked - offset), crc);
        checked = end;
        if (checked === part.size) checkCrc(part, crc);
      }
      return bytes;
    },
    close: async () => {},
  };
}

/**
 * A part that is compressed with deflate. A small one is unpacked into memory; a large one is unpacked while
 * it is read, from the beginning again whenever a read goes back. It must unpack to exactly its size, no
 * byte more is taken, and its checksum must agree.
 */
export function deflatedPart(file: ByteSource, part: Part): ByteSource {
  return part.size <= SMALL ? unpackedPart(file, part) : forwardPart(file, part);
}

function unpackedPart(file: ByteSource, part: Part): ByteSource {
  let whole: Promise<Uint8Array> | undefined;
  const unpack = async () => {
    // Grown as the bytes come, since the size is only what the archive claims.
    let bytes = new Uint8Array(Math.min(part.size, 1 << 16));
    let at = 0;
    for await (const chunk of unpacked(file, part)) {
      if (at + chunk.length > bytes.length) {
        const larger = new Uint8Array(Math.min(part.size, Math.max(2 * bytes.length, at + chunk.length)));
        larger.set(bytes.subarray(0, at));
        bytes = larger;
      }
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes.subarray(0, at);
  };
  return {
    name: part.name,
    size: part.size,
    async read(offset, length) {
      whole ??= unpack();
      return (await whole).subarray(offset, offset + length);
    },
    close: async () => {
      whole = undefined;
    },
  };
}

function forwardPart(file: ByteSource, part: Part): ByteSource {
  let chunks = unpacked(file, part);
  let chunk = new Uint8Array(0);
  let chunkStart = 0;
  let last: Promise<unknown> = Promise.resolve();

  const restart = async () => {
    await chunks.return(undefined);
    chunks = unpacked(file, part);
    chunk = new Uint8Array(0);
    chunkStart = 0;
  };
  const read = async (offset: number, length: number, into: Uint8Array = new Uint8Array(length)) => {
    if (offset < chunkStart) await restart();
    const end = Math.min(offset + length, part.size);
    let at = offset;
    while (at < end) {
      const piece = chunk.subarray(at - chunkStart, end - chunkStart);
      into.set(piece, at - offset);
      at += piece.length;
      if (at === end) break;
      chunkStart += chunk.length;
      const { done, value } = await chunks.next();
      if (done) break;
      chunk = value as Uint8Array<ArrayBuffer>;
    }
    return into.subarray(0, Math.max(0, at - offset));
  };
  return {
    name: part.name,
    size: part.size,
    forward: true,
    read(offset, length, into) {
      // One after the other, as the stream has one place.
      const result = last.then(() => read(offset, length, into));
      last = result.catch(() => {});
      return result;
    },
    close: async () => {
      await last;
      await chunks.return(undefined);
    },
  };
}

async function* unpacked(file: ByteSource, part: Part): AsyncGenerator<Uint8Array> {
  const named = { ...file, name: part.name, read: file.read.bind(file) };
  let size = 0;
  let crc = 0;
  for await (const chunk of inflate(named, "deflate-raw", part.begin, part.end)) {
    size += chunk.length;
    if (size > part.size) throw wrongSize(part, "more");
    crc = crc32(chunk, crc);
    if (size === part.size) checkCrc(part, crc);
    yield chunk;
  }
  if (size < part.size) throw wrongSize(part, String(size));
}

function wrongSize(part: Part, got: string): FileError {
  return new FileError(part.name, `is damaged: wanted ${part.size} bytes once unpacked, got ${got}`);
}
