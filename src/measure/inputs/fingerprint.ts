import type { ByteSource } from "../../io/index.js";
import type { InputSummary } from "../comparison.js";

/** Files up to this size are hashed whole; of larger ones so many samples of so many bytes. */
const wholeBytes = 64 * 2 ** 20;
const samples = 64;
const sampleBytes = 2 ** 20;

/**
 * The SHA-256 of a file: of all its bytes up to 64 MB (2²⁶ bytes); of a larger file, of its size as a 64-bit
 * little-endian number followed by 64 samples of 1 MB (2²⁰ bytes), the first at its beginning, the last at its
 * end, the others evenly spread between. Null where there is no cryptography (a page that is not secure).
 */
export async function fingerprint(source: ByteSource): Promise<InputSummary["hash"]> {
  const hash = newHash();
  if (hash === undefined) return null;
  const { size } = source;
  const whole = size <= wholeBytes;
  if (!whole) {
    const length = new Uint8Array(8);
    new DataView(length.buffer).setBigUint64(0, BigInt(size), true);
    hash.update(length);
  }
  const pieces = whole ? Math.ceil(size / sampleBytes) : samples;
  const buffer = new Uint8Array(Math.min(size, sampleBytes));
  for (let i = 0; i < pieces; i++) {
    const offset = whole ? i * sampleBytes : Math.floor((i * (size - sampleBytes)) / (samples - 1));
    const length = Math.min(sampleBytes, size - offset);
    hash.update(await source.read(offset, length, buffer.subarray(0, length)));
  }
  return { algorithm: "sha256", value: await hash.digest(), coverage: whole ? "whole" : "sampled" };
}

/** The SHA-256 of a text, in hexadecimal; empty where there is no cryptography. */
export async function hashText(text: string): Promise<string> {
  const hash = newHash();
  hash?.update(new TextEncoder().encode(text));
  return (await hash?.digest()) ?? "";
}

interface Hash {
  update(bytes: Uint8Array): void;
  digest(): Promise<string>;
}

/** Node's hash, which takes pieces, or the browser's, which takes all at once. */
function newHash(): Hash | undefined {
  if (typeof process !== "undefined" && process.getBuiltinModule !== undefined) {
    const hash = process.getBuiltinModule("node:crypto").createHash("sha256");
    return { update: (bytes) => hash.update(bytes), digest: async () => hash.digest("hex") };
  }
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined) return undefined;
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  return {
    update: (bytes) => pieces.push(bytes.slice()),
    async digest() {
      const all = new Uint8Array(await new Blob(pieces).arrayBuffer());
      const digest = new Uint8Array(await subtle.digest("SHA-256", all));
      return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    },
  };
}
