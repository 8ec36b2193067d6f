// A Kullback–Leibler divergence is never negative. When kl_div says it is, one of two things happened.

import { divergence, F, manualSeed, randn, setWarningHandler, type Tensor, tensor } from "kullback";

setWarningHandler(null); // The question used "mean", about which kl_div warns.

// 1. The input was no distribution. (A question asked on PyTorch's forum: this target sums to 0.3.)
const output = tensor([[0.1132, 0.5477, 0.339]]);
const target = tensor([[0.1541, 0.0511, 0.0947]]);
export const unnormalised = F.klDiv(output.log(), target);
console.log("target sums to 0.3: ", unnormalised);

// kl_div does not look at its input. divergence does:
try {
  divergence(target, output, { from: "probs" });
} catch (error) {
  console.log(String(error));
}
export const normalised = divergence(target, output, { from: "probs", normalize: "sum" });
console.log("divided by its sum: ", normalised);

// 2. Rounding. Where P and Q are almost the same, kl_div adds up positive and negative numbers that
// should cancel, and what is left is the rounding of its inputs.
manualSeed(0);
const p = randn([1000, 5]);
const q = p.add(randn([1000, 5]).mul(1e-5));
export const rows = F.klDiv(F.logSoftmax(q, -1), F.softmax(p, -1), { reduction: "none" }).sum(-1);
const share = (x: Tensor) => x.lt(0).to("float32").mean().item().toFixed(1);
console.log("share of rows below 0, kl_div:    ", share(rows));

// divergence adds up numbers of which none is negative, so its sum is not, and keeps its digits.
export const accurate = divergence(p, q, { reduction: "none" });
console.log("share of rows below 0, divergence:", share(accurate));
export const mean = accurate.mean();
console.log("their mean:         ", mean);

// Of a row and itself it is 0, not almost 0.
const same = tensor([[0, 0, 1e-6, 2e-7, 0, 7e-7, 0]]);
export const zero = divergence(same, same);
console.log("of a row and itself:", zero);
