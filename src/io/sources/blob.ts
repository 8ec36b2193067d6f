import type { ByteSource } from "../byteSource.js";
import { FileError } from "../fileError.js";

/** A Blob, or a File that the user picked in a browser: only the ranges that are asked for are read. */
export function blobSource(blob: Blob): ByteSource {
  const name = "name" in blob && typeof blob.name === "string" ? blob.name : "(blob)";
  return {
    name,
    size: blob.size,
    async read(offset, length) {
      try {
        return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
      } catch (error) {
        // Browsers refuse to read a picked file that has changed or gone since.
        throw new FileError(name, `cannot be read: ${error instanceof Error ? error.message : error}`);
      }
    },
    close: async () => {},
  };
}
