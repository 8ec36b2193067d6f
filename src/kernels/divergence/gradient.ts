import type { FloatArray } from "../dtype.js";
import type { RowMeasure } from "./measure.js";
import type { RowPair } from "./pair.js";
import type { RowSide } from "./side.js";
import type { RowOptions } from "./types.js";

/**
 * The gradient of a measure at one row pair and its derivative in a direction, in the coordinates of the
 * input. The measure gives slopes by log p and log q; from them, for a row of logits a = T·log p + const,
 *
 *     ∂D/∂aⱼ = (slopeⱼ − pⱼ·Σ slopes)/T,
 *
 * and for a row of probabilities P, whose logarithms are logits, ∂D/∂Pⱼ = (slopeⱼ − pⱼ·Σ slopes)/Pⱼ.
 */
export class RowGradient {
  readonly p: SideGradient;
  readonly q: SideGradient;
  private readonly measure: RowMeasure;
  private readonly pair: RowPair;

  constructor(measure: RowMeasure, pair: RowPair, options: RowOptions) {
    this.measure = measure;
    this.pair = pair;
    this.p = new SideGradient(pair.p, options);
    this.q = new SideGradient(pair.q, options);
  }

  /** Fills `p.values` and `q.values` for the rows that the pair has loaded from `start`. */
  compute(p: FloatArray, q: FloatArray, start: number): void {
    const slopes = { p: this.p.slopes, q: this.q.slopes };
    const edges = this.measure.slopes(this.pair, slopes);
    this.p.compute(p, start, edges.p, this.pair.q);
    this.q.compute(q, start, edges.q, this.pair.p);
  }

  /** ⟨∂D, (vp, vq)⟩, after `compute`. */
  along(vp: FloatArray | undefined, vq: FloatArray | undefined, start: number): number {
    return this.p.along(vp, start) + this.q.along(vq, start);
  }

  /** Fills `p.changes` and `q.changes`: the derivative of `values` in the direction (vp, vq). */
  differentiate(
    p: FloatArray,
    q: FloatArray,
    vp: FloatArray | undefined,
    vq: FloatArray | undefined,
    start: number,
  ): void {
    this.p.direct(p, vp, start);
    this.q.direct(q, vq, start);
    const direction = { p: this.p.direction, q: this.q.direction };
    const slopes = { p: this.p.slopes, q: this.q.slopes };
    const changes = { p: this.p.changes, q: this.q.changes };
    this.measure.slopeChanges(this.pair, slopes, direction, changes);
    this.p.differentiate(p, vp, start);
    this.q.differentiate(q, vq, start);
  }
}

/** The half of a gradient that belongs to one of the two rows. */
class SideGradient {
  /** ∂D/∂log pⱼ, free of the normalisation. */
  readonly slopes: Float64Array;
  /** The gradient by the input. */
  readonly values: Float64Array;
  /** d log pⱼ in the direction asked for, so that E_p[d log p] = 0. */
  readonly direction: Float64Array;
  /** The change of `slopes`, then of `values`, in that direction. */
  readonly changes: Float64Array;
  private readonly side: RowSide;
  /** The temperature of logits; undefined for probabilities. */
  private readonly temperature: number | undefined;

  constructor(side: RowSide, { from, temperature = 1 }: RowOptions) {
    const n = side.probs.length;
    this.slopes = new Float64Array(n);
    this.values = new Float64Array(n);
    this.direction = new Float64Array(n);
    this.changes = new Float64Array(n);
    this.side = side;
    this.temperature = from === "probs" ? undefined : temperature;
  }

  /** What a change of log pⱼ is multiplied by to give a change of the input: T, or Pⱼ. */
  private unit(inputs: FloatArray, index: number): number {
    return this.temperature ?? inputs[index];
  }

  compute(inputs: FloatArray, start: number, edge: number, other: RowSide): void {
    const { values, side } = this;
    values.set(this.slopes);
    const mean = centre(values, side);
    for (let j = 0; j < values.length; j++) {
      const unit = this.unit(inputs, start + j);
      if (unit > 0) values[j] /= unit;
      else values[j] = other.probs[j] > 0 && Number.isFinite(edge) ? (edge - mean) / side.total : 0;
    }
  }

  along(v: FloatArray | undefined, start: number): number {
    let change = 0;
    if (v === undefined) return change;
    for (let j = 0; j < this.values.length; j++) {
      if (v[start + j] !== 0) change += this.values[j] * v[start + j];
    }
    return change;
  }

  /** Turns a direction of the input into one of log p. */
  direct(inputs: FloatArray, v: FloatArray | undefined, start: number): void {
    const { direction, side } = this;
    direction.fill(0);
    if (v === undefined) return;
    for (let j = 0; j < direction.length; j++) {
      const unit = this.unit(inputs, start + j);
      if (unit > 0) direction[j] = v[start + j] / unit;
    }
    const pivot = direction[side.argmax];
    let mean = 0;
    for (let j = 0; j < direction.length; j++) mean += side.probs[j] * (direction[j] - pivot);
    for (let j = 0; j < direction.length; j++) direction[j] = direction[j] - pivot - mean;
  }

  /** Turns the change of the slopes into that of the gradient. */
  differentiate(inputs: FloatArray, v: FloatArray | undefined, start: number): void {
    const { values, direction, changes, side } = this;
    const mean = sum(this.slopes);
    for (let j = 0; j < changes.length; j++) changes[j] -= side.probs[j] * direction[j] * mean;
    centre(changes, side);
    for (let j = 0; j < changes.length; j++) {
      const unit = this.unit(inputs, start + j);
      const unitChange = this.temperature === undefined && v ? v[start + j] : 0;
      changes[j] = unit > 0 ? (changes[j] - values[j] * unitChange) / unit : 0;
    }
  }
}

/**
 * Takes from each number its class's share of the sum, xⱼ − pⱼ·Σx, and returns Σx. The sum is taken relative
 * to the likeliest class k, with xⱼ − pⱼ·xₖ/pₖ for xⱼ, so that nothing is lost where pₖ is nearly 1.
 * Infinite numbers stay as they are.
 */
function centre(x: Float64Array, { probs, argmax }: RowSide): number {
  const pivot = Number.isFinite(x[argmax]) ? x[argmax] / probs[argmax] : 0;
  let rest = 0;
  for (let j = 0; j < x.length; j++) {
    if (j !== argmax) x[j] -= probs[j] * pivot;
    else if (pivot !== 0) x[j] = 0;
    rest += x[j];
  }
  for (let j = 0; j < x.length; j++) {
    if (probs[j] > 0 && Number.isFinite(x[j])) x[j] -= probs[j] * rest;
  }
  return pivot + rest;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (let j = 0; j < values.length; j++) total += values[j];
  return total;
}
