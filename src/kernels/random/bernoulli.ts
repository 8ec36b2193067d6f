import { KullbackError } from "../../errors.js";
import type { TypedArray } from "../dtype.js";
import type { Generator } from "./generator.js";
import { uniform64 } from "./uniform.js";

/**
 * Fills `out` with ones, each with probability `p`, and zeros: the numbers of PyTorch's `bernoulli_(p)` on CPU,
 * where it draws them by its own generator. (On Intel's processors its builds with MKL draw them by MKL's.)
 *
 * @param p - probability of a one, from 0 to 1
 * @throws KullbackError if `p` is no probability
 */
export function fillBernoulli(out: TypedArray, generator: Generator, p: number): void {
  if (!(p >= 0 && p <= 1)) throw new KullbackError(`bernoulli: expected p from 0 to 1, got ${p}`);
  for (let i = 0; i < out.length; i++) out[i] = uniform64(generator) < p ? 1 : 0;
}
