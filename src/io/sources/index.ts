import { KullbackError } from "../../errors.js";
import type { ByteSource } from "../byteSource.js";
import { FileError } from "../fileError.js";
import { blobSource } from "./blob.js";
import { bytesSource } from "./bytes.js";
import { httpSource } from "./http.js";
import { fileSource } from "./nodeFile.js";

export { abortable } from "./abortable.js";
export { exists } from "./nodeFile.js";

/**
 * What can be opened: a path (in Node), an http or https URL, a Blob or File, the bytes of a file, or a
 * source of one's own.
 */
export type FileInput = string | URL | Blob | Uint8Array | ByteSource;

/** Random access to the bytes of `input`. */
export async function openSource(input: FileInput): Promise<ByteSource> {
  if (typeof input === "string") return isUrl(input) ? httpSource(parseUrl(input)) : fileSource(input);
  if (input instanceof URL) return openUrl(input);
  if (input instanceof Uint8Array) return bytesSource(input);
  if (input instanceof Blob) return blobSource(input);
  if (typeof input?.read === "function") return input;
  const got = Object.prototype.toString.call(input).slice(8, -1);
  throw new KullbackError(
    `openArray: wanted a path, a URL, a Blob, a Uint8Array or a ByteSource, got ${got}`,
  );
}

/** Whether `input` is a URL to fetch and not a path. */
export function isUrl(input: string): boolean {
  return /^https?:\/\//i.test(input);
}

function parseUrl(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw new FileError(text, "is not a valid URL");
  }
}

async function openUrl(url: URL): Promise<ByteSource> {
  if (isUrl(url.href)) return httpSource(url);
  throw new FileError(url.href, `wanted an http or https URL, got ${url.protocol}`);
}
