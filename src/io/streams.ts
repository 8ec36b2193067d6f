import { type ByteSource, readBytes } from "./byteSource.js";
import { FileError } from "./fileError.js";

/** Bytes per read of a file that is read from end to end. */
const CHUNK = 1 << 18;

/** Compressed bytes per step: they may become a thousand times as many, all of which are then in memory. */
const COMPRESSED_CHUNK = 1 << 14;

/** The bytes `[begin, end)` of `source`, in order. */
export async function* chunksOf(
  source: ByteSource,
  begin = 0,
  end = source.size,
  step = CHUNK,
): AsyncGenerator<Uint8Array> {
  for (let at = begin; at < end; at += step) yield await readBytes(source, at, Math.min(step, end - at));
}

/** What the bytes `[begin, end)` of `source` were before they were compressed, in order. */
export async function* inflate(
  source: ByteSource,
  format: "gzip" | "deflate-raw",
  begin = 0,
  end = source.size,
): AsyncGenerator<Uint8Array> {
  const stream = new DecompressionStream(format);
  const writer = stream.writable.getWriter();
  const reader = stream.readable.getReader();
  // A source that fails is not bad compressed data: its own error is the one to tell.
  let sourceError: unknown;
  const pump = async () => {
    try {
      for await (const chunk of chunksOf(source, begin, end, COMPRESSED_CHUNK)) {
        await writer.ready;
        // Sources may share their memory, a stream keeps what it is given.
        await writer.write(chunk.slice());
      }
      await writer.close();
    } catch (error) {
      sourceError ??= error instanceof FileError ? error : undefined;
      await writer.abort(error).catch(() => {});
    }
  };
  const pumped = pump();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (value.length > 0) yield value;
    }
  } catch (error) {
    await pumped;
    if (sourceError) throw sourceError;
    const what = error instanceof Error ? error.message : String(error);
    throw new FileError(source.name, `the compressed data is damaged (${what})`);
  } finally {
    await reader.cancel().catch(() => {});
    await pumped;
  }
  if (sourceError) throw sourceError;
}

/** The bytes of a file in order, unpacked if it is gzip-compressed. */
export async function* textChunks(source: ByteSource): AsyncGenerator<Uint8Array> {
  const head = await readBytes(source, 0, Math.min(3, source.size));
  yield* isGzip(head) ? inflate(source, "gzip") : chunksOf(source);
}

/** Whether a file that begins with `head` is gzip data. */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b && head[2] === 8;
}
