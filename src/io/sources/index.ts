import { KullbackError } from "../../errors.js";
import type { ByteSource } from "../byteSource.js";
import { blobSource } from "./blob.js";
import { bytesSource } from "./bytes.js";
import { fileSource } from "./nodeFile.js";

export { exists } from "./nodeFile.js";

/** What can be opened: a path (in Node), a Blob or File, the bytes of a file, or a source of one's own. */
export type FileInput = string | Blob | Uint8Array | ByteSource;

/** Random access to the bytes of `input`. */
export async function openSource(input: FileInput): Promise<ByteSource> {
  if (typeof input === "string") return fileSource(input);
  if (input instanceof Uint8Array) return bytesSource(input);
  if (input instanceof Blob) return blobSource(input);
  if (typeof input?.read === "function") return input;
  const got = Object.prototype.toString.call(input).slice(8, -1);
  throw new KullbackError(`openArray: wanted a path, a Blob, a Uint8Array or a ByteSource, got ${got}`);
}
