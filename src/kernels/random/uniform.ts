import { KullbackError } from "../../errors.js";
import type { FloatArray } from "../dtype.js";
import { fma32, fma64 } from "./fma.js";
import type { Generator } from "./generator.js";

/** A draw from [0, 1) in steps of 2^-24: the low 24 bits of one 32-bit draw. */
export function uniform32(generator: Generator): number {
  return (generator.random() & 0xffffff) * 2 ** -24;
}

/** A draw from [0, 1) in steps of 2^-53: the low 53 bits of a 64-bit draw, which is two of 32, high first. */
export function uniform64(generator: Generator): number {
  const high = generator.random() & 0x1fffff;
  return (high * 2 ** 32 + generator.random()) * 2 ** -53;
}

/**
 * Fills `out` with independent draws from the uniform distribution on [from, to), the numbers of PyTorch's
 * `uniform_` (and, with the defaults, of `torch.rand`) on CPU.
 *
 * @param from - lower bound, rounded to the dtype of `out`; default 0
 * @param to - upper bound, rounded to the dtype of `out`; default 1
 * @throws KullbackError if the bounds are not finite in the dtype of `out`, `from` is above `to`, or their
 * difference overflows
 */
export function fillUniform(out: FloatArray, generator: Generator, from = 0, to = 1): void {
  const single = out instanceof Float32Array;
  const round = single ? Math.fround : Number;
  const low = round(from);
  const high = round(to);
  const width = round(high - low);
  if (!(low <= high && Number.isFinite(width))) {
    const dtype = single ? "float32" : "float64";
    throw new KullbackError(
      `uniform: expected finite from <= to with to - from within ${dtype}, got from=${from}, to=${to}`,
    );
  }
  const draw = single ? uniform32 : uniform64;
  const fma = single ? fma32 : fma64;
  for (let i = 0; i < out.length; i++) {
    const value = fma(draw(generator), width, low);
    out[i] = value === high ? low : value; // rounding may reach the excluded bound
  }
}
