import { runInNewContext } from "node:vm";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { root } from "./root.js";

/** Bundles a module's text for a browser, as a bundler would that knows nothing of Node. */
async function bundle(contents: string): Promise<string> {
  const result = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    write: false,
    format: "iife",
    platform: "browser",
    target: "es2022",
    treeShaking: true,
    minify: true,
    logLevel: "silent",
  });
  expect(result.warnings).toEqual([]);
  return result.outputFiles[0].text;
}

/** Runs a bundle where there is neither `process` nor `require`, and returns what it left in `result`. */
function runBare(code: string): unknown {
  const context = { result: undefined as unknown };
  runInNewContext(code, context);
  return context.result;
}

describe("a bundle for browsers", () => {
  let everything = "";

  beforeAll(async () => {
    everything = await bundle(
      `import * as kullback from "kullback"; import * as measure from "kullback/measure"; import * as io from "kullback/io";
       globalThis.result = [Object.keys(kullback).length, Object.keys(measure).length, Object.keys(io).length];`,
    );
  });

  it("takes all three entry points as they are, with no import of Node's modules left", () => {
    expect(everything).not.toMatch(/\bfrom\s*["']node:|import\(["']node:|require\(["']/);
    expect((runBare(everything) as number[]).every((exports) => exports > 0)).toBe(true);
  });

  it("keeps the methods of tensors although the package has no side effects", async () => {
    const code = await bundle(
      `import { tensor } from "kullback"; globalThis.result = tensor([1, 2]).add(1).mul(2).sum().item();`,
    );
    expect(runBare(code)).toBe(10);
  });

  it("leaves out what is not used", async () => {
    const tensors = await bundle(
      `import { tensor } from "kullback"; globalThis.result = tensor([1]).item();`,
    );
    expect(tensors).not.toContain("KLDivLoss");
    const binary = /"AGFzb[\w+/=]+"/; // The WebAssembly kernels, which tensors need.
    const [part, whole] = [tensors, everything].map((code) => code.replace(binary, "").length);
    expect(part).toBeLessThan(whole / 2);
  });

  it("measures and differentiates without Node", async () => {
    const code = await bundle(
      `import { divergence, F, tensor } from "kullback";
       const p = tensor([0, 1, 2], { requiresGrad: true }), q = tensor([0.5, 1, 1]);
       const value = divergence(p, q);
       value.backward();
       const torch = F.klDiv(F.logSoftmax(q, -1), F.softmax(p, -1), { reduction: "sum" });
       globalThis.result = [String(value), String(torch), p.grad.shape[0]];`,
    );
    const [value, torch, size] = runBare(code) as [string, string, number];
    expect(value.slice(0, 13)).toBe(torch.slice(0, 13));
    expect(size).toBe(3);
  });
});
