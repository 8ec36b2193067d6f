import { KullbackError } from "../../errors.js";
import type { FloatArray } from "../dtype.js";
import { productError } from "./errorfree.js";
import { RowSide } from "./side.js";
import type { RowOptions } from "./types.js";

/**
 * Two rows of n classes in the one representation that every measure works on: p, q and t = log q − log p
 * in float64, where t keeps its relative accuracy however close the rows are.
 *
 * Where p = 0 < q, t is +∞; where q = 0 < p, −∞; where both are 0 the class is absent and t is 0.
 * The buffers are reused from row to row.
 */
export class RowPair {
  readonly n: number;
  readonly p: RowSide;
  readonly q: RowSide;
  readonly t: Float64Array;
  private readonly options: RowOptions;

  /** Rows of `n` classes, read as `options` say. Throws for a temperature that cannot be used. */
  constructor(n: number, options: RowOptions) {
    const { from, temperature } = options;
    if (temperature !== undefined && !(temperature > 0 && temperature < Infinity)) {
      throw new KullbackError(`divergence: temperature must be a positive number, got ${temperature}`);
    }
    if (from === "probs" && temperature !== undefined && temperature !== 1) {
      throw new KullbackError(`divergence: temperature divides logits, got ${temperature} for probabilities`);
    }
    this.n = n;
    this.p = new RowSide(n);
    this.q = new RowSide(n);
    this.t = new Float64Array(n);
    this.options = options;
  }

  /**
   * Loads the rows that start at `start` in both arrays. False if one of them is no distribution; both
   * sides are looked at, and say what is wrong in `fault`.
   */
  load(p: FloatArray, q: FloatArray, start: number): boolean {
    const pLoaded = this.p.load(p, start, this.options);
    const qLoaded = this.q.load(q, start, this.options);
    if (!pLoaded || !qLoaded) return false;
    if (this.options.from === "probs") this.logRatiosOfProbabilities(p, q, start);
    else this.logRatiosOfLogits();
    this.centre();
    return true;
  }

  /**
   * t from logits: with both rows relative to their maxima, the difference of two logits is known to the
   * last bit (its rounding errors are added back), and only log(Z_q/Z_p) is rounded; `centre` repairs that.
   */
  private logRatiosOfLogits(): void {
    const { p, q, t, n } = this;
    const temperature = this.options.temperature ?? 1;
    const logTotals = Math.log(q.total / p.total);
    for (let i = 0; i < n; i++) {
      t[i] = this.inBoth(i)
        ? (q.gaps[i] - p.gaps[i] + (q.gapErrors[i] - p.gapErrors[i])) / temperature - logTotals
        : this.logRatioAtEdge(i);
    }
  }

  /**
   * t from probabilities P, Q of any sums: with k = ΣQ/ΣP, log(Q/kP) = log1p((Q − kP)/kP), where k·P is
   * carried as an exact sum of two numbers. What the rounding of k leaves, `centre` repairs.
   */
  private logRatiosOfProbabilities(p: FloatArray, q: FloatArray, start: number): void {
    const k = this.q.total / this.p.total;
    for (let i = 0; i < this.n; i++) {
      const scaled = k * p[start + i];
      const residual = q[start + i] - scaled - productError(k, p[start + i], scaled);
      if (!this.inBoth(i)) this.t[i] = this.logRatioAtEdge(i);
      else if (Math.abs(residual) < 0.5 * scaled) this.t[i] = Math.log1p(residual / scaled);
      else this.t[i] = this.q.logs[i] - this.p.logs[i];
    }
  }

  private inBoth(i: number): boolean {
    return this.p.probs[i] > 0 && this.q.probs[i] > 0;
  }

  private logRatioAtEdge(i: number): number {
    if (this.p.probs[i] > 0) return -Infinity;
    return this.q.probs[i] > 0 ? Infinity : 0;
  }

  /**
   * Makes E_p[eᵗ] = 1 by subtracting log E_p[eᵗ] = log1p(E_p[expm1 t]), a sum of numbers as small as t
   * (p·expm1(t) = q − p, which is as good where t is not small).
   * So one rounded constant in t does no harm: measures are of second order in it.
   */
  private centre(): void {
    const { t, n } = this;
    const p = this.p.probs;
    const q = this.q.probs;
    let excess = 0;
    for (let i = 0; i < n; i++) excess += Math.abs(t[i]) < 0.1 ? p[i] * Math.expm1(t[i]) : q[i] - p[i];
    const c = Math.log1p(excess);
    if (c === 0) return;
    for (let i = 0; i < n; i++) if (p[i] > 0 || q[i] > 0) t[i] -= c;
  }
}
