import { describe, expect, it } from "vitest";
import {
  KLDivLoss,
  Linear,
  LogSoftmax,
  Module,
  MSELoss,
  Parameter,
  ReLU,
  Sequential,
  Softmax,
} from "../../src/nn/index.js";
import { ones, type Tensor, tensor, zeros } from "../../src/tensor/index.js";
import { readOracle } from "../functional/oracle.js";
import { Empty, Net, Scale } from "./models.js";

const oracle = readOracle<{
  printed: string[];
  names: Record<"stateDict" | "parameters" | "buffers" | "modules" | "children", string[]>;
}>("nn");

/** A module with one more parameter of its own, which some tests share or replace. */
class Tied extends Module {
  first = new Linear(2, 2, { bias: false });
  second = new Linear(2, 2, { bias: false });
  scale = new Parameter(ones([1]));

  forward(x: Tensor): Tensor {
    return this.second.forward(this.first.forward(x)).mul(this.scale);
  }
}

describe("modules print as PyTorch's do", () => {
  const printed = [
    new Net(),
    new Net().tail,
    new Linear(2, 3),
    new ReLU(),
    new Softmax(0),
    new LogSoftmax(1),
    new KLDivLoss(),
    new MSELoss(),
    new Sequential(),
    new Empty(),
    new Parameter(tensor([1, 2.5])),
  ];

  it.each(oracle.printed.map((text, i) => ({ text, i })))("$text", ({ text, i }) => {
    expect(String(printed[i])).toBe(text);
  });

  it("so does console.log in Node", () => {
    const inspect = Symbol.for("nodejs.util.inspect.custom");
    const model: object = new Softmax(0);
    expect((Reflect.get(model, inspect) as () => string).call(model)).toBe("Softmax(dim=0)");
  });
});

describe("the parts of a module", () => {
  const net = new Net();
  net.fc.registerBuffer("mean", zeros([3]));

  it("have PyTorch's names in PyTorch's order", () => {
    expect(Object.keys(net.stateDict())).toEqual(oracle.names.stateDict);
    expect(net.namedParameters().map(([name]) => name)).toEqual(oracle.names.parameters);
    expect(net.namedBuffers().map(([name]) => name)).toEqual(oracle.names.buffers);
    expect(net.namedModules().map(([name]) => name)).toEqual(oracle.names.modules);
    expect(net.namedChildren().map(([name]) => name)).toEqual(oracle.names.children);
  });

  it("come without names in the same order", () => {
    expect(net.parameters()).toEqual(net.namedParameters().map(([, parameter]) => parameter));
    expect(net.buffers()).toEqual(net.namedBuffers().map(([, buffer]) => buffer));
    expect(net.modules()).toEqual(net.namedModules().map(([, module]) => module));
    expect(net.children()).toEqual([net.fc, net.inner, net.tail, net.loss]);
  });

  it("are found in fields whenever they are asked for", () => {
    const model = new Tied();
    const replacement = new Parameter(zeros([1]));
    model.scale = replacement;
    expect(model.parameters()).toContain(replacement);
    expect(model.parameters()).toHaveLength(3);
  });

  it("count once when they are shared, but have all their names in the state dict", () => {
    const model = new Tied();
    model.second.weight = model.first.weight;
    expect(model.namedParameters().map(([name]) => name)).toEqual(["scale", "first.weight"]);
    expect(Object.keys(model.stateDict())).toEqual(["scale", "first.weight", "second.weight"]);
    const layer = new ReLU();
    expect(new Sequential(layer, layer).children()).toEqual([layer]);
  });
});

describe("a buffer", () => {
  it("is part of the state and not a parameter, also once its field is assigned anew", () => {
    const model = new Scale(2);
    model.mean = tensor([1, 2]);
    expect(model.parameters()).toEqual([]);
    expect(model.buffers().map((buffer) => buffer.tolist())).toEqual([[1, 2]]);
  });

  it("needs a free name without dots", () => {
    const model = new Scale(2);
    for (const name of ["forward", "training", "a.b", ""]) {
      expect(() => model.registerBuffer(name, zeros([1]))).toThrow(
        `registerBuffer: wanted a free name without dots, got "${name}" in Scale`,
      );
    }
    model.registerBuffer("mean", ones([2]));
    expect(model.mean.tolist()).toEqual([1, 1]);
  });

  it("is what plain tensor fields are not", () => {
    const model = Object.assign(new Empty(), { constant: ones([2]) });
    expect(model.stateDict()).toEqual({});
  });
});

describe("training mode", () => {
  it("is on at first, and reaches all modules below", () => {
    const net = new Net();
    expect(net.modules().every((module) => module.training)).toBe(true);
    expect(net.eval()).toBe(net);
    expect(net.modules().some((module) => module.training)).toBe(false);
    net.tail.train();
    expect(net.modules().filter((module) => module.training)).toHaveLength(4);
  });
});

