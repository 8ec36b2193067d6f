// Gradients of few elements are computed in one loop, those of many by several operations.

import { describe, expect, it } from "vitest";
import { F, grad, randn, type Tensor } from "../../src/index.js";

describe.each(Object.entries({ tanh: F.tanh, sigmoid: F.sigmoid, gelu: F.gelu }))(
  "the gradient of %s",
  (_, f) => {
    it("is the same for many elements as for a few of them, and as one that is recorded", () => {
      const x = randn([600], { dtype: "float64", requiresGrad: true });
      const weights = randn([600], { dtype: "float64" });
      const slope = (part: Tensor, weight: Tensor, createGraph: boolean) =>
        grad(f(part), part, { gradOutputs: weight, createGraph })[0];
      const whole = slope(x, weights, false).data;
      const recorded = slope(x, weights, true).data;
      for (const start of [0, 100, 500]) {
        const part = x.narrow(0, start, 100).detach();
        part.requiresGrad = true;
        const few = slope(part, weights.narrow(0, start, 100), false).data;
        few.forEach((value, i) => {
          const tolerance = 1e-14 * Math.abs(weights.data[start + i]);
          expect(Math.abs(value - whole[start + i])).toBeLessThanOrEqual(tolerance);
          expect(Math.abs(value - recorded[start + i])).toBeLessThanOrEqual(tolerance);
        });
      }
    });
  },
);
