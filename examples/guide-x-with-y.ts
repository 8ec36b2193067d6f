// Guiding X with Y: how far is the distribution of the scores X from that of the scores Y?
//
// PyTorch's kl_div takes the logarithm of the probabilities of the one that is guided (X, the input), and
// the probabilities of the one that guides (Y, the target).

import { F, manualSeed, randn } from "kullback";

manualSeed(0); // the same random numbers as torch.manual_seed(0)
const x = randn([4, 5]);
const y = randn([4, 5]);

// Each of the 4 rows is a distribution over 5 classes: normalise along the last axis.
const logP = F.logSoftmax(x, -1);
const q = F.softmax(y, -1);

export const sum = F.klDiv(logP, q, { reduction: "sum" });
console.log("sum      ", sum);

// "mean" divides by all 20 elements, which is no divergence of anything: PyTorch warns, and so do we.
export const mean = F.klDiv(logP, q, { reduction: "mean" });
console.log("mean     ", mean);

// "batchmean" divides by the 4 rows: the average divergence of a row.
export const batchmean = F.klDiv(logP, q, { reduction: "batchmean" });
console.log("batchmean", batchmean);
