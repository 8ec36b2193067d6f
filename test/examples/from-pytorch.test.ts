import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import * as kullback from "../../src/index.js";

const page = readFileSync(new URL("../../docs/from-pytorch.md", import.meta.url), "utf8");
const { F, nn, tensor, randn, setWarningHandler } = kullback;

/** The code in the second column of the page's tables, a row each. */
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => line.split("|")[2])
  .map((cell) => Array.from(cell.matchAll(/`([^`]+)`/g), ([, code]) => code));

/** What the page says its names stand for, fresh for each row. */
function scope() {
  const x = randn([2, 3]);
  const leaf = randn([2, 3], { requiresGrad: true });
  const f = (a: kullback.Tensor) => a.mul(2);
  const model = new nn.Linear(3, 3);
  const labels = tensor([2, 0], { dtype: "int32" });
  const dataset = new kullback.data.TensorDataset(x, labels);
  return {
    x,
    y: F.softmax(randn([2, 3]), -1),
    i: tensor([1, 0], { dtype: "int32" }),
    model,
    images: randn([2, 3, 8, 8]),
    labels,
    dataset,
    optimizer: new kullback.optim.SGD(model.parameters(), { lr: 0.1 }),
    path: join(tmpdir(), `kullback-${process.pid}.safetensors`),
    loss: f(leaf).sum(),
    leaf,
    f,
  };
}

function run(code: string, names: object): unknown {
  const all = { ...kullback, ...names };
  const isStatement = /^(const|for) /.test(code);
  const body = `"use strict"; ${isStatement ? code : `return (${code})`}`;
  return new Function(...Object.keys(all), body)(...Object.values(all));
}

describe("the page docs/from-pytorch.md", () => {
  it.each(rows)("runs %s", async (...row) => {
    vi.spyOn(console, "log").mockImplementation(() => undefined);
    setWarningHandler(null);
    const names = scope();
    // Hooks and gradients are of tensors that require them.
    if (row.some((code) => /registerHook|createGraph/.test(code))) names.x = names.leaf;
    for (const code of row) await run(code, names);
    rmSync(names.path, { force: true });
    kullback.setPrintOptions({ profile: "default" });
    vi.restoreAllMocks();
  });

  it("begins with a program that learns", () => {
    const [, program] = page.match(/```ts\nimport[^\n]*\n(.*?)```/s)!;
    const losses = new Function(
      ...Object.keys(kullback),
      `"use strict"; const losses = []; ${program.replace("loss.backward()", "losses.push(loss.item()); $&")}; return losses`,
    )(...Object.values(kullback));
    expect(losses).toHaveLength(100);
    expect(losses[99]).toBeLessThan(losses[0]);
  });

  it("has not lost its tables", () => {
    expect(rows.length).toBeGreaterThan(120);
    expect(rows.every((row) => row.length > 0)).toBe(true);
  });

  it("tells the truth about the differences", () => {
    const i = tensor([1, 2], { dtype: "int32" });
    expect(tensor([1, 2]).dtype).toBe("float32");
    expect(kullback.arange(5).dtype).toBe("float32");
    expect(i.sum().dtype).toBe("int32");
    expect(tensor([true, false]).sum().dtype).toBe("int32");
    expect(randn([3]).argmax().dtype).toBe("int32");
    expect(kullback.randint(0, 2, [1]).dtype).toBe("int32");
    expect([i.add(2.0).dtype, i.add(2.5).dtype]).toEqual(["int32", "float32"]);
    const base = randn([2, 2], { requiresGrad: true }).mul(1);
    expect(() => base.select(0, 0).add_(1)).toThrow("in-place changes of a view are not recorded");
    expect(() => kullback.noGrad(async () => 1)).toThrow("wanted a synchronous function");
    expect(String(randn([1], { requiresGrad: true }))).toContain("requiresGrad=true");
    expect(String(new nn.Linear(6, 8))).toBe("Linear(inFeatures=6, outFeatures=8, bias=true)");
  });
});
