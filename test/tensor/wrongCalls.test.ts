import { describe, expect, it } from "vitest";
import {
  abs,
  detectAnomaly,
  enableGrad,
  exp,
  grad,
  gradcheck,
  KullbackError,
  matmul,
  neg,
  noGrad,
  relu,
  tanh,
  zeros,
} from "../../src/index.js";

const wrong = (value: unknown) => value as never;
const leaf = () => zeros([2], { requiresGrad: true });

describe("autograd called in a wrong way", () => {
  it.each([
    [() => leaf().backward(wrong([1, 1])), "backward: wanted a tensor, got an array"],
    [() => grad(wrong(3), leaf()), "grad: wanted a tensor, got a number"],
    [() => grad(leaf().sum(), wrong(undefined)), "grad: wanted a tensor, got undefined"],
    [() => grad(leaf().sum(), wrong([null])), "grad: wanted a tensor, got null"],
    [() => gradcheck(wrong(3), [leaf()]), "gradcheck: wanted a function, got a number"],
    [() => gradcheck((x) => x, wrong(3)), "gradcheck: wanted an array of inputs, got a number"],
    [() => gradcheck((x) => x, wrong([null])), "gradcheck: wanted a tensor, got null"],
    [() => noGrad(wrong(undefined)), "noGrad: wanted a function, got undefined"],
    [() => enableGrad(wrong(3)), "enableGrad: wanted a function, got a number"],
    [() => detectAnomaly(wrong("x")), "detectAnomaly: wanted a function, got a string"],
    [
      () => Object.assign(zeros([2]), { requiresGrad: "yes" }),
      "requiresGrad: wanted true or false, got a string",
    ],
    [() => Object.assign(leaf(), { grad: [1, 1] }), "grad: wanted null or a tensor, got an array of 2"],
    [() => leaf().registerHook(wrong(3)), "registerHook: wanted a function, got a number"],
    [
      () => {
        const x = leaf();
        x.registerHook(wrong(() => 3));
        x.sum().backward();
      },
      "registerHook: wanted a tensor, got a number",
    ],
  ] as [() => unknown, string][])("%s", (call, message) => {
    expect(call).toThrow(message);
    expect(call).toThrow(KullbackError);
  });
});

describe("operations on what is no tensor", () => {
  it.each(Object.entries({ abs, exp, neg, relu, tanh }))("%s says so", (name, f) => {
    for (const value of [undefined, null, "x", [1], {}]) {
      expect(() => f(wrong(value))).toThrow(`${name}: wanted a tensor, got `);
    }
  });

  it("matmul says so of both", () => {
    expect(() => matmul(wrong([[1]]), leaf())).toThrow("matmul: wanted a tensor, got an array");
    expect(() => matmul(leaf(), wrong(3))).toThrow("matmul: wanted a tensor, got a number");
  });
});
