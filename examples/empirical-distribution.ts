// From samples to distributions: count each feature's values in bins, and compare two sets of samples.

import { divergence, tensor } from "kullback";
import samples from "./samples.json" with { type: "json" };

const { edges } = samples; // 17 edges: 16 equal bins on [−4, 4]

/** How many values fall into each bin; values outside count in the first and the last. */
function histogram(values: number[]): number[] {
  const bins = edges.length - 1;
  const width = (edges[bins] - edges[0]) / bins;
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) {
    const bin = Math.floor((value - edges[0]) / width);
    counts[Math.min(Math.max(bin, 0), bins - 1)]++;
  }
  return counts;
}

/** The counts of each feature of a samples × features matrix: features × bins. */
function histograms(matrix: number[][]): number[][] {
  return matrix[0].map((_, feature) => histogram(matrix.map((row) => row[feature])));
}

export const countsA = histograms(samples.a);
export const countsB = histograms(samples.b);
for (const feature of [0, 1]) {
  console.log(`feature ${feature}, counts of A: ${countsA[feature].join(" ")}`);
  console.log(`feature ${feature}, counts of B: ${countsB[feature].join(" ")}`);
}

// A bin that B never saw makes KL(A‖B) infinite. One count more in each bin says "rare, not impossible".
// Each row divided by its sum is the empirical distribution of one feature.
const a = tensor(countsA, { dtype: "float64" }).add(1);
const b = tensor(countsB, { dtype: "float64" }).add(1);
export const kl = divergence(a, b, { from: "probs", normalize: "sum", reduction: "none" });
console.log("KL(A‖B) of each feature:", kl);
