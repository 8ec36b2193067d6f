import { KullbackError } from "../errors.js";
import { defaultGenerator, Generator, randomPermutation } from "../kernels/index.js";
import { describeValue } from "../tensor/index.js";

/** An order in which to visit items, anew every time it is iterated. */
export interface Sampler extends Iterable<number> {
  /** How many indices an iteration gives. */
  readonly length: number;
}

/** 0, 1, …, length − 1. */
export function sequentialSampler(length: number): Sampler {
  return {
    length,
    *[Symbol.iterator]() {
      for (let i = 0; i < length; i++) yield i;
    },
  };
}

/**
 * A random order, every item once, the same as `torch.utils.data.RandomSampler`'s for the same seed.
 *
 * @param generator - Default: for each iteration a new one, whose seed is drawn from the default generator.
 */
export function randomSampler(length: number, generator?: Generator): Sampler {
  return {
    length,
    *[Symbol.iterator]() {
      const own = generator ?? new Generator(drawSeed(defaultGenerator));
      yield* randomPermutation(length, own);
      // PyTorch's sampler draws a second order at its end, of which it takes nothing.
      randomPermutation(length, own);
    },
  };
}

/** Throws unless `generator` is one. */
export function checkGenerator(name: string, generator: Generator): void {
  if (generator instanceof Generator) return;
  throw new KullbackError(`${name}: wanted a Generator as generator, got ${describeValue(generator)}`);
}

/** Draws a 64-bit seed, as PyTorch does, and gives the low 32 bits, which are what tells streams apart. */
export function drawSeed(generator: Generator): number {
  generator.random();
  return generator.random();
}
