import { type ByteSource, readBytes } from "../byteSource.js";
import { FileError } from "../fileError.js";
import { describeForeign } from "./foreign.js";
import type { Format } from "./format.js";
import { npy } from "./npy.js";
import { safetensors } from "./safetensors.js";

export type { Entry, Format, Header } from "./format.js";

/** Every format, in the order in which a file is tried: a new one is one entry here. */
const formats: readonly Format[] = [npy, safetensors];

/**
 * The format of a file, by its content.
 *
 * @throws {@link FileError} that says what the file looks like if it is none of ours.
 */
export async function recognise(source: ByteSource): Promise<Format> {
  const head = await readBytes(source, 0, Math.min(512, source.size));
  const format = formats.find((format) => format.recognises(head));
  if (format) return format;
  const foreign = describeForeign(head);
  if (foreign) throw new FileError(source.name, foreign);
  const byName = formats.find(({ extension }) => extension && source.name.toLowerCase().endsWith(extension));
  if (byName) return byName;
  const bytes = Array.from(head.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  throw new FileError(source.name, `is neither .npy nor .safetensors (it begins with the bytes ${bytes})`);
}
