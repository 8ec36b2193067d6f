import type { Clusters } from "../statistics/index.js";

/** What all parts of a summary need to know besides the rows. */
export interface SummaryContext {
  /** The size of the unit in nats: what KL and entropies are divided by. */
  readonly unit: number;
  readonly clusters: Clusters | undefined;
  /** The correct class of every row of the input; negative for none. */
  readonly labels: Int32Array | undefined;
  /** How many values exact quantiles may hold in memory at a time. */
  readonly capacity: number | undefined;
}
