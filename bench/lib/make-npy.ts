import { closeSync, openSync, writeSync } from "node:fs";

/** 1 MiB of numbers, nearly normal around 0 with a variance of 4, repeated to fill a row block. */
function block(seed: number): Float32Array {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Float32Array.from({ length: 2 ** 18 }, () => (uniform() + uniform() + uniform() - 1.5) * 4);
}

function header(rows: number, classes: number): Uint8Array {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${classes}), }`;
  const padded = `${text.padEnd(117)}\n`;
  const bytes = new Uint8Array(10 + padded.length);
  bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, padded.length & 255, padded.length >> 8]);
  bytes.set(new TextEncoder().encode(padded), 10);
  return bytes;
}

/** Writes a `.npy` file of float32 logits [rows, classes], a block at a time. */
export function makeNpy(file: string, rows: number, classes: number, seed: number): void {
  const bytes = new Uint8Array(block(seed).buffer);
  const handle = openSync(file, "w");
  writeSync(handle, header(rows, classes));
  for (let left = rows * classes * 4; left > 0; left -= bytes.length) {
    writeSync(handle, bytes, 0, Math.min(left, bytes.length));
  }
  closeSync(handle);
}