describe("gradients of a module", () => {
  it("are forgotten by zeroGrad", () => {
    const model = new Linear(2, 1);
    model
      .forward(ones([1, 2]))
      .sum()
      .backward();
    expect(model.parameters().every((parameter) => parameter.grad !== null)).toBe(true);
    model.zeroGrad();
    expect(model.parameters().map((parameter) => parameter.grad)).toEqual([null, null]);
  });

  it("are not computed for what requiresGrad_(false) froze", () => {
    const model = new Tied();
    model.first.requiresGrad_(false);
    model
      .forward(ones([1, 2]))
      .sum()
      .backward();
    expect(model.first.weight.grad).toBeNull();
    expect(model.second.weight.grad).not.toBeNull();
    expect(model.first.requiresGrad_().weight.requiresGrad).toBe(true);
  });
});

describe("a state dict", () => {
  it("shares memory with the module, without history", () => {
    const model = new Linear(1, 1);
    const { weight } = model.stateDict();
    weight.fill_(7);
    expect(model.weight.item()).toBe(7);
    expect(weight.requiresGrad).toBe(false);
  });

  it("carries the values of one model over to another, in that one's dtype", () => {
    const from = new Net();
    const to = new Net().to("float64");
    expect(to.loadStateDict(from.stateDict())).toEqual({ missingKeys: [], unexpectedKeys: [] });
    expect(to.fc.weight.tolist()).toEqual(from.fc.weight.tolist());
    expect(to.fc.weight.dtype).toBe("float64");
    expect(to.fc.weight.isLeaf && to.fc.weight.requiresGrad).toBe(true);
  });

  it("that does not match is refused with all that is wrong, and changes nothing", () => {
    const net = new Net();
    const before = net.fc.bias?.tolist();
    const { "tail.0.weight": _, ...rest } = new Net().stateDict();
    const dict = { ...rest, "fc.weight": zeros([2, 2]), extra: zeros([1]) };
    expect(() => net.loadStateDict(dict)).toThrow(
      'loadStateDict: error(s) in loading the state dict for Net: missing key(s) in state dict: "tail.0.weight"; ' +
        'unexpected key(s) in state dict: "extra"; size mismatch for fc.weight: copying a param with shape [2, 2] ' +
        "from checkpoint, the shape in current model is [3, 2]",
    );
    expect(net.fc.bias?.tolist()).toEqual(before);
  });

  it("may lack keys and have others if that is not to be strict, but not other sizes", () => {
    const net = new Net();
    expect(net.loadStateDict({ "fc.bias": ones([3]), extra: zeros([1]) }, { strict: false })).toEqual({
      missingKeys: ["fc.weight", "tail.0.weight"],
      unexpectedKeys: ["extra"],
    });
    expect(net.fc.bias?.tolist()).toEqual([1, 1, 1]);
    expect(() => net.loadStateDict({ "fc.bias": ones([1]) }, { strict: false })).toThrow(
      "size mismatch for fc.bias",
    );
  });

  it("with something else than tensors is refused", () => {
    const dict = { "0.weight": [[1]] } as unknown as Record<string, Tensor>;
    expect(() => new Sequential(new Linear(1, 1, { bias: false })).loadStateDict(dict)).toThrow(
      "0.weight is of type object, not a tensor",
    );
  });
});

describe("conversion of a module", () => {
  it("keeps its parameters the same objects, with their gradients", () => {
    const model = new Linear(2, 1);
    const { weight } = model;
    const values = weight.tolist();
    model
      .forward(ones([1, 2]))
      .sum()
      .backward();
    expect(model.to("float64")).toBe(model);
    expect(model.weight).toBe(weight);
    expect(weight.dtype).toBe("float64");
    expect(weight.tolist()).toEqual(values);
    expect(weight.grad?.dtype).toBe("float64");
    expect(weight.grad?.tolist()).toEqual([[1, 1]]);
    const out = model.forward(ones([1, 2], { dtype: "float64" }));
    expect(out.dtype).toBe("float64");
    out.sum().backward();
    expect(weight.grad?.tolist()).toEqual([[2, 2]]);
  });

  it("converts floating-point buffers and leaves others", () => {
    const model = new Scale(1);
    model.registerBuffer("count", zeros([1], { dtype: "int32" }));
    model.to("float64");
    expect(model.buffers().map((buffer) => buffer.dtype)).toEqual(["float64", "int32"]);
  });

  it("makes what was recorded before an error instead of a gradient from other values", () => {
    const model = new Tied();
    const loss = model.forward(ones([1, 2])).sum();
    model.to("float64");
    expect(() => loss.backward()).toThrow(/modified by an inplace operation/);
  });
});
