import type { RowSide } from "./side.js";

/**
 * The entropy −Σ p·log p of a row in nats, with its relative accuracy also where one class has nearly all of
 * the probability: with w = p/p_top and R = Σ w over the other classes, log 1/p_top is log1p(R), and
 * H = log1p(R) + Σ w·log(1/w)/(1 + R), of which no term is negative.
 */
export function entropyOf({ probs, logs, argmax }: RowSide): number {
  let rest = 0;
  let sum = 0;
  for (let i = 0; i < probs.length; i++) {
    if (i === argmax || probs[i] === 0) continue;
    const logW = logs[i] - logs[argmax];
    const w = Math.exp(logW);
    rest += w;
    if (w > 0) sum -= w * logW;
  }
  return Math.log1p(rest) + sum / (1 + rest);
}
