import { describe, expect, it } from "vitest";
import { Linear, Module, ReLU, Sequential } from "../../src/nn/index.js";
import { ones, type Tensor, tensor } from "../../src/tensor/index.js";

const x = tensor([[1, -2]]);

describe("forward hooks", () => {
  it("see module, inputs and output, wherever the module is run from", () => {
    const layer = new ReLU();
    const model = new Sequential(new Linear(2, 2), layer);
    const seen: [Module, readonly unknown[], unknown][] = [];
    const handle = layer.registerForwardHook((...call) => {
      seen.push(call);
    });
    const out = model.forward(x);
    handle.remove();
    model.forward(x);
    expect(seen).toHaveLength(1);
    expect(seen[0][0]).toBe(layer);
    expect((seen[0][1][0] as Tensor).shape).toEqual([1, 2]);
    expect(seen[0][2]).toBe(out);
  });

  it("replace outputs one after the other, those to prepend first", () => {
    const layer = new ReLU();
    layer.registerForwardHook((_module, _inputs, out) => (out as Tensor).add(1));
    layer.registerForwardHook((_module, _inputs, out) => (out as Tensor).mul(10), { prepend: true });
    expect(layer.forward(x).tolist()).toEqual([[11, 1]]);
  });

  it("before forward replace the inputs, by one or by an array of them", () => {
    const layer = new ReLU();
    const one = layer.registerForwardPreHook((_module, [input]) => (input as Tensor).neg());
    expect(layer.forward(x).tolist()).toEqual([[0, 2]]);
    one.remove();
    layer.registerForwardPreHook(() => [ones([1])]);
    expect(layer.forward(x).tolist()).toEqual([1]);
  });

  it("leave no trace once they are removed, in whatever order, and twice is once", () => {
    const layer = new ReLU();
    const keys = Object.getOwnPropertyNames(layer);
    const handles = [
      layer.registerForwardHook(() => undefined),
      layer.registerForwardPreHook(() => undefined),
    ];
    expect(Object.keys(layer)).toEqual(Object.keys(new ReLU()));
    handles[0].remove();
    handles[0].remove();
    expect(layer.forward).not.toBe(ReLU.prototype.forward);
    handles[1].remove();
    expect(layer.forward).toBe(ReLU.prototype.forward);
    expect(Object.getOwnPropertyNames(layer)).toEqual(keys);
  });

  it("may register one function twice", () => {
    const layer = new ReLU();
    const double = (_module: Module, _inputs: readonly unknown[], out: unknown) => (out as Tensor).mul(2);
    const first = layer.registerForwardHook(double);
    layer.registerForwardHook(double);
    expect(layer.forward(x).tolist()).toEqual([[4, 0]]);
    first.remove();
    expect(layer.forward(x).tolist()).toEqual([[2, 0]]);
  });

  it("work on a forward that is a field, and give it back", () => {
    class Arrow extends Module {
      factor = 3;
      forward = (input: Tensor): Tensor => input.mul(this.factor);
    }
    const module = new Arrow();
    const own = module.forward;
    const handle = module.registerForwardHook((_module, _inputs, out) => (out as Tensor).add(1));
    expect(module.forward(x).tolist()).toEqual([[4, -5]]);
    handle.remove();
    expect(module.forward).toBe(own);
  });

  it("must be functions", () => {
    expect(() => new ReLU().registerForwardHook(3 as never)).toThrow(
      "registerForwardHook: wanted a function, got number",
    );
    expect(() => new ReLU().registerForwardPreHook(undefined as never)).toThrow(
      "registerForwardPreHook: wanted a function",
    );
  });
});

describe("apply", () => {
  it("visits every module, children before their parent", () => {
    const model = new Sequential(new Sequential(new ReLU()), new Linear(1, 1));
    const names: string[] = [];
    expect(model.apply((module) => names.push(module.constructor.name))).toBe(model);
    expect(names).toEqual(["ReLU", "Sequential", "Linear", "Sequential"]);
  });
});
