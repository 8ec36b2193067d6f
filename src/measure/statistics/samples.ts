/** Chunks start small, so that a short file costs little, and stop growing at 512 kB. */
const firstChunk = 1024;
const largestChunk = 65_536;

/**
 * The value of every row, kept for exact quantiles: 8 bytes a row. It grows by chunks, so nothing is
 * copied while rows come in. Two of them merge in any order, because quantiles sort.
 */
export class Samples {
  readonly #chunks: Float64Array[] = [];
  /** How much of the last chunk is used. */
  #used = 0;
  #length = 0;

  /** The number of values added so far. */
  get length(): number {
    return this.#length;
  }

  /** Adds one value. NaN is not a value. */
  add(value: number): void {
    let last = this.#chunks.at(-1);
    if (last === undefined || this.#used === last.length) {
      last = new Float64Array(Math.min(largestChunk, last === undefined ? firstChunk : 2 * last.length));
      this.#chunks.push(last);
      this.#used = 0;
    }
    last[this.#used++] = value;
    this.#length++;
  }

  /** Adds all values of `other`. */
  merge(other: Samples): void {
    for (const value of other.sorted()) this.add(value);
  }

  /** The values in ascending order. */
  sorted(): Float64Array {
    const all = new Float64Array(this.#length);
    let offset = 0;
    for (const [i, chunk] of this.#chunks.entries()) {
      const used = i === this.#chunks.length - 1 ? chunk.subarray(0, this.#used) : chunk;
      all.set(used, offset);
      offset += used.length;
    }
    return all.sort();
  }
}

/**
 * The quantile of ascending values at `p` (from 0 to 1), exact: linear interpolation between order
 * statistics at p·(n − 1), which is definition 7 of Hyndman and Fan (1996) and NumPy's default.
 * NaN when there are no values.
 */
export function quantileOfSorted(sorted: Float64Array, p: number): number {
  if (sorted.length === 0) return Number.NaN;
  const position = p * (sorted.length - 1);
  const low = sorted[Math.floor(position)];
  const high = sorted[Math.ceil(position)];
  // Equal neighbours need no arithmetic, and two infinite ones allow none.
  if (low === high) return low;
  return low + (high - low) * (position - Math.floor(position));
}
