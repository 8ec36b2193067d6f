import { KullbackError } from "../../errors.js";
import type { TypedArray } from "../dtype.js";
import type { Generator } from "./generator.js";

/** From this range on a draw has 64 bits, so that the remainder stays nearly uniform. */
const WIDE = 2 ** 28;

/** The integers that the elements of `out` tell apart, both ends included. */
function bounds(out: TypedArray): [dtype: string, min: number, max: number] {
  if (out instanceof Float32Array) return ["float32", -(2 ** 24), 2 ** 24];
  if (out instanceof Float64Array) return ["float64", -(2 ** 53), 2 ** 53];
  if (out instanceof Int32Array) return ["int32", -(2 ** 31), 2 ** 31 - 1];
  return ["bool", 0, 1];
}

/**
 * Fills `out` with independent draws from the integers of [low, high), the numbers of `torch.randint` on CPU.
 *
 * @param low - smallest integer
 * @param high - one above the largest integer
 * @throws KullbackError if the bounds are no integers, `low` is not below `high`, or the dtype of `out`
 * cannot hold every integer between them (where PyTorch warns or raises an error)
 */
export function fillRandint(out: TypedArray, generator: Generator, low: number, high: number): void {
  if (!(Number.isInteger(low) && Number.isInteger(high) && low < high)) {
    throw new KullbackError(`randint: expected integers low < high, got low=${low}, high=${high}`);
  }
  const [dtype, min, max] = bounds(out);
  if (low < min || high > max + 1) {
    throw new KullbackError(
      `randint: expected low and high - 1 in [${min}, ${max}] for ${dtype}, got low=${low}, high=${high}`,
    );
  }
  if (high - low < WIDE) {
    const range = high - low;
    for (let i = 0; i < out.length; i++) out[i] = (generator.random() % range) + low;
    return;
  }
  const base = BigInt(low);
  const range = BigInt(high) - base;
  for (let i = 0; i < out.length; i++) {
    const draw = (BigInt(generator.random()) << 32n) | BigInt(generator.random());
    out[i] = Number((draw % range) + base);
  }
}
