import { KullbackError } from "../../errors.js";
import { Mt19937 } from "./mt19937.js";
import { decodeState, encodeState } from "./state.js";

/** The seed of a `Generator` that is given none, PyTorch's. */
const DEFAULT_SEED = 67280421310721;

/**
 * A source of random numbers: the same stream as PyTorch's CPU generator with the same seed.
 *
 * ```ts
 * const generator = new Generator().manualSeed(0);
 * const x = new Float32Array(2);
 * fillUniform(x, generator); // 0.4963, 0.7682: torch.rand(2) after torch.manual_seed(0)
 * ```
 */
export class Generator {
  /** The second value of a Box–Muller pair, kept for the next call that draws fewer than 16 normals. */
  nextNormal: number | undefined;

  private seed = 0n;
  private engine = new Mt19937(0);

  /** @param seed - as for {@link manualSeed}; default 67280421310721 */
  constructor(seed: number = DEFAULT_SEED) {
    this.manualSeed(seed);
  }

  /**
   * Starts the stream of `seed`, forgetting a kept normal.
   *
   * @param seed - any safe integer; a negative one counts from 2^64. Only its low 32 bits tell streams apart.
   * @throws KullbackError if `seed` is no safe integer
   */
  manualSeed(seed: number): this {
    if (!Number.isSafeInteger(seed)) {
      throw new KullbackError(`manualSeed: expected a safe integer, got ${seed}`);
    }
    this.seed = BigInt.asUintN(64, BigInt(seed));
    this.engine = new Mt19937(Number(BigInt.asUintN(32, this.seed)));
    this.nextNormal = undefined;
    return this;
  }

  /** The seed last set, as an unsigned 64-bit integer. */
  initialSeed(): bigint {
    return this.seed;
  }

  /** The next 32-bit draw, an integer in [0, 2^32). */
  random(): number {
    return this.engine.next();
  }

  /** The state, for a checkpoint: 5056 bytes in the layout of `torch.get_rng_state()`. */
  getState(): Uint8Array {
    return encodeState({ seed: this.seed, engine: this.engine.state, nextNormal: this.nextNormal });
  }

  /**
   * Goes on from a state of {@link getState} or of `torch.get_rng_state()`.
   *
   * @throws KullbackError if `state` is no generator state
   */
  setState(state: Uint8Array): this {
    const { seed, engine, nextNormal } = decodeState(state);
    this.seed = seed;
    this.engine.state = engine;
    this.nextNormal = nextNormal;
    return this;
  }
}

/** The generator that creation functions use when they are given none; `manualSeed` seeds it. */
export const defaultGenerator: Generator = new Generator();
