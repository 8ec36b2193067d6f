import { describe, expect, it } from "vitest";
import { Linear } from "../../src/nn/index.js";
import { Adagrad, Adam, AdamW, NAdam, Optimizer, RAdam, RMSprop, SGD } from "../../src/optim/index.js";
import { ones, type Tensor, tensor, zeros } from "../../src/tensor/index.js";
import { elements, setGradients, startingPoint } from "./trajectory.js";

const parameter = (values: number[]) => tensor(values, { requiresGrad: true });

describe.each(Object.entries({ SGD, Adam, AdamW, NAdam, RAdam, Adagrad, RMSprop }))("%s", (name, Kind) => {
  it("refuses an empty list, and what is no list of parameters", () => {
    expect(() => new Kind([])).toThrow(`${name}: optimizer got an empty parameter list`);
    expect(() => new Kind(parameter([1]) as unknown as Tensor[])).toThrow(
      `${name}: params should be an array or other iterable of tensors or groups, got a tensor`,
    );
    expect(() => new Kind([1] as unknown as Tensor[])).toThrow(
      `${name}: optimizer can only optimize tensors, but one of the params is a number`,
    );
    expect(() => new Kind([null] as unknown as Tensor[])).toThrow("but one of the params is null");
    const mixed = [{ params: [parameter([1])] }, parameter([2])] as unknown as Tensor[];
    expect(() => new Kind(mixed)).toThrow(`${name}: wanted either parameters or groups`);
  });

  it("refuses tensors that operations made, and parameters given twice", () => {
    const x = parameter([1]);
    expect(() => new Kind([x.mul(2)])).toThrow(
      `${name}: can't optimize a non-leaf tensor (made by MulBackward)`,
    );
    expect(() => new Kind([x, x])).toThrow(`${name}: some parameters appear more than once`);
    expect(() => new Kind([{ params: [x] }, { params: x }])).toThrow("some parameters appear more than once");
  });

  it("refuses options that make no sense, in any group", () => {
    const x = parameter([1]);
    for (const lr of [-1, Number.NaN]) {
      expect(() => new Kind([x], { lr })).toThrow(
        `${name}: invalid learning rate: wanted a number ≥ 0, got ${lr}`,
      );
    }
    expect(() => new Kind([x], { weightDecay: -0.1 })).toThrow(`${name}: invalid weightDecay`);
    expect(() => new Kind([{ params: x, lr: -1 }])).toThrow(`${name}: invalid learning rate`);
  });

  it("takes any iterable of parameters", () => {
    const { weight, bias } = new Linear(2, 1);
    const optimizer = new Kind(new Set([weight, bias!]));
    expect(optimizer.paramGroups[0].params).toEqual([weight, bias]);
  });

  it("leaves parameters without gradient alone, and forgets gradients when told to", () => {
    const [x, y] = [parameter([1]), parameter([2])];
    const optimizer = new Kind([x, y], { lr: 0.1 });
    x.mul(3).sum().backward();
    optimizer.step();
    expect(x.item()).not.toBe(1);
    expect(y.item()).toBe(2);
    optimizer.zeroGrad();
    expect(x.grad).toBeNull();
    expect(optimizer.state.has(y)).toBe(false);
  });

  it("uses options as they are changed between steps", () => {
    const x = parameter([1]);
    const optimizer = new Kind([x], { lr: 0.1 });
    optimizer.paramGroups[0].lr = 0;
    x.mul(3).sum().backward();
    optimizer.step();
    expect(x.item()).toBe(1);
  });

  it("goes on after its state was saved and loaded as if nothing had happened", () => {
    const options = { lr: 0.05, ...(Kind === SGD ? { momentum: 0.9 } : {}) };
    const params = startingPoint("float64");
    const optimizer = new Kind(params, options);
    const run = (of: { step(): void }, at: readonly Tensor[], from: number, to: number) => {
      for (let step = from; step <= to; step++) {
        setGradients(at, step);
        of.step();
      }
    };
    run(optimizer, params, 1, 5);
    const resumed = params.map((param) => param.detach().clone());
    for (const param of resumed) param.requiresGrad = true;
    const restarted: Optimizer<object, object> = new Kind(resumed);
    restarted.loadStateDict(optimizer.stateDict());
    run(optimizer, params, 6, 20);
    run(restarted, resumed, 6, 20);
    expect(elements(resumed)).toEqual(elements(params));
  });

  it("refuses a state with other groups", () => {
    const one: Optimizer<object, object> = new Kind([parameter([1])]);
    const two = new Kind([parameter([1]), parameter([2])]);
    expect(() => one.loadStateDict(two.stateDict())).toThrow(
      `${name}: loaded state dict has parameter groups of sizes [2], the optimizer has [1]`,
    );
  });

  it("takes groups added later", () => {
    const [x, y] = [parameter([1]), parameter([1])];
    const optimizer = new Kind([x], { lr: 0 });
    optimizer.addParamGroup({ params: y, lr: 0.1 });
    x.add(y).sum().backward();
    optimizer.step();
    expect(x.item()).toBe(1);
    expect(y.item()).toBeLessThan(1);
    expect(() => optimizer.addParamGroup({ params: x })).toThrow("some parameters appear more than once");
  });

  it("updates in place, also a parameter whose elements do not lie in order", () => {
    const memory = zeros([2, 3]);
    const x = memory.t().detach();
    x.requiresGrad = true;
    const optimizer = new Kind([x], { lr: 1 });
    const straight = parameter([0, 0]);
    const same = new Kind([straight], { lr: 1 });
    x.grad = tensor([
      [1, 2],
      [0, 0],
      [0, 0],
    ]);
    straight.grad = tensor([1, 2]);
    optimizer.step();
    same.step();
    expect(memory.select(1, 0).tolist()).toEqual(straight.tolist());
    expect(x.tolist()).toEqual(memory.t().tolist());
  });

  it("is noticed by graphs recorded before its step", () => {
    const x = parameter([2]);
    const square = x.mul(x).sum();
    x.grad = ones([1]);
    new Kind([x]).step();
    expect(() => square.backward()).toThrow(/modified by an inplace operation/);
  });

  it("does not make infinite parameters NaN", () => {
    const x = parameter([Number.NEGATIVE_INFINITY, 1]);
    const optimizer = new Kind([x], { lr: 0.1 });
    x.grad = tensor([0, 1]);
    optimizer.step();
    expect(x.tolist()).toEqual([Number.NEGATIVE_INFINITY, expect.any(Number)]);
  });
});

