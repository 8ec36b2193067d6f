import type { FloatArray } from "../dtype.js";
import { differenceError } from "./errorfree.js";
import type { RowFault, RowOptions } from "./types.js";

/**
 * One row brought to probabilities in float64. Buffers are reused from row to row.
 *
 * A class is in the support exactly when its probability is positive: where eˣ underflows, the smallest
 * positive number stands for it.
 */
export class RowSide {
  /** Probabilities; they sum to 1 up to rounding. */
  readonly probs: Float64Array;
  /** Their logarithms; −∞ outside the support. */
  readonly logs: Float64Array;
  /** logit − maximum as rounded (`gaps`), and the rounding error (`gapErrors`); only for logits. */
  readonly gaps: Float64Array;
  readonly gapErrors: Float64Array;
  /** Σ exp((logit − maximum)/T) for logits, Σ P for probabilities. */
  total = 0;
  /** The first class with the largest number. */
  argmax = -1;
  /** What is wrong with the row last loaded, where, and the number at fault. */
  fault: RowFault | undefined = undefined;
  faultIndex = -1;
  faultValue = 0;

  constructor(n: number) {
    this.probs = new Float64Array(n);
    this.logs = new Float64Array(n);
    this.gaps = new Float64Array(n);
    this.gapErrors = new Float64Array(n);
  }

  /** Loads the row that starts at `start`; false, with `fault` set, if it is no distribution. */
  load(values: FloatArray, start: number, options: RowOptions): boolean {
    this.fault = undefined;
    const probabilities = options.from === "probs";
    if (!this.scan(values, start, probabilities)) return false;
    if (options.from !== "logits" && options.normalize === undefined) {
      const sum = sumOf(values, start, this.probs.length, probabilities);
      const tolerance = options.tolerance ?? (values instanceof Float32Array ? 1e-4 : 1e-6);
      if (!(Math.abs(sum - 1) <= tolerance)) return this.fail("sum", -1, sum);
    }
    if (probabilities) this.loadProbabilities(values, start);
    else this.loadLogits(values, start, options.temperature ?? 1);
    return true;
  }

  /** Finds the maximum, and whether every number can stand where it stands. */
  private scan(values: FloatArray, start: number, probabilities: boolean): boolean {
    const n = this.probs.length;
    let argmax = -1;
    let max = probabilities ? 0 : -Infinity;
    for (let i = 0; i < n; i++) {
      const value = values[start + i];
      if (Number.isNaN(value)) return this.fail("nan", i, value);
      if (value === Infinity || (probabilities && value === -Infinity))
        return this.fail("infinite", i, value);
      if (probabilities && value < 0) return this.fail("negative", i, value);
      if (value > max) {
        max = value;
        argmax = i;
      }
    }
    this.argmax = argmax;
    return argmax >= 0 || this.fail("empty", -1, max);
  }

  private fail(fault: RowFault, index: number, value: number): boolean {
    this.fault = fault;
    this.faultIndex = index;
    this.faultValue = value;
    return false;
  }

  private loadLogits(values: FloatArray, start: number, temperature: number): void {
    const { probs, logs, gaps, gapErrors } = this;
    const n = probs.length;
    const max = values[start + this.argmax];
    let total = 0;
    for (let i = 0; i < n; i++) {
      const value = values[start + i];
      const gap = value - max;
      gaps[i] = value === -Infinity ? gap : Math.max(gap, -Number.MAX_VALUE);
      gapErrors[i] = gap === -Infinity ? 0 : differenceError(value, max, gap);
      probs[i] = Math.exp(gaps[i] / temperature);
      total += probs[i];
    }
    const logTotal = Math.log(total);
    for (let i = 0; i < n; i++) {
      logs[i] = gaps[i] / temperature - logTotal;
      probs[i] = gaps[i] === -Infinity ? 0 : probs[i] / total || Number.MIN_VALUE;
    }
    this.total = total;
  }

  private loadProbabilities(values: FloatArray, start: number): void {
    const { probs, logs } = this;
    const n = probs.length;
    let total = 0;
    for (let i = 0; i < n; i++) total += values[start + i];
    const logTotal = Math.log(total);
    for (let i = 0; i < n; i++) {
      const value = values[start + i];
      probs[i] = value === 0 ? 0 : value / total || Number.MIN_VALUE;
      logs[i] = Math.log(value) - logTotal;
    }
    this.total = total;
  }
}

/** The sum of a row of probabilities, or of the exponentials of a row of logarithms. */
function sumOf(values: FloatArray, start: number, n: number, probabilities: boolean): number {
  let sum = 0;
  for (let i = start; i < start + n; i++) sum += probabilities ? values[i] : Math.exp(values[i]);
  return sum;
}
