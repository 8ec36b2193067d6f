import type { FloatArray } from "../dtype.js";

/**
 * The indices of the `count` largest numbers of a row, the largest first; of equal ones the lower index comes
 * first. Shorter where the row is.
 */
export function likeliestOf(row: FloatArray, count: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < row.length; i++) {
    let place = found.length;
    while (place > 0 && row[found[place - 1]] < row[i]) place--;
    if (place === count) continue;
    found.splice(place, 0, i);
    found.length = Math.min(found.length, count);
  }
  return found;
}

/** counts[k − 1] = how many of P's k likeliest classes are among Q's k likeliest, for k up to its length. */
export function overlapOfLikeliest(p: FloatArray, q: FloatArray, counts: Uint8Array): void {
  const ofP = likeliestOf(p, counts.length);
  const ofQ = likeliestOf(q, counts.length);
  counts.fill(0);
  // A class counts from the k on from which both lists have it.
  for (const [i, c] of ofP.entries()) {
    const j = ofQ.indexOf(c);
    if (j < 0) continue;
    for (let k = Math.max(i, j); k < counts.length; k++) counts[k]++;
  }
}

/** The rank of class `index` in a row, 1 for the largest number; of equal ones the lower index comes first. */
export function rankOf(row: FloatArray, index: number): number {
  let before = 0;
  for (let i = 0; i < row.length; i++) {
    if (row[i] > row[index] || (row[i] === row[index] && i < index)) before++;
  }
  return before + 1;
}
