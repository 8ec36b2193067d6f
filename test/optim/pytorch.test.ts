import { describe, expect, it } from "vitest";
import { Adagrad, Adam, AdamW, NAdam, RAdam, RMSprop, SGD } from "../../src/optim/index.js";
import type { Tensor } from "../../src/tensor/index.js";
import { readOracle } from "../functional/oracle.js";
import { elements, setGradients, startingPoint } from "./trajectory.js";

const kinds = { SGD, Adam, AdamW, NAdam, RAdam, Adagrad, RMSprop };

interface Case {
  name: keyof typeof kinds;
  options: object;
  float32: number[][];
  float64: number[][];
}

const oracle = readOracle<{ at: number[]; cases: Case[]; groups: number[][] }>("optim");

/** Runs an optimizer as the oracle's script does, and calls `look` after the steps kept there. */
function follow(
  make: (params: Tensor[]) => { step(): void },
  dtype: "float32" | "float64",
  look: (x: number[], k: number) => void,
) {
  const params = startingPoint(dtype);
  const optimizer = make(params);
  for (let step = 1, k = 0; k < oracle.at.length; step++) {
    setGradients(params, step);
    optimizer.step();
    if (step === oracle.at[k]) look(elements(params), k++);
  }
}

/** Expects `found` to be within `allowed` of `expected`, relative to the size of the parameters' elements. */
function expectNear(found: number[], expected: number[], allowed: number, step: number) {
  found.forEach((x, i) => {
    const wanted = expected[i];
    const error = Math.abs(x - wanted) / Math.max(Math.abs(wanted), 0.25);
    expect(error, `element ${i} after ${step} steps: ${x}, PyTorch's ${wanted}`).toBeLessThanOrEqual(allowed);
  });
}

describe("optimizers go where PyTorch's go", () => {
  it.each(oracle.cases)("$name $options, in float64 to 1e-12", ({ name, options, float64 }) => {
    const make = (params: Tensor[]) => new kinds[name](params, options);
    follow(make, "float64", (x, k) => expectNear(x, float64[k], 1e-12, oracle.at[k]));
  });

  it.each(oracle.cases)(
    "$name $options, in float32 to 2e-6 or PyTorch's own error",
    ({ name, options, float64, float32 }) => {
      const make = (params: Tensor[]) => new kinds[name](params, options);
      follow(make, "float32", (x, k) => {
        const ownErrors = float32[k].map((value, i) => Math.abs(value - float64[k][i]));
        expectNear(x, float64[k], Math.max(2e-6, ...ownErrors), oracle.at[k]);
      });
    },
  );

  it("with options of their own for each group", () => {
    const make = ([first, second]: Tensor[]) =>
      new SGD([{ params: [first] }, { params: second, lr: 0.5, momentum: 0.5 }], { lr: 0.01 });
    follow(make, "float64", (x, k) => expectNear(x, oracle.groups[k], 1e-12, oracle.at[k]));
  });
});
