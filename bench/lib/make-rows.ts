// Files of rows of logits, made a piece at a time: a few rows, repeated.

import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";

/** The kinds of files that are compared. */
export const rowKinds = ["float32", "float16", "_logits_"] as const;

export type RowKind = (typeof rowKinds)[number];

/** Bytes of a number of a kind. */
export const numberBytes: Readonly<Record<RowKind, number>> = { float32: 4, float16: 2, _logits_: 2 };

/** Different rows in a file. */
const different = 32;

/** Numbers nearly normal around 0 with a variance of 4, from a seed. */
function noise(count: number, seed: number): Float32Array {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Float32Array.from({ length: count }, () => (uniform() + uniform() + uniform() - 1.5) * 4);
}

/** Logits of a reference, and of a candidate that is as far from it as a model in few bits. */
export function someLogits(rows: number, classes: number, role: "reference" | "candidate"): Float32Array {
  const logits = noise(rows * classes, 1);
  if (role === "reference") return logits;
  const off = noise(rows * classes, 2);
  return logits.map((x, i) => x + 0.05 * off[i]);
}

/** The nearest float16 of numbers in its range. */
export function float16Of(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, (x) => {
    const size = Math.abs(x);
    const exponent = Math.max(-14, Math.floor(Math.log2(size)));
    // A fraction that rounds up to 2 carries into the exponent.
    const bits =
      size < 2 ** -14 ? size * 2 ** 24 : (exponent + 15) * 1024 + (size * 2 ** -exponent - 1) * 1024;
    return (x < 0 ? 0x8000 : 0) | Math.round(bits);
  });
}

/** Rows as llama.cpp codes them: float32 scale and minimum of log p, and a code of 16 bits a class. */
export function codesOf(values: Float32Array, classes: number): Uint16Array {
  const rows = values.length / classes;
  const words = 4 + classes + (classes & 1);
  const out = new Uint16Array(rows * words);
  for (let row = 0; row < rows; row++) {
    const own = values.subarray(row * classes, (row + 1) * classes);
    const max = own.reduce((a, b) => Math.max(a, b));
    const min = Math.max(
      max - 16,
      own.reduce((a, b) => Math.min(a, b)),
    );
    const logTotal = Math.log(own.reduce((sum, x) => sum + Math.exp(x - max), 0));
    const scale = Math.fround((max - min) / 65535);
    out.set(new Uint16Array(Float32Array.of(scale, min - max - logTotal).buffer), row * words);
    for (let i = 0; i < classes; i++) {
      out[row * words + 4 + i] = Math.max(0, Math.min(65535, Math.round((own[i] - min) / scale)));
    }
  }
  return out;
}

function npyHeader(descr: string, rows: number, classes: number): Uint8Array {
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${rows}, ${classes}), }`;
  const padded = `${text.padEnd(117)}\n`;
  const bytes = new Uint8Array(10 + padded.length);
  bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, padded.length & 255, padded.length >> 8]);
  bytes.set(new TextEncoder().encode(padded), 10);
  return bytes;
}

/** The header of one chunk of so many rows, with its tokens. */
function logitsHeader(rows: number, classes: number): Uint8Array {
  const context = 2 * rows + 1;
  const words = new Int32Array(5 + context);
  words.set([0, 0, context, classes, 1]);
  const bytes = new Uint8Array(words.buffer);
  bytes.set(new TextEncoder().encode("_logits_"));
  return bytes;
}

/** Writes a file of `rows` rows; the bytes are on the disk when it returns. */
export function makeRows(
  file: string,
  kind: RowKind,
  rows: number,
  classes: number,
  role: "reference" | "candidate",
): void {
  const logits = someLogits(different, classes, role);
  const numbers =
    kind === "float32" ? logits : kind === "float16" ? float16Of(logits) : codesOf(logits, classes);
  const bytes = new Uint8Array(numbers.buffer);
  const header =
    kind === "_logits_"
      ? logitsHeader(rows, classes)
      : npyHeader(kind === "float32" ? "<f4" : "<f2", rows, classes);
  const handle = openSync(file, "w");
  writeSync(handle, header);
  for (let left = (rows * bytes.length) / different; left > 0; left -= bytes.length) {
    writeSync(handle, bytes, 0, Math.min(left, bytes.length));
  }
  fsyncSync(handle);
  closeSync(handle);
}
