/** Which cluster a row belongs to: rows of one cluster (a document, a chunk) may depend on each other. */
export interface Clusters {
  /** What the clusters are, for people. */
  readonly by: string;
  /** The number of clusters. */
  readonly count: number;
  /** The cluster of a row of the input, from 0. */
  of(row: number): number;
}

/**
 * Sums of values by cluster. Values come in the order of rows, so the sums, which carry what rounding loses
 * (Neumaier), have the same bits in every run.
 */
export class ClusterSums {
  /** The place of each cluster that has values. */
  readonly #places = new Map<number, number>();
  readonly #sums: number[] = [];
  readonly #lost: number[] = [];
  readonly #counts: number[] = [];
  /** The cluster of the last value, since neighbouring rows mostly share one. */
  #cluster = -1;
  #place = -1;

  /** Adds a finite value. */
  add(cluster: number, value: number): void {
    if (cluster !== this.#cluster) this.#goTo(cluster);
    const place = this.#place;
    const sum = this.#sums[place];
    const next = sum + value;
    this.#lost[place] += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    this.#sums[place] = next;
    this.#counts[place]++;
  }

  /**
   * The standard error of the mean of all values with clusters taken as independent, and as many degrees of
   * freedom as there are clusters with values, less one:
   * sqrt(G/(G − 1) · Σ_g (S_g − n_g·mean)²)/n, over clusters of sums S_g and sizes n_g. NaN below two clusters.
   *
   * Reference: Cameron and Miller (2015), "A practitioner's guide to cluster-robust inference", section 2.
   */
  standardError(mean: number): { stderr: number; degrees: number } {
    const used = this.#sums.length;
    let n = 0;
    let squares = 0;
    for (let g = 0; g < used; g++) {
      n += this.#counts[g];
      const residual = this.#sums[g] - this.#counts[g] * mean + this.#lost[g];
      squares += residual * residual;
    }
    const stderr = used < 2 ? Number.NaN : Math.sqrt((used / (used - 1)) * squares) / n;
    return { stderr, degrees: used - 1 };
  }

  #goTo(cluster: number): void {
    this.#cluster = cluster;
    const known = this.#places.get(cluster);
    this.#place = known ?? this.#sums.length;
    if (known !== undefined) return;
    this.#places.set(cluster, this.#place);
    this.#sums.push(0);
    this.#lost.push(0);
    this.#counts.push(0);
  }
}
