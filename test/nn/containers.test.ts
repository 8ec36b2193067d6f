import { describe, expect, it } from "vitest";
import {
  BatchNorm1d,
  Embedding,
  Linear,
  Module,
  ModuleDict,
  ModuleList,
  MultiheadAttention,
  Parameter,
  ReLU,
} from "../../src/nn/index.js";
import { ones, type Tensor, tensor, zeros } from "../../src/tensor/index.js";

/** Fields in Kullback's spelling, one in Python's, one that begins with a capital. */
class Named extends Module {
  selfAttn = new MultiheadAttention(2, 1);
  fc_out = new Linear(1, 1);
  W = new Parameter(ones([1]));
  layers = new ModuleList([new BatchNorm1d(1)]);

  forward(x: Tensor): Tensor {
    return x;
  }
}

const keys = [
  "W",
  "self_attn.in_proj_weight",
  "self_attn.in_proj_bias",
  "self_attn.out_proj.weight",
  "self_attn.out_proj.bias",
  "fc_out.weight",
  "fc_out.bias",
  "layers.0.weight",
  "layers.0.bias",
  "layers.0.running_mean",
  "layers.0.running_var",
  "layers.0.num_batches_tracked",
];

describe("names of parameters and buffers", () => {
  it("are PyTorch's spelling of the fields", () => {
    const model = new Named();
    expect(Object.keys(model.stateDict())).toEqual(keys);
    const names = [...model.namedParameters(), ...model.namedBuffers()].map(([name]) => name);
    expect(names.sort()).toEqual([...keys].sort());
    expect(model.namedModules().map(([name]) => name)).toContain("self_attn.out_proj");
    expect(model.namedChildren().map(([name]) => name)).toEqual(["self_attn", "fc_out", "layers"]);
  });

  it("may come in either spelling", () => {
    const model = new Named();
    const dict = model.stateDict();
    const camel = Object.fromEntries(
      Object.entries(dict).map(([key, value]) => [
        key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()).replace("fcOut", "fc_out"),
        value.add(1),
      ]),
    );
    expect(Object.keys(camel)).toContain("selfAttn.inProjWeight");
    expect(model.loadStateDict(camel)).toEqual({ missingKeys: [], unexpectedKeys: [] });
    expect(model.selfAttn.inProjBias!.tolist()).toEqual([1, 1, 1, 1, 1, 1]);
    expect(model.layers[0].numBatchesTracked!.item()).toBe(1);
  });

  it("must not fall together", () => {
    const model = Object.assign(new Named(), { fcOut: new Linear(1, 1) });
    expect(() => model.stateDict()).toThrow('stateDict: two fields of Linear are called "fc_out.weight"');
  });
});

describe("a buffer that is not persistent", () => {
  it("is a buffer, but no part of the state dict", () => {
    const model = new Named();
    model.registerBuffer("positions", zeros([3]), { persistent: false });
    expect(model.namedBuffers().map(([name]) => name)).toContain("positions");
    expect(Object.keys(model.stateDict())).toEqual(keys);
    expect(model.loadStateDict(new Named().stateDict()).missingKeys).toEqual([]);
    model.to("float64");
    expect((Reflect.get(model, "positions") as Tensor).dtype).toBe("float64");
  });
});

describe("ModuleList", () => {
  it("holds modules by place", () => {
    const [a, b] = [new ReLU(), new Linear(1, 1)];
    const list = new ModuleList<Module>([a]).append(b).extend([a]);
    expect(list.length).toBe(3);
    expect([...list]).toEqual([a, b, a]);
    expect(list[1]).toBe(b);
    expect(list.at(-1)).toBe(a);
    expect(list.at(3)).toBeUndefined();
    expect(list.namedParameters().map(([name]) => name)).toEqual(["1.weight", "1.bias"]);
  });

  it("takes modules only, and is not run", () => {
    expect(() => new ModuleList([3 as never])).toThrow("ModuleList: wanted a module, got number");
    expect(() => new ModuleList().forward()).toThrow("ModuleList: has no forward; run its modules");
  });
});

describe("ModuleDict", () => {
  it("holds modules by names that are kept as they are", () => {
    const dict = new ModuleDict<Module>({ firstOne: new Linear(1, 1) }).set("b", new ReLU());
    expect(dict.get("b")).toBeInstanceOf(ReLU);
    expect([dict.has("b"), dict.has("c"), dict.has("training")]).toEqual([true, false, false]);
    expect([...dict].map(([name]) => name)).toEqual(["firstOne", "b"]);
    expect(Object.keys(dict.stateDict())).toEqual(["firstOne.weight", "firstOne.bias"]);
  });

  it("refuses names that are taken, and is not run", () => {
    for (const name of ["forward", "training", "a.b", ""]) {
      expect(() => new ModuleDict().set(name, new ReLU())).toThrow(
        `ModuleDict: wanted a free name without dots, got "${name}"`,
      );
    }
    expect(() => new ModuleDict().forward()).toThrow("ModuleDict: has no forward");
  });
});

describe("Embedding", () => {
  it("adds up the gradients of a row's uses, and has none for the padding", () => {
    const layer = new Embedding(3, 2, { paddingIdx: 0 });
    expect(layer.weight.select(0, 0).tolist()).toEqual([0, 0]);
    layer
      .forward(tensor([1, 0, 1], { dtype: "int32" }))
      .sum()
      .backward();
    expect(layer.weight.grad!.tolist()).toEqual([
      [0, 0],
      [2, 2],
      [0, 0],
    ]);
  });

  it("can be made of a table, frozen unless told otherwise", () => {
    const table = tensor([
      [1, 2],
      [3, 4],
    ]);
    const frozen = Embedding.fromPretrained(table);
    expect(frozen.forward(tensor([1], { dtype: "int32" })).tolist()).toEqual([[3, 4]]);
    expect(frozen.weight.requiresGrad).toBe(false);
    expect(Embedding.fromPretrained(table, { freeze: false, paddingIdx: -1 }).weight.requiresGrad).toBe(true);
    expect(String(Embedding.fromPretrained(table, { paddingIdx: -1 }))).toBe("Embedding(2, 2, paddingIdx=1)");
    expect(() => Embedding.fromPretrained(ones([2]))).toThrow("expected [rows, features], got [2]");
  });

  it("refuses a padding index out of range", () => {
    expect(() => new Embedding(3, 2, { paddingIdx: 3 })).toThrow(
      "Embedding: paddingIdx must be within the 3 rows, got 3",
    );
  });
});
