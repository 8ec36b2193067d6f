// What every module computes, and its gradients in inputs and parameters: PyTorch's, and right by central differences.

import { describe, expect, it } from "vitest";
import { F } from "../../src/functional/index.js";
import * as nn from "../../src/nn/index.js";
import { grad, gradcheck, manualSeed, type Tensor, tensor } from "../../src/tensor/index.js";
import { decode, type EncodedTensor, expectTensor } from "../functional/oracle.js";
import oracle from "../oracle/module_gradients.json" with { type: "json" };

const cases = oracle as {
  make: string;
  inputs: EncodedTensor[];
  output: EncodedTensor;
  grads: EncodedTensor[];
}[];

/** What is run: a module, or the function in the place of one. */
interface Runnable {
  forward: (...inputs: Tensor[]) => Tensor;
}

/** The module, made after the oracle's seed, and where its parameters are. */
function make(code: string) {
  manualSeed(3);
  const module: Runnable = new Function("nn", "F", "tensor", `"use strict"; return (${code})`)(nn, F, tensor);
  const modules = module instanceof nn.Module ? module.modules() : [];
  const places = modules.flatMap((owner) =>
    Object.entries(owner).flatMap(([field, value]) =>
      value instanceof nn.Parameter ? [{ owner, field, value }] : [],
    ),
  );
  return { module, places, parameters: places.map(({ value }) => value) };
}

function leavesOf(inputs: readonly EncodedTensor[]): Tensor[] {
  return inputs.map((input) => {
    const x = decode(input);
    x.requiresGrad = input.dtype === "float64";
    return x;
  });
}

describe("values and gradients of modules", () => {
  it.each(cases)("$make: PyTorch's", ({ make: code, inputs, output, grads }) => {
    const { module, parameters } = make(code);
    const given = leavesOf(inputs);
    const found = module.forward(...given);
    expectTensor(found, output, { scale: 1, anyZero: true });
    const weights = Array.from({ length: found.numel }, (_, i) => (((5 * i) % 7) - 2) / 4);
    const total = found.mul(tensor(weights, { dtype: "float64" }).reshape(found.shape)).sum();
    const leaves = [...given.filter((x) => x.requiresGrad), ...parameters];
    const scale = Math.max(...grads.flatMap(({ values }) => values.map((value) => Math.abs(Number(value)))));
    grad(total, leaves).forEach((gradient, i) => {
      expectTensor(gradient, grads[i], { scale, anyZero: true });
    });
  });

  // A row for padding learns nothing although the output depends on it.
  const checked = cases.filter(({ make: code }) => !code.includes("paddingIdx"));
  it.each(checked)("$make: central differences", ({ make: code, inputs }) => {
    const { module, places, parameters } = make(code);
    const run = (...given: Tensor[]) => {
      places.forEach(({ owner, field }, i) => {
        Object.assign(owner, { [field]: given[inputs.length + i] });
      });
      return module.forward(...given.slice(0, inputs.length));
    };
    expect(gradcheck(run, [...leavesOf(inputs), ...parameters])).toBe(true);
  });

  it("there is a case for every module that computes", () => {
    // MultiheadAttention has its own (pytorch.test.ts), as have the losses of distillation.
    const elsewhere =
      /^(MultiheadAttention|DistillationLoss|TopkDistillationLoss|LinearDivergenceLoss|SampledKlLoss)$/;
    const holders = /^(Module|ModuleList|ModuleDict|Parameter)$/;
    for (const [name, value] of Object.entries(nn)) {
      if (typeof value !== "function" || elsewhere.test(name) || holders.test(name)) continue;
      expect(
        cases.some((c) => c.make.includes(`nn.${name}(`)),
        name,
      ).toBe(true);
    }
  });
});
