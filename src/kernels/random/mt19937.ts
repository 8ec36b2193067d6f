const N = 624;
const M = 397;

/** The bits that the twist takes from two neighbouring words of the state, mixed. */
function twist(u: number, v: number): number {
  return (((u & 0x80000000) | (v & 0x7fffffff)) >>> 1) ^ (v & 1 ? 0x9908b0df : 0);
}

/** Where an engine stands: its 624 words and the index of the next one to hand out. */
export interface Mt19937State {
  words: Uint32Array;
  /** From 0 to 624; at 624 the words are used up and the next draw makes new ones. */
  position: number;
}

/**
 * The Mersenne Twister of period 2^19937 − 1, with 32-bit outputs: the engine of PyTorch's CPU generator.
 *
 * Reference: M. Matsumoto, T. Nishimura, "Mersenne Twister: a 623-dimensionally equidistributed uniform
 * pseudo-random number generator", ACM TOMACS 8 (1998).
 */
export class Mt19937 {
  private readonly words = new Uint32Array(N);
  private position = N;

  /** @param seed - any integer in [0, 2^32) */
  constructor(seed: number) {
    this.words[0] = seed;
    for (let i = 1; i < N; i++) {
      const previous = this.words[i - 1];
      this.words[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
    }
  }

  /** The next draw, an integer in [0, 2^32). */
  next(): number {
    if (this.position === N) this.regenerate();
    let y = this.words[this.position++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  }

  /** A copy of the state. */
  get state(): Mt19937State {
    return { words: this.words.slice(), position: this.position };
  }

  set state({ words, position }: Mt19937State) {
    this.words.set(words);
    this.position = position;
  }

  private regenerate(): void {
    const w = this.words;
    for (let i = 0; i < N - M; i++) w[i] = w[i + M] ^ twist(w[i], w[i + 1]);
    for (let i = N - M; i < N - 1; i++) w[i] = w[i + M - N] ^ twist(w[i], w[i + 1]);
    w[N - 1] = w[M - 1] ^ twist(w[N - 1], w[0]);
    this.position = 0;
  }
}
