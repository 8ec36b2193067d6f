import type { RowPair } from "./pair.js";
import type { Measure } from "./types.js";

/** A number for every class, by the row that it belongs to. */
export interface BySide {
  readonly p: Float64Array;
  readonly q: Float64Array;
}

/**
 * ∂D/∂pᵢ of a class with pᵢ = 0 < qᵢ, and ∂D/∂qᵢ of one with qᵢ = 0 < pᵢ: the same number for all of them.
 * Infinite where there is no finite value.
 */
export interface Edges {
  readonly p: number;
  readonly q: number;
}

/** A measure with its parameters: what a divergence is at one row pair, in nats, and how it changes. */
export interface RowMeasure {
  readonly name: Measure;
  /** D(P, Q). */
  value(pair: RowPair): number;
  /**
   * Fills `slopes` with ∂D/∂log pᵢ = pᵢ·∂D/∂pᵢ and ∂D/∂log qᵢ, each class by itself: that rows sum to 1 is
   * not yet taken into account.
   */
  slopes(pair: RowPair, slopes: BySide): Edges;
  /**
   * Fills `changes` with the derivative of the slopes in a direction (d log p, d log q) along which the rows
   * keep their sums: E_p[d log p] = E_q[d log q] = 0.
   */
  slopeChanges(pair: RowPair, slopes: BySide, direction: BySide, changes: BySide): void;
}
