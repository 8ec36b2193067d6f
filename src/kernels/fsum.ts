/**
 * A running sum without rounding error: the numbers added so far are held as a few floats that do not
 * overlap, and `value` rounds once. So the result does not depend on the order of the numbers, nor on how
 * partial sums were merged.
 *
 * Non-finite numbers follow ordinary addition: +∞ and −∞ together give NaN. A sum of finite numbers that
 * leaves the range of float64 on the way stays infinite.
 *
 * Reference: Shewchuk (1997), "Adaptive precision floating-point arithmetic and fast robust geometric
 * predicates"; the last rounding is that of Python's `math.fsum`.
 */
export class ExactSum {
  /** Its first `count` numbers do not overlap and increase in magnitude; the rest is left from before. */
  private readonly partials: number[] = [];
  private count = 0;
  private nonFinite = 0;

  /** Adds one number. */
  add(x: number): this {
    if (!Number.isFinite(x)) {
      this.nonFinite += x;
      return this;
    }
    const { partials } = this;
    let kept = 0;
    let high = x;
    for (let i = 0; i < this.count; i++) {
      const partial = partials[i];
      // Knuth's two-sum: high + partial = sum + low, exactly.
      const sum = high + partial;
      const partialVirtual = sum - high;
      const low = high - (sum - partialVirtual) + (partial - partialVirtual);
      if (low !== 0) partials[kept++] = low;
      high = sum;
    }
    if (Number.isFinite(high)) {
      partials[kept] = high;
      this.count = kept + 1;
    } else {
      this.nonFinite += high;
      this.count = 0;
    }
    return this;
  }

  /** Adds all that `other` has added. */
  merge(other: ExactSum): this {
    for (const partial of other.partials.slice(0, other.count)) this.add(partial);
    this.nonFinite += other.nonFinite;
    return this;
  }

  /** The sum, correctly rounded (ties to even). */
  get value(): number {
    if (this.nonFinite !== 0) return this.nonFinite;
    const { partials } = this;
    let i = this.count - 1;
    if (i < 0) return 0;
    let high = partials[i];
    let low = 0;
    while (i > 0 && low === 0) {
      const rest = partials[--i];
      const sum = high + rest;
      low = rest - (sum - high);
      high = sum;
    }
    // `low` is half a unit in the last place of `high`, or less: what lies below it decides a tie.
    if (i > 0 && low !== 0 && Math.sign(low) === Math.sign(partials[i - 1])) {
      const doubled = 2 * low;
      const rounded = high + doubled;
      if (rounded - high === doubled) return rounded;
    }
    return high;
  }
}

/** The exact sum of `values`, rounded once. */
export function fsum(values: Iterable<number>): number {
  const sum = new ExactSum();
  for (const value of values) sum.add(value);
  return sum.value;
}
