import { KullbackError } from "../../errors.js";
import type { FloatArray } from "../dtype.js";
import { log32, sincos32 } from "./cephes.js";
import { fma32, fma64 } from "./fma.js";
import type { Generator } from "./generator.js";
import { uniform32, uniform64 } from "./uniform.js";

const BLOCK = 16;
const TWO_PI = 2 * Math.PI;
const TWO_PI_32 = Math.fround(TWO_PI);

/** One standard normal draw, in float64. A Box–Muller pair gives two; the generator keeps the second. */
function standardNormal(generator: Generator): number {
  const kept = generator.nextNormal;
  if (kept !== undefined) {
    generator.nextNormal = undefined;
    return kept;
  }
  const angle = TWO_PI * uniform64(generator);
  const radius = Math.sqrt(-2 * Math.log1p(-uniform64(generator)));
  generator.nextNormal = radius * Math.sin(angle);
  return radius * Math.cos(angle);
}

/** Turns 16 uniform draws into normal ones: elements j and j + 8 are a Box–Muller pair. */
function transformBlock32(block: Float32Array, mean: number, std: number): void {
  for (let j = 0; j < 8; j++) {
    const radius = Math.fround(Math.sqrt(-2 * log32(1 - block[j])));
    const [sin, cos] = sincos32(Math.fround(TWO_PI_32 * block[j + 8]));
    block[j] = fma32(Math.fround(radius * cos), std, mean);
    block[j + 8] = fma32(Math.fround(radius * sin), std, mean);
  }
}

/** As {@link transformBlock32}, in float64. */
function transformBlock64(block: Float64Array, mean: number, std: number): void {
  for (let j = 0; j < 8; j++) {
    const radius = Math.sqrt(-2 * Math.log(1 - block[j]));
    const angle = TWO_PI * block[j + 8];
    block[j] = fma64(radius * Math.cos(angle), std, mean);
    block[j + 8] = fma64(radius * Math.sin(angle), std, mean);
  }
}

/** Fills 16 elements or more: blocks of 16, then the last 16 anew where the blocks leave a remainder. */
function fillBlocks<T extends FloatArray>(out: T, draw: () => number, transform: (block: T) => void): void {
  const block = (start: number) => out.subarray(start, start + BLOCK) as T;
  for (let i = 0; i < out.length; i++) out[i] = draw();
  for (let start = 0; start + BLOCK <= out.length; start += BLOCK) transform(block(start));
  if (out.length % BLOCK !== 0) {
    const last = block(out.length - BLOCK);
    for (let i = 0; i < BLOCK; i++) last[i] = draw();
    transform(last);
  }
}

/**
 * Fills `out` with independent draws from the normal distribution, the numbers of PyTorch's `normal_` (and,
 * with the defaults, of `torch.randn`) on CPU. Fewer than 16 elements are drawn one by one in float64, and
 * the generator may keep a value for the next such call; from 16 on they are drawn in blocks in the dtype of
 * `out`. float32 agrees with PyTorch on x86 with AVX2 to the last bit, float64 to a few units in the last
 * place, because `Math.log`, `sin` and `cos` are the platform's.
 *
 * Reference: G. E. P. Box, M. E. Muller, "A note on the generation of random normal deviates", Annals of
 * Mathematical Statistics 29 (1958).
 *
 * @param mean - default 0
 * @param std - standard deviation, 0 or more; default 1
 * @throws KullbackError if `std` is negative or NaN
 */
export function fillNormal(out: FloatArray, generator: Generator, mean = 0, std = 1): void {
  if (!(std >= 0)) throw new KullbackError(`normal: expected std >= 0, got ${std}`);
  if (out.length < BLOCK) {
    for (let i = 0; i < out.length; i++) out[i] = fma64(standardNormal(generator), std, mean);
  } else if (out instanceof Float32Array) {
    const mean32 = Math.fround(mean);
    const std32 = Math.fround(std);
    fillBlocks(
      out,
      () => uniform32(generator),
      (block) => transformBlock32(block, mean32, std32),
    );
  } else {
    fillBlocks(
      out,
      () => uniform64(generator),
      (block) => transformBlock64(block, mean, std),
    );
  }
}
