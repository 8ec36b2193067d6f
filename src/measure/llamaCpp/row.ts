/** Classes whose log-probability is not above this are passed over: llama.cpp's truncation. */
export const truncation = -16;

/** What llama.cpp's formula makes of one row, and what it passes over. */
export interface TruncatedRow {
  /** Σ p·(log p − log q) over the classes with log p > −16, P not normalised again; may be negative. */
  kld: number;
  /** The probability of the classes passed over. */
  excludedMass: number;
  /**
   * Bounds of what these would have added. P's least log-probability may stand for any smaller one, because
   * the file format clamps there; so a class that has it counts with every probability from 0 to that.
   */
  low: number;
  high: number;
  /** Whether both sides have the same first largest class. */
  sameTop: boolean;
  /** log Σ exp of the candidate's logits. */
  logTotal: number;
}

/**
 * Truncated KL of one row.
 *
 * @param base - Log-probabilities of P, as decoded.
 * @param candidate - Logits or log-probabilities of Q.
 */
export function truncatedRow(
  base: Float32Array | Float64Array,
  candidate: Float32Array | Float64Array,
): TruncatedRow {
  const { least, argmax: top } = extremes(base);
  const { greatest, argmax: candidateTop } = extremes(candidate);
  let total = 0;
  for (let i = 0; i < candidate.length; i++) total += Math.exp(candidate[i] - greatest);
  const logTotal = greatest + Math.log(total);
  const row = { kld: 0, excludedMass: 0, low: 0, high: 0, sameTop: top === candidateTop, logTotal };
  // Most classes of a clamped row share the least log-probability.
  const leastP = Math.exp(least);
  for (let i = 0; i < base.length; i++) {
    const logP = base[i];
    const logQ = candidate[i] - logTotal;
    if (logP > truncation) {
      row.kld += Math.exp(logP) * (logP - logQ);
      continue;
    }
    const p = logP === least ? leastP : Math.exp(logP);
    if (p === 0) continue;
    const summand = p * (logP - logQ);
    row.excludedMass += p;
    row.low += logP === least ? leastSummand(logP, logQ, summand) : summand;
    row.high += logP === least ? Math.max(0, summand) : summand;
  }
  return row;
}

/** The least x·log(x/q) for x from 0 to p: at x = q/e, or at p if that is less. `summand` is the one at p. */
function leastSummand(logP: number, logQ: number, summand: number): number {
  return logQ - 1 < logP ? -Math.exp(logQ - 1) : summand;
}

function extremes(row: Float32Array | Float64Array): { least: number; greatest: number; argmax: number } {
  let argmax = 0;
  let least = row[0];
  for (let i = 1; i < row.length; i++) {
    if (row[i] > row[argmax]) argmax = i;
    if (row[i] < least) least = row[i];
  }
  return { least, greatest: row[argmax], argmax };
}
