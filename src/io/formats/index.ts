import { type ByteSource, readBytes } from "../byteSource.js";
import { FileError } from "../fileError.js";
import { inflate, isGzip } from "../streams.js";
import { csv } from "./csv.js";
import { describeForeign } from "./foreign.js";
import type { Format } from "./format.js";
import { jsonl } from "./jsonl/index.js";
import { llamaLogits } from "./llamaLogits.js";
import { npy } from "./npy.js";
import { npz } from "./npz.js";
import { parquet } from "./parquet/index.js";
import { safetensors } from "./safetensors.js";
import { shardedSafetensors } from "./shardedSafetensors.js";

export type { ArrayFormat, Entry, Format, Header, RowsFormat } from "./format.js";

/** Every format, in the order in which a file is tried: a new one is one entry here. */
const formats: readonly Format[] = [
  npy,
  npz,
  safetensors,
  llamaLogits,
  parquet,
  shardedSafetensors,
  jsonl,
  csv,
];

/** What a message lists. */
const NAMES = "npy, npz, safetensors, _logits_, Parquet, JSON Lines or CSV";

const HEAD = 512;

/**
 * The format of a file, by its content.
 *
 * @throws {@link FileError} that says what the file looks like if it is none of ours.
 */
export async function recognise(source: ByteSource): Promise<Format> {
  const start = await readBytes(source, 0, Math.min(HEAD, source.size));
  const packed = isGzip(start);
  const head = packed ? await unpackHead(source) : start;
  const name = source.name.toLowerCase().replace(/\.gz$/, "");
  const format = formats.find((format) => format.recognises(head, name));
  if (packed) {
    if (format && readsGzip(format)) return format;
    throw new FileError(source.name, "looks like gzip-compressed data; decompress it first");
  }
  if (format) return format;
  const foreign = describeForeign(head);
  if (foreign) throw new FileError(source.name, foreign);
  const byName = formats.find(({ extension }) => extension && name.endsWith(extension));
  if (byName) return byName;
  const bytes = Array.from(head.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  throw new FileError(source.name, `is none of ${NAMES} (it begins with the bytes ${bytes})`);
}

const readsGzip = (format: Format) => format === csv || format === jsonl;

async function unpackHead(source: ByteSource): Promise<Uint8Array> {
  const head = new Uint8Array(HEAD);
  let length = 0;
  for await (const chunk of inflate(source, "gzip")) {
    const piece = chunk.subarray(0, HEAD - length);
    head.set(piece, length);
    length += piece.length;
    if (length === HEAD) break;
  }
  return head.subarray(0, length);
}
