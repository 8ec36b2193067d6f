import type { BucketSide } from "./topKBuckets.js";

/** A class of a row with the natural logarithm of its probability. */
export interface KnownClass {
  readonly id: number;
  readonly logProb: number;
}

/** The likeliest classes of a row, at most so many, the likeliest first. */
export function likeliestKnown(side: BucketSide, most: number): KnownClass[] {
  if (side.kind === "top-k") {
    const end = side.ids.indexOf(-1);
    return Array.from(end < 0 ? side.ids : side.ids.subarray(0, end), (id, i) => ({
      id,
      logProb: side.logProbs[i],
    }))
      .sort((a, b) => b.logProb - a.logProb)
      .slice(0, most);
  }
  const { values } = side;
  const found: number[] = [];
  for (let id = 0; id < values.length; id++) {
    if (found.length === most && !(values[id] > values[found[most - 1]])) continue;
    const place = found.findIndex((other) => values[id] > values[other]);
    found.splice(place < 0 ? found.length : place, 0, id);
    if (found.length > most) found.pop();
  }
  return found.map((id) => ({ id, logProb: logProbOf(side, id) }));
}

/** The natural logarithm of a class's probability; NaN where it is not known. */
export function logProbOf(side: BucketSide, id: number): number {
  if (side.kind === "top-k") {
    const place = id < 0 ? -1 : side.ids.indexOf(id);
    return place < 0 ? Number.NaN : side.logProbs[place];
  }
  const { values, from } = side;
  if (!(id >= 0 && id < values.length)) return Number.NaN;
  let [max, total] = [-Infinity, 0];
  if (from === "probs") {
    for (const value of values) total += value;
    return Math.log(values[id] / total);
  }
  for (const value of values) if (value > max) max = value;
  for (const value of values) total += Math.exp(value - max);
  return values[id] - max - Math.log(total);
}

/** The rank of a class, 1 for the first; of equal ones the lower class comes first. */
export function rankOfClass(values: Float32Array | Float64Array, id: number): number {
  let rank = 1;
  for (let other = 0; other < values.length; other++) {
    if (values[other] > values[id] || (values[other] === values[id] && other < id)) rank++;
  }
  return rank;
}
