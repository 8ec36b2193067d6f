import type { BySide, RowMeasure } from "./measure.js";
import type { RowPair } from "./pair.js";
import type { Summand } from "./summands.js";
import type { Measure } from "./types.js";

/** D = finish(Σ h) and its first two derivatives by the sum. */
export interface Finish {
  value(sum: number): number;
  first(sum: number): number;
  second(sum: number): number;
}

/** D = factor·Σ h. */
export function times(factor: number): Finish {
  return { value: (sum) => factor * sum, first: () => factor, second: () => 0 };
}

/** 2³⁰⁰ and its square, which bring quotients of the smallest numbers back into range. */
const RAISED = 2 ** 300;
const SQUARE = 2 ** 600;

/** D = √(factor·Σ h); at 0, where the root has no derivative, the subgradient 0 is taken. */
export function rootOf(factor: number): Finish {
  return {
    value: (sum) => Math.sqrt(factor * sum),
    first: (sum) => (sum > 0 ? 0.5 * RAISED * Math.sqrt(factor / SQUARE / sum) : 0),
    second: (sum) => (sum > 0 ? (-0.25 * Math.sqrt(factor / sum)) / sum : 0),
  };
}

/** Σ h over the classes of a row pair. */
export function sumOver({ p, q, t, n }: RowPair, { qSmaller, pSmaller }: Summand): number {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    sum +=
      t[i] <= 0 ? qSmaller.value(p.probs[i], t[i], p.logs[i]) : pSmaller.value(q.probs[i], -t[i], q.logs[i]);
  }
  return sum;
}

/** The measure finish(Σ h). */
export function fDivergence(name: Measure, summand: Summand, finish: Finish): RowMeasure {
  const { qSmaller, pSmaller } = summand;
  return {
    name,
    value: (pair) => finish.value(sumOver(pair, summand)),

    slopes(pair, slopes) {
      const { p, q, t, n } = pair;
      const factor = finish.first(sumOver(pair, summand));
      for (let i = 0; i < n; i++) {
        if (t[i] <= 0) {
          slopes.p[i] = factor * qSmaller.larger(p.probs[i], t[i], p.logs[i]);
          slopes.q[i] = factor * qSmaller.smaller(p.probs[i], t[i], p.logs[i]);
        } else {
          slopes.p[i] = factor * pSmaller.smaller(q.probs[i], -t[i], q.logs[i]);
          slopes.q[i] = factor * pSmaller.larger(q.probs[i], -t[i], q.logs[i]);
        }
      }
      return { p: factor * pSmaller.edge, q: factor * qSmaller.edge };
    },

    // With w the curvature: d(p·∂h/∂p) = p·∂h/∂p·dlog p − w·(dlog q − dlog p), and the mirror image for q.
    slopeChanges(pair, slopes, direction, changes) {
      const { p, q, t, n } = pair;
      const sum = sumOver(pair, summand);
      const factor = finish.first(sum);
      const bend = relativeBend(finish, sum, slopes, direction);
      for (let i = 0; i < n; i++) {
        const curvature =
          t[i] <= 0
            ? qSmaller.curvature(p.probs[i], t[i], p.logs[i])
            : pSmaller.curvature(q.probs[i], -t[i], q.logs[i]);
        const turn = factor * curvature * (direction.q[i] - direction.p[i]);
        changes.p[i] = slopes.p[i] * (direction.p[i] + bend) - turn;
        changes.q[i] = slopes.q[i] * (direction.q[i] + bend) + turn;
      }
    },
  };
}

/** d(finish′)/finish′: finish″·d(Σ h)/finish′, with the slopes of D = finish′ times those of Σ h. */
function relativeBend(finish: Finish, sum: number, slopes: BySide, direction: BySide): number {
  const second = finish.second(sum);
  if (second === 0) return 0;
  let change = 0;
  for (let i = 0; i < slopes.p.length; i++) {
    change += slopes.p[i] * direction.p[i] + slopes.q[i] * direction.q[i];
  }
  return (second / finish.first(sum) ** 2) * change;
}