describe("SGD", () => {
  it("refuses Nesterov momentum without momentum or with dampening", () => {
    const x = parameter([1]);
    for (const options of [{}, { momentum: 0.9, dampening: 0.1 }]) {
      expect(() => new SGD([x], { nesterov: true, ...options })).toThrow(
        "SGD: Nesterov momentum requires a momentum and zero dampening",
      );
    }
    expect(() => new SGD([x], { momentum: -1 })).toThrow("SGD: invalid momentum");
  });
});

describe.each(Object.entries({ Adam, NAdam }))("%s", (name, Kind) => {
  it("refuses betas outside of [0, 1) and a negative eps", () => {
    const x = parameter([1]);
    expect(() => new Kind([x], { betas: [1, 0.9] })).toThrow(
      `${name}: invalid beta at index 0: wanted 0 ≤ beta < 1, got 1`,
    );
    expect(() => new Kind([x], { betas: [0.9, -0.1] })).toThrow("invalid beta at index 1");
    expect(() => new Kind([x], { eps: -1 })).toThrow(`${name}: invalid eps`);
  });
});

describe("NAdam", () => {
  it("refuses a negative momentumDecay", () => {
    expect(() => new NAdam([parameter([1])], { momentumDecay: -1 })).toThrow("NAdam: invalid momentumDecay");
  });
});

describe("Optimizer", () => {
  it("can be extended", () => {
    class SignDescent extends Optimizer<{ lr: number }, { steps: number }> {
      protected check(): void {}
      protected start() {
        return { steps: 0 };
      }
      protected update(
        { x, gradient }: { x: { [i: number]: number; length: number }; gradient: ArrayLike<number> },
        { lr }: { lr: number },
        state: { steps: number },
      ): void {
        state.steps++;
        for (let i = 0; i < x.length; i++) x[i] -= lr * Math.sign(gradient[i]);
      }
    }
    const x = parameter([1, 1]);
    const optimizer = new SignDescent([x], { lr: 0.5 });
    x.grad = tensor([3, -2]);
    optimizer.step();
    expect(x.tolist()).toEqual([0.5, 1.5]);
    expect(optimizer.stateDict()).toEqual({
      state: { 0: { steps: 1 } },
      paramGroups: [{ lr: 0.5, params: [0] }],
    });
  });
});
