import type { ByteSource } from "../byteSource.js";

/** The bytes of a file that is already in memory; they are not copied. */
export function bytesSource(bytes: Uint8Array, name = "(bytes)"): ByteSource {
  return {
    name,
    size: bytes.length,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
    close: async () => {},
  };
}
