import type { ByteSource } from "../byteSource.js";

/** The source, whose reads reject with the signal's reason once that is aborted. */
export function abortable(source: ByteSource, signal: AbortSignal | undefined): ByteSource {
  if (signal === undefined) return source;
  const { name, size, forward, sibling } = source;
  return {
    ...{ name, size, forward },
    read(offset, length, into) {
      return signal.aborted ? Promise.reject(signal.reason) : source.read(offset, length, into);
    },
    sibling: sibling && ((other) => sibling.call(source, other)),
    close: () => source.close(),
  };
}
