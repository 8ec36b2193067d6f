import { KullbackError } from "../../errors.js";
import type { Generator } from "./generator.js";

/** From this length on the remainders of 32-bit draws would be noticeably uneven. */
const LONG = Math.floor(0xffffffff / 20);

/** The shuffle from the front, on 32-bit draws. */
function shuffled(n: number, generator: Generator): Int32Array {
  const out = new Int32Array(n);
  for (let i = 0; i < n; i++) out[i] = i;
  for (let i = 0; i < n - 1; i++) {
    const j = i + (generator.random() % (n - i));
    const value = out[i];
    out[i] = out[j];
    out[j] = value;
  }
  return out;
}

/** A 64-bit draw modulo `m` < 2^31, in steps that are exact in float64. */
function longDraw(generator: Generator, m: number): number {
  const high = generator.random() % m;
  const low = generator.random();
  const upper = (high * 2 ** 16 + (low >>> 16)) % m;
  return (upper * 2 ** 16 + (low & 0xffff)) % m;
}

/** The "inside-out" shuffle, which makes the array as it goes, on 64-bit draws. */
export function shuffledInsideOut(n: number, generator: Generator): Int32Array {
  const out = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const j = longDraw(generator, i + 1);
    out[i] = out[j];
    out[j] = i;
  }
  return out;
}

/**
 * A random order of 0, 1, …, n − 1, the numbers of `torch.randperm(n)` on CPU.
 *
 * Reference: the Fisher–Yates shuffle in the form of R. Durstenfeld, "Algorithm 235: Random permutation",
 * Communications of the ACM 7 (1964).
 *
 * @param n - an integer in [0, 2^31)
 * @throws KullbackError if `n` is anything else
 */
export function randomPermutation(n: number, generator: Generator): Int32Array {
  if (!(Number.isInteger(n) && n >= 0 && n < 2 ** 31)) {
    throw new KullbackError(`randperm: expected an integer in [0, 2^31), got ${n}`);
  }
  return n < LONG ? shuffled(n, generator) : shuffledInsideOut(n, generator);
}
