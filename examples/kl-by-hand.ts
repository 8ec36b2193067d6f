// The divergence of Q from P by hand, and the ways to the same number.

import { F, nn, tensor } from "kullback";

const P = tensor([0.4, 0.6]);
const Q = tensor([0.3, 0.7]);

// KL(P‖Q) = Σ p·(log p − log q), in nats
export const byHand = P.mul(P.log().sub(Q.log())).sum();
console.log("by hand:    ", byHand);

// The function wants log Q first, then P.
export const functional = F.klDiv(Q.log(), P, { reduction: "sum" });
console.log("function:   ", functional);

export const logTarget = F.klDiv(Q.log(), P.log(), { reduction: "sum", logTarget: true });
console.log("logTarget:  ", logTarget);

export const byModule = new nn.KLDivLoss({ reduction: "sum" }).forward(Q.log(), P);
console.log("module:     ", byModule);

// Two ways to another number. Softmax takes scores, not probabilities:
export const softmaxed = F.klDiv(F.softmax(Q, 0).log(), F.softmax(P, 0), { reduction: "sum" });
console.log("softmaxed:  ", softmaxed);

// and without the logarithm it is no divergence at all.
export const withoutLog = F.klDiv(Q, P, { reduction: "sum" });
console.log("without log:", withoutLog);
