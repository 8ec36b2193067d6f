import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { FileError, openArray } from "../../src/io/index.js";

it("the io floor bundles for a browser, without imports from Node", async () => {
  const entry = fileURLToPath(new URL("../../src/io/index.ts", import.meta.url));
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    platform: "browser",
    format: "esm",
    write: false,
    minifyWhitespace: true, // Comments may speak of imports.
    logLevel: "silent",
  });
  expect(outputFiles[0]!.text).not.toMatch(/\b(import|require)\b\s*\(?\s*["']/);
});

it("where there is no file system, a path is an error that says what to pass", async () => {
  const { getBuiltinModule } = process;
  try {
    Object.defineProperty(process, "getBuiltinModule", {
      value: undefined,
      configurable: true,
      writable: true,
    });
    await expect(openArray("a.npy")).rejects.toThrow(
      new FileError("a.npy", "paths need Node's file system; pass a Blob, the file's bytes or a ByteSource"),
    );
  } finally {
    Object.defineProperty(process, "getBuiltinModule", {
      value: getBuiltinModule,
      configurable: true,
      writable: true,
    });
  }
});
