import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { arange, manualSeed, nn, safetensors, type Tensor, tensor } from "../../src/index.js";
import { writeNpy } from "../../src/io/index.js";
import oracle from "../oracle/state_dict.json" with { type: "json" };

const folder = mkdtempSync(join(tmpdir(), "kullback-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The model of test/oracle/state_dict.py. */
class Net extends nn.Module {
  firstConv = new nn.Conv2d(1, 2, 2);
  norm = new nn.BatchNorm2d(2);
  attention = new nn.MultiheadAttention(4, 2, { batchFirst: true });
  out = new nn.Sequential(new nn.LayerNorm(4), new nn.Linear(4, 3));

  forward(x: Tensor): Tensor {
    const h = this.norm.forward(this.firstConv.forward(x)).flatten(2);
    const [attended] = this.attention.forward(h, h, h);
    return this.out.forward(attended);
  }
}

const x = arange(18).reshape([2, 1, 3, 3]).div(8);
const file = Buffer.from(oracle.file, "base64");
const flat = (values: unknown) => (values as number[][][]).flat(2);

function expectClose(found: Tensor, expected: unknown, tolerance: number): void {
  const wanted = flat(expected);
  flat(found.tolist()).forEach((value, i) => {
    expect(Math.abs(value - wanted[i])).toBeLessThan(tolerance);
  });
}

describe("a state dict", () => {
  it("of PyTorch's loads, and the model computes what PyTorch's does", async () => {
    const model = new Net();
    const report = model.loadStateDict(await safetensors.load(file));
    expect(report).toEqual({ missingKeys: [], unexpectedKeys: [] });
    expectClose(model.eval().forward(x), oracle.output, 2e-6);
    expect(model.norm.numBatchesTracked!.item()).toBe(3);
  });

  it("of PyTorch's in half precision loads as float32", async () => {
    const model = new Net();
    model.loadStateDict(await safetensors.load(Buffer.from(oracle.half, "base64")));
    expect(model.out.stateDict()["1.weight"].dtype).toBe("float32");
    const exact = await safetensors.load(file);
    for (const [name, value] of Object.entries(model.stateDict())) {
      const off = value
        .sub(exact[name])
        .abs()
        .sub(exact[name].abs().mul(2 ** -11))
        .max()
        .item();
      expect(off, name).toBeLessThanOrEqual(2 ** -25);
    }
  });

  it("after the same seed and steps has the bytes of PyTorch's file, but for the counter's dtype", async () => {
    manualSeed(11);
    const model = new Net();
    for (let step = 0; step < 3; step++) model.forward(x);
    const own = model.stateDict();
    expect(Object.keys(own)).toEqual(oracle.keys);
    const theirs = await safetensors.load(file);
    for (const [name, value] of Object.entries(theirs)) {
      if (/running/.test(name)) expectNear(own[name], value);
      else expect(own[name].tolist(), name).toEqual(value.tolist());
    }
  });

  it("survives a file, which replaces the one of that name at once", async () => {
    const path = join(folder, "model.safetensors");
    writeFileSync(path, "old");
    const model = new Net();
    await safetensors.saveFile(model.stateDict(), path, { metadata: { format: "pt" } });
    expect(readdirSync(folder)).toEqual(["model.safetensors"]);
    expect(readFileSync(path).toString("latin1")).toContain('"__metadata__":{"format":"pt"}');
    const copy = new Net();
    copy.loadStateDict(await safetensors.loadFile(path));
    expect(copy.eval().forward(x).tolist()).toEqual(model.eval().forward(x).tolist());
  });
});

function expectNear(found: Tensor, wanted: Tensor): void {
  expect(found.sub(wanted).abs().max().item()).toBeLessThan(1e-6);
}

describe("save and load", () => {
  it("keep every dtype, shape and view", async () => {
    const tensors = {
      view: tensor([
        [1, 2],
        [3, 4],
      ]).t(),
      double: tensor(0.1, { dtype: "float64" }),
      ints: tensor([-1, 2 ** 31 - 1], { dtype: "int32" }),
      flags: tensor([[true], [false]]),
      none: tensor([]),
    };
    const found = await safetensors.load(safetensors.save(tensors));
    expect(Object.keys(found).sort()).toEqual(Object.keys(tensors).sort());
    for (const [name, value] of Object.entries(tensors)) {
      expect([found[name].dtype, found[name].shape]).toEqual([value.dtype, value.shape]);
      expect(found[name].tolist()).toEqual(value.tolist());
    }
  });

  it("say what is wrong", async () => {
    expect(() => safetensors.save({ a: 3 as never })).toThrow('save: wanted tensors, got number for "a"');
    await expect(safetensors.load("model" as never)).rejects.toThrow(
      "load: wanted the bytes of a safetensors file",
    );
    await expect(safetensors.loadFile(writeNpy(new Float32Array(2), [2]))).rejects.toThrow(
      "loadFile: wanted a safetensors file",
    );
    await expect(safetensors.loadFile(join(folder, "none"))).rejects.toThrow("no such file");
    const nowhere = join(folder, "nowhere", "model.safetensors");
    await expect(safetensors.saveFile({}, nowhere)).rejects.toThrow(`saveFile: ${nowhere}: ENOENT`);
    expect(readdirSync(folder)).toEqual(["model.safetensors"]);
  });
});
