import { describe, expect, it } from "vitest";
import * as reference from "../../../src/kernels/optimize.js";
import * as kernels from "../../../src/kernels/wasm/optimize.js";
import { placed, uniform } from "./agreement.js";

describe.each(["float32", "float64"] as const)("steps of optimizers in %s", (dtype) => {
  const lengths = [1, 2, 3, 8, 1001];
  const array = (length: number, seed: number, place: "plain" | "resident") =>
    placed(uniform(length, seed), dtype, place);

  it.each([
    ["without momentum", false, { kept: 0, added: 1, nesterov: false, momentum: 0 }],
    ["with momentum", true, { kept: 0.9, added: 0.7, nesterov: false, momentum: 0.9 }],
    ["with Nesterov's momentum", true, { kept: 0.9, added: 1, nesterov: true, momentum: 0.9 }],
  ])("SGD %s has the reference's bits, step after step", (_, buffer, rest) => {
    for (const length of lengths) {
      const [wanted, found] = (["plain", "resident"] as const).map((place) => {
        const [x, g, b] = [1, 2, 3].map((seed) => array(length, seed, place));
        const step = place === "plain" ? reference.sgdStep : kernels.sgdStep;
        const descents = [
          { sign: 1, decay: 0 },
          { sign: -1, decay: 0 },
          { sign: -1, decay: 0.1 },
        ];
        for (const descent of descents) step(x, g, buffer ? b : undefined, { ...descent, lr: 0.1, ...rest });
        return [x.slice(), b.slice()];
      });
      expect(found).toEqual(wanted);
    }
  });

  it.each([false, true])("Adam has the reference's bits, with the largest second moment: %s", (amsgrad) => {
    for (const length of lengths) {
      const [wanted, found] = (["plain", "resident"] as const).map((place) => {
        const [x, gradient, m] = [1, 2, 3].map((seed) => array(length, seed, place));
        const v = placed([...uniform(length, 4)].map(Math.abs), dtype, place);
        const largest = amsgrad ? placed([...uniform(length, 5)].map(Math.abs), dtype, place) : undefined;
        const step = place === "plain" ? reference.adamStep : kernels.adamStep;
        const factors = { beta1: 0.9, beta2: 0.999, stepSize: 0.01, correction: 0.03, eps: 1e-8 };
        const descents = [
          { sign: 1, decay: 0, shrink: 1 },
          { sign: -1, decay: 0, shrink: 0.99 },
          { sign: -1, decay: 0.1, shrink: 1 },
        ];
        for (const descent of descents) step({ x, gradient, m, v, largest }, { ...descent, ...factors });
        return [x, m, v, largest].map((kept) => kept?.slice());
      });
      expect(found).toEqual(wanted);
    }
  });

  it("leaves arrays elsewhere, and of two dtypes, to the reference", () => {
    const x = array(10, 1, "resident");
    const factors = { sign: 1, decay: 0, lr: 1, kept: 0, added: 1, nesterov: false, momentum: 0 };
    const before = x.slice();
    expect(kernels.sgdStep(x, array(10, 2, "plain"), undefined, factors)).toBe(false);
    const other = placed(uniform(10), dtype === "float32" ? "float64" : "float32", "resident");
    expect(kernels.sgdStep(x, other, undefined, factors)).toBe(false);
    expect(x.slice()).toEqual(before);
  });
});
