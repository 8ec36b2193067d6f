import { readFileSync } from "node:fs";
import { type FileInput, openArray } from "../../src/io/index.js";

/** A JSON file of test/oracle. */
export function oracle(name: string) {
  return JSON.parse(readFileSync(new URL(`../oracle/${name}`, import.meta.url), "utf8"));
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

/** A number as JSON holds it, where "NaN" and the infinities are strings. */
export const toNumber = (value: number | string) => Number(value);

function join(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const ascii = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

/** A .npy file with any header text and any number of zero bytes of data. */
export function npyFile(header: string, dataBytes = 0, version = 1): Uint8Array<ArrayBuffer> {
  const length = new Uint8Array(version === 1 ? 2 : 4);
  for (let i = 0; i < length.length; i++) length[i] = header.length >> (8 * i);
  return join(
    ascii("\x93NUMPY"),
    Uint8Array.of(version, 0),
    length,
    ascii(header),
    new Uint8Array(dataBytes),
  );
}

/** The header that NumPy writes. */
export function npyHeader(descr: string, shape: string, fortran = "False"): string {
  return `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, }\n`;
}

/** A safetensors file with any header and any number of zero bytes of data. */
export function safetensorsFile(
  header: object | string,
  dataBytes = 0,
  length?: bigint,
): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const prefix = new DataView(new ArrayBuffer(8));
  prefix.setBigUint64(0, length ?? BigInt(text.length), true);
  return join(new Uint8Array(prefix.buffer), text, new Uint8Array(dataBytes));
}

/** `bytes` as a file of that name. */
export function named(name: string, bytes: Uint8Array<ArrayBuffer>): File {
  return new File([bytes], name);
}

/** The error with which `input` is refused. */
export async function refusal(input: FileInput, tensor?: string): Promise<Error> {
  try {
    await openArray(input, { tensor });
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("it was opened");
}

/** The first index at which two arrays differ, or -1: expect() would take seconds over a large array. */
export function firstDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) if (!Object.is(a[i], b[i])) return i;
  return -1;
}
