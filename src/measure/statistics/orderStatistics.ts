import { RadixTree } from "./radixTree.js";

/** Values that come in pieces, each in a group from 0; they can be gone through more than once. */
export interface GroupedValues {
  /** How many values each group has. */
  readonly sizes: readonly number[];
  /** Calls `visit` with every value, in the same order each time. NaN is not a value. */
  forEach(visit: (value: number, group: number) => void): void;
}

/** As many values are held in memory, and sorted, at a time: 32 MB. */
const defaultCapacity = 4 * 2 ** 20;

/**
 * Exact order statistics in bounded memory: for each group the values of the given ranks (from 0). Few values
 * are sorted. Of many, the leading bits are counted to find the narrow ranges in which the wanted ones lie,
 * and only what lies there is sorted; the result has the same bits.
 *
 * @param ranks - For each group, ranks below its size.
 * @param capacity - How many values may be in memory.
 */
export function orderStatistics(
  values: GroupedValues,
  ranks: readonly (readonly number[])[],
  capacity = defaultCapacity,
): number[][] {
  const total = values.sizes.reduce((sum, size) => sum + size, 0);
  if (total > capacity) return selectByRadix(values, ranks, capacity);
  const sorted = sortGroups(values, total);
  return ranks.map((wanted, group) => wanted.map((rank) => sorted[group][rank]));
}

function sortGroups(values: GroupedValues, total: number): Float64Array[] {
  const all = new Float64Array(total);
  const next: number[] = [];
  let offset = 0;
  const groups = values.sizes.map((size) => {
    next.push(offset);
    offset += size;
    return all.subarray(offset - size, offset);
  });
  values.forEach((value, group) => {
    all[next[group]++] = value;
  });
  return groups.map((group) => group.sort());
}

function selectByRadix(
  values: GroupedValues,
  ranks: readonly (readonly number[])[],
  capacity: number,
): number[][] {
  const tree = new RadixTree(ranks, values.sizes);
  while (!tree.isComplete && tree.remaining > capacity) {
    values.forEach((value, group) => {
      tree.count(value, group);
    });
    tree.deepen();
  }
  if (!tree.isComplete) {
    tree.startCollecting();
    values.forEach((value, group) => {
      tree.collect(value, group);
    });
  }
  return tree.results();
}
